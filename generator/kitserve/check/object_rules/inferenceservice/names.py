"""Names that are valid, and too long for the names that KServe derives from them."""

from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import service
from kitserve.crds.lookup import Data, text
from kitserve.problems import Code, Problem

TOO_LONG = Code(
    "KS145",
    "error",
    "An InferenceService's name is too long for its Service.",
    why="KServe creates a Service NAME-predictor, and a Service's name has at most 63 characters. "
    "KServe creates nothing, and the service never becomes Ready (pkg/constants/constants.go).",
    example=service().replace("name: iris", f"name: {'iris-' * 10}large"),
    remedy="Use at most 53 characters.",
)
HOST_TOO_LONG = Code(
    "KS146",
    "warning",
    "An InferenceService's name and namespace are too long for its host name.",
    why="With KServe's default domain template the host begins with NAME-predictor-NAMESPACE, and a "
    "part of a host name has at most 63 characters. KServe can't create the ingress "
    "(GenerateDomainName in "
    "pkg/controller/v1beta1/inferenceservice/reconcilers/ingress/domain.go).",
    example=service(metadata="namespace: team-of-data-science-and-models\n").replace(
        "name: iris", "name: iris-of-the-botanists-v1"
    ),
    remedy="Shorten one of the two, or create no ingress.",
)

_SUFFIX = "-predictor"
_MOST = 63


def _service_has_a_name(item: Data) -> Iterator[Problem]:
    name, namespace = text(item, ("metadata", "name")), text(item, ("metadata", "namespace"))
    own = len(name) + len(_SUFFIX)
    if own > _MOST:
        message = f"is {len(name)} characters long, and KServe appends {_SUFFIX} for names of at most {_MOST}"
        hint = f"use at most {_MOST - len(_SUFFIX)}"
        yield TOO_LONG.problem(message, path=("metadata", "name"), hint=hint)
    elif namespace and own + 1 + len(namespace) > _MOST:
        message = f"with the namespace the host name's first part is longer than {_MOST} characters"
        hint = f"use at most {max(_MOST - 1 - len(namespace) - len(_SUFFIX), 0)} here"
        yield HOST_TOO_LONG.problem(message, path=("metadata", "name"), hint=hint)


RULES = (ObjectRule(_service_has_a_name),)

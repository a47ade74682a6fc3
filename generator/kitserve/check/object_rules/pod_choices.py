"""Words of a pod of which Kubernetes knows a few, and KServe's CRDs none."""

from collections.abc import Iterator, Mapping

from kitserve.check.object_rules.pods import pod_rules
from kitserve.crds.examples import model
from kitserve.crds.lookup import Data, maps, text
from kitserve.crds.wording import choice_here
from kitserve.problems import Code, Path, Problem

CHOICE = Code(
    "KS186",
    "error",
    "A word in a pod isn't one of those that Kubernetes knows.",
    why="KServe's CRDs have no choices here. A cluster admits the service, and refuses its Deployment: "
    "`Unsupported value` (pkg/apis/core/validation/validation.go of kubernetes/kubernetes).",
    example=model("imagePullPolicy: always\n"),
    remedy="Write one of the words in the message, in exactly this spelling of upper and lower case.",
)
_PULLS = ("Always", "IfNotPresent", "Never")
IMAGE_VOLUME = {"pullPolicy": _PULLS}
_CONTAINER = {
    "imagePullPolicy": _PULLS,
    "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
}
_PORT = {"protocol": ("TCP", "UDP", "SCTP")}
_POD = {"dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")}
_TOLERATION = {"operator": ("Exists", "Equal"), "effect": ("NoSchedule", "PreferNoSchedule", "NoExecute")}


def _of_pod(item: Data, pod: Path) -> Iterator[Problem]:
    yield from chosen(item, pod, _POD)
    for toleration, _ in maps(item, (*pod, "tolerations")):
        yield from chosen(item, toleration, _TOLERATION)


def _of_container(item: Data, container: Path) -> Iterator[Problem]:
    yield from chosen(item, container, _CONTAINER)
    for port, _ in maps(item, (*container, "ports")):
        yield from chosen(item, port, _PORT)


def chosen(item: Data, path: Path, choices: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Yield the fields of a map that aren't one of their choices."""
    for field, allowed in choices.items():
        word = text(item, (*path, field))
        if word and word not in allowed:
            message = f"expected one of {', '.join(allowed)}"
            yield CHOICE.problem(message, path=(*path, field), hint=choice_here(word, allowed))


RULES = pod_rules(_of_container, _of_pod)

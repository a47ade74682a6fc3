"""What a CRD can't say of objects: one small function each. KS1xx is admitted but doesn't work, KS2xx is refused.

Read in the source of KServe 0.15 to 0.20. A module holds the rules of one subject and their codes.
"""

from collections.abc import Iterator
from functools import cache
from itertools import chain

from kitserve.check.object_rules import (
    localmodel,
    plain_secrets,
    secret,
    servingruntime,
    storagecontainer,
    unsupported_kinds,
)
from kitserve.check.object_rules.inferenceservice import (
    annotations,
    canary,
    modelkits,
    multinode,
    names,
    runtime_match,
    scaling,
    sources,
    webhook,
)
from kitserve.check.object_rules.rule import Rule
from kitserve.crds.lookup import Data, Found
from kitserve.problems import Code, Problem

_MODULES = (
    *(annotations, canary, unsupported_kinds, plain_secrets, localmodel, modelkits, multinode, names),
    *(scaling, secret, webhook, runtime_match, servingruntime, sources, storagecontainer),
)
CODES = tuple(
    dict.fromkeys(
        code for module in _MODULES for code in tuple(vars(module).values()) if isinstance(code, Code)
    )
)

_SERVICE = (
    *webhook.RULES,
    *multinode.RULES,
    *canary.RULES,
    *sources.RULES,
    *modelkits.RULES,
    *unsupported_kinds.RULES,
    *scaling.RULES,
    *annotations.RULES,
    *names.RULES,
    *plain_secrets.RULES,
)
_RULES: dict[str, tuple[Rule, ...]] = {
    "serving.kserve.io/v1alpha1/ClusterServingRuntime": (*servingruntime.RULES, *plain_secrets.URI_RULES),
    "serving.kserve.io/v1alpha1/ServingRuntime": (*servingruntime.RULES, *plain_secrets.URI_RULES),
    "serving.kserve.io/v1alpha1/ClusterStorageContainer": (
        *storagecontainer.RULES,
        Rule(runtime_match.initializer_fits),
        *plain_secrets.STORAGE_RULES,
    ),
    "serving.kserve.io/v1alpha1/LocalModelCache": (*localmodel.RULES, *plain_secrets.URI_RULES),
    "serving.kserve.io/v1alpha1/LocalModelNamespaceCache": (*localmodel.RULES, *plain_secrets.URI_RULES),
    "serving.kserve.io/v1alpha1/LLMInferenceService": (
        *unsupported_kinds.LLM_RULES,
        *plain_secrets.URI_RULES,
    ),
    "serving.kserve.io/v1alpha2/LLMInferenceService": (
        *unsupported_kinds.LLM_RULES,
        *plain_secrets.URI_RULES,
    ),
    "serving.kserve.io/v1alpha1/TrainedModel": (*unsupported_kinds.TRAINED_RULES, *plain_secrets.URI_RULES),
    "serving.kserve.io/v1beta1/InferenceService": _SERVICE,
    "serving.kserve.io/v1alpha1/LLMInferenceServiceConfig": plain_secrets.URI_RULES,
    "serving.kserve.io/v1alpha2/LLMInferenceServiceConfig": plain_secrets.URI_RULES,
    "v1/Secret": secret.RULES,
}


def broken(item: Data, version: str) -> Found:
    """What an object breaks by itself. It may be of any shape."""
    for rule in _rules(f"{item['apiVersion']}/{item['kind']}", version):
        yield from rule.broken(item)


@cache
def _rules(kind: str, version: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in _RULES.get(kind, ()) if rule.is_of(version))


def together(found: list[Data], version: str) -> Iterator[tuple[int, Problem]]:
    """What some objects break together, each problem with the index of its object."""
    known = runtime_match.runtimes(found, version)
    for number, item in enumerate(found if known.are_few else ()):
        if item["kind"] == "InferenceService":
            yield from ((number, problem) for problem in runtime_match.unserved(item, known))
    for number, path, other in storagecontainer.overlaps(found):
        hint = "keep one of them, or choose by spec.predictor.storageContainerName"
        yield (
            number,
            storagecontainer.SAME_PREFIX.problem(f"{other} takes these URIs too", path=path, hint=hint),
        )
    yield from chain(localmodel.same_models(found), localmodel.without_downloader(found))

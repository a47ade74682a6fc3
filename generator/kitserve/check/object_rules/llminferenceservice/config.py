"""LLMInferenceServiceConfigs: what LLMInferenceServices are based on."""

from collections.abc import Iterator

from kitserve.check.object_rules.llminferenceservice.router import has_replicas
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import llm
from kitserve.crds.lookup import Data, items
from kitserve.problems import Code, Path, Problem

BASE = Code(
    "KS278",
    "error",
    "An LLMInferenceServiceConfig is based on others.",
    why="The webhook refuses `baseRefs` in a configuration (validate in "
    "pkg/apis/serving/v1alpha2/llm_inference_service_config_validation.go).",
    example=llm("baseRefs: [{name: larger}]\n").replace(
        "kind: LLMInferenceService", "kind: LLMInferenceServiceConfig"
    ),
    remedy="Name all configurations in the service's `baseRefs`.",
)
_BASES: Path = ("spec", "baseRefs")


def _has_no_base(item: Data) -> Iterator[Problem]:
    if items(item, _BASES):
        yield BASE.problem(
            "a configuration has none", path=_BASES, hint="name them in the service's baseRefs"
        )


RULES = (ObjectRule(_has_no_base), ObjectRule(has_replicas, since="0.17"))

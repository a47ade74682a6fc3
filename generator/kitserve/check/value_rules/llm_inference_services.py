"""Rules for the LLMInferenceServices; the chart's twin is in _llminferenceservice.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.crds.lookup import at, items, text
from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.image_volume import SCHEME
from kitserve.render.manifests.llm.llminferenceservice import adapters, is_volume, specification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.values.types import LlmInferenceService, Values

    Data = dict[str, Any]

_EXAMPLE = "llmInferenceServices:\n  chat:\n    uri: kit://registry.example.com/models/chat:v1\n"
_KIT_ADAPTER = "    adapters:\n      poems: {uri: 'kit://registry.example.com/models/poems:v1'}\n"
_SOURCE = "pkg/controller/v1alpha2/llmisvc"

NO_MODEL = Code(
    "KS288",
    "error",
    "An LLMInferenceService has no model.",
    why="KServe's controller makes no workload for it: `invalid model URI` "
    f"(attachModelArtifacts in {_SOURCE}/workload_storage.go).",
    example="llmInferenceServices: {chat: {replicas: 2}}\n",
    remedy="Write `uri`, or `baseRefs` whose configurations have one.",
)
TWO_KINDS = Code(
    "KS289",
    "error",
    "An LLMInferenceService has adapters that are ModelKits, and others.",
    why="ModelKits are named to vLLM by `--lora-modules`. Where KServe's controller finds that argument it adds none "
    f"of its own, so the other adapters aren't served (userSuppliedLoRAConfig in {_SOURCE}/workload_lora.go).",
    example=f"{_EXAMPLE}{_KIT_ADAPTER}      songs: {{uri: 'hf://example/songs'}}\n",
    remedy="Make ModelKits of all of them, or of none.",
)
SAME_NAME = Code(
    "KS290",
    "error",
    "An adapter has the name of the model.",
    why="Requests choose by the name, and vLLM serves the model for it.",
    example=f"{_EXAMPLE}{_KIT_ADAPTER.replace('poems', 'chat')}",
    remedy="Rename the adapter, or write `modelName`.",
)
NOT_MOUNTED = Code(
    "KS291",
    "error",
    "KServe has to mount something for an LLMInferenceService whose storage initializer is off.",
    why="With `storageInitializer.enabled: false` KServe's controller mounts neither model nor adapters "
    f"(attachModelArtifacts in {_SOURCE}/workload_storage.go, enumerateLoRAAdapters in workload_lora.go). With "
    "`imageVolumes.mountBy: volume` it is off, because KServe before 0.20 knows no `oci+native://`.",
    example=f"{_EXAMPLE}    spec: {{storageInitializer: {{enabled: false}}}}\n",
    remedy="Leave `storageInitializer` out. With `imageVolumes.mountBy: volume` make ModelKits of the adapters.",
)

CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))

_LORA: Path = ("model", "lora", "adapters")


def _services_are_whole(values: Values) -> Iterator[Problem]:
    for name, service in sorted(values.llmInferenceServices.items()):
        path = ("llmInferenceServices", name)
        spec = specification(values, service)
        yield from _has_model(path, spec)
        yield from _has_adapters_of_one_kind(path, service, spec)
        yield from _has_adapters_of_other_names(path, name, service)
        yield from _is_mounted(values, path, service, spec)


def _has_model(path: Path, spec: Data) -> Iterator[Problem]:
    if not text(spec, ("model", "uri")) and not items(spec, ("baseRefs",)):
        hint = "such as `kit://registry.example.com/models/chat:v1`"
        also = ((*path, "spec"),)
        yield NO_MODEL.problem("the service has no model", path=(*path, "uri"), hint=hint, also=also)


def _has_adapters_of_one_kind(path: Path, service: LlmInferenceService, spec: Data) -> Iterator[Problem]:
    if adapters(service, of_kit=True) and items(spec, _LORA):
        message, hint = "KServe serves no other adapters beside ModelKits", "make ModelKits of all"
        place, also = (*path, "adapters"), (_other_adapters(path, service),)
        yield TWO_KINDS.problem(message, path=place, hint=hint, also=also)


def _other_adapters(path: Path, service: LlmInferenceService) -> Path:
    """Return the place of the adapters that aren't ModelKits: in the open `spec` if they aren't typed."""
    others = adapters(service, of_kit=False)
    return (*path, "adapters", others[0]) if others else (*path, "spec", *_LORA)


def _has_adapters_of_other_names(path: Path, name: str, service: LlmInferenceService) -> Iterator[Problem]:
    own = service.modelName or service.name or name
    if own in service.adapters:
        also = ((*path, "modelName"),) if service.modelName else ()
        place = (*path, "adapters", own)
        yield SAME_NAME.problem("the model has this name", path=place, hint="rename it", also=also)


def _is_mounted(values: Values, path: Path, service: LlmInferenceService, spec: Data) -> Iterator[Problem]:
    switch: Path = ("storageInitializer", "enabled")
    if is_volume(values, service):
        if items(spec, _LORA) and not adapters(service, of_kit=True):
            message, hint = (
                "KServe serves these only with its own volume of the model",
                "make ModelKits of them",
            )
            place, also = _other_adapters(path, service), (("imageVolumes", "mountBy"),)
            yield NOT_MOUNTED.problem(message, path=place, hint=hint, also=also)
    elif service.uri.startswith(SCHEME) and at(spec, switch) is False:
        message, hint = "KServe mounts no model with this", "leave it out"
        yield NOT_MOUNTED.problem(message, path=(*path, "spec", *switch), hint=hint)


RULES: tuple[ValueRule, ...] = (_services_are_whole,)

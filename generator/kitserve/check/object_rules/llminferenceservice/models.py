"""The model of an LLMInferenceService, its adapters, and the devices that it claims."""

import re
from collections.abc import Callable, Iterator

from kitserve.check.object_rules.inferenceservice.webhook import CONFIDENTIAL, RESOURCE_ID
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import llm
from kitserve.crds.lookup import Data, at, mapping, maps, text, whole
from kitserve.crds.object_meta import is_dns_label, is_subdomain
from kitserve.problems import Code, Path, Problem

_SOURCE = "pkg/apis/serving/v1alpha2/llm_inference_service_validation.go"
_GROUP = "serving.kserve.io/exp-dra-"
ADAPTERS = Code(
    "KS276",
    "error",
    "An adapter has no name of its own, or a limit for adapters is below 1.",
    why="Requests choose an adapter by its name, so each needs one that no other adapter and not the model has "
    f"(validateLoRAAdapters in {_SOURCE}).",
    example=llm("").replace(
        "hf://example/chat'", "hf://example/chat', lora: {adapters: [{uri: 'hf://example/poems'}]}"
    ),
    remedy="Name the adapter.",
)
DEVICES = Code(
    "KS277",
    "error",
    "An annotation for device claims has a wrong value, or lacks the device class.",
    why=f"The annotations {_GROUP}… need `{_GROUP}device-class`, a DNS name, beside them "
    f"(validateManagedDRAAnnotations in {_SOURCE}).",
    example=llm("").replace("name: chat\n", f"name: chat\n  annotations: {{{_GROUP}device-count: '2'}}\n"),
    remedy="Write the annotation that the message names.",
)
_MODEL: Path = ("spec", "model")
_LORA: Path = (*_MODEL, "lora")
_ANNOTATIONS: Path = ("metadata", "annotations")


def _adapters_have_names(item: Data) -> Iterator[Problem]:
    own: Path = (*_MODEL, "name") if text(item, (*_MODEL, "name")) else ("metadata", "name")
    taken = {text(item, own): ("the model", own)}
    for path, adapter in maps(item, (*_LORA, "adapters")):
        name = text(adapter, ("name",))
        place: Path = (*path, "name")
        if not name:
            yield ADAPTERS.problem("an adapter needs a name", path=place)
        elif name in {".", ".."}:
            yield ADAPTERS.problem("can't be a folder's name", path=place)
        elif name in taken:
            other, where = taken[name]
            yield ADAPTERS.problem(f"{other} has this name", path=place, hint="rename it", also=(where,))
        taken.setdefault(name, ("another adapter", place))


def _limits_are_positive(item: Data) -> Iterator[Problem]:
    for field in ("maxRank", "maxAdapters", "maxCpuAdapters"):
        if (limit := whole(item, (*_LORA, field))) is not None and limit < 1:
            yield ADAPTERS.problem("must be at least 1", path=(*_LORA, field))


def _resource_is_named(item: Data) -> Iterator[Problem]:
    place: Path = (*_MODEL, "confidential", "resourceId")
    identity = text(item, place)
    if (
        at(item, (*_MODEL, "confidential", "enabled")) is True
        and identity
        and not RESOURCE_ID.match(identity)
    ):
        yield CONFIDENTIAL.problem("KServe refuses this form", path=place, hint="kbs:///REPOSITORY/TYPE/TAG")


def _devices_are_of_a_class(item: Data) -> Iterator[Problem]:
    said = {
        key.removeprefix(_GROUP): str(word or "").strip()
        for key, word in mapping(item, _ANNOTATIONS).items()
        if key.startswith(_GROUP)
    }
    fitting: dict[str, Callable[[str], bool]] = {
        "device-class": is_subdomain,
        "container-name": is_dns_label,
        "cel-selector": bool,
        "device-count": _is_count,
    }
    known = said.keys() & fitting.keys()
    if known and "device-class" not in said:
        also = tuple((*_ANNOTATIONS, f"{_GROUP}{name}") for name in sorted(known))
        yield DEVICES.problem(
            "needed for the others", path=(*_ANNOTATIONS, f"{_GROUP}device-class"), also=also
        )
    for name in sorted(known):
        if not fitting[name](said[name]):
            yield DEVICES.problem("KServe refuses this value", path=(*_ANNOTATIONS, f"{_GROUP}{name}"))


def _is_count(word: str) -> bool:
    return not word or (re.fullmatch(r"[+-]?[0-9]{1,18}", word) is not None and int(word) >= 1)


RULES = (
    ObjectRule(_adapters_have_names, since="0.19"),
    ObjectRule(_limits_are_positive, since="0.19"),
    ObjectRule(_resource_is_named, since="0.20"),
    ObjectRule(_devices_are_of_a_class, since="0.20"),
)

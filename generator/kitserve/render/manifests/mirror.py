"""Registries that images are pulled from instead of their own; the chart's twin is _mirror.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.image_name import registry_and_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ALL = "*"
_LISTS = ("containers", "initContainers")
_MODELS = (
    *("model", "sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "triton", "onnx", "huggingface"),
    *("pmml", "paddle", "art"),
)
"""Fields of KServe's components that are a container (PredictorSpec and ExplainerSpec in pkg/apis/serving/v1beta1)."""


def mirrored(reference: str, mirrors: Mapping[str, str]) -> str:
    """Return an image's reference at the mirror of its registry; as it is if it has none, or names a mirror."""
    registry, path = registry_and_path(reference)
    if registry in mirrors:
        mirror = mirrors[registry]
    else:
        is_mirror = any(each.partition("/")[0] == registry for each in mirrors.values())
        mirror = "" if is_mirror else mirrors.get(_ALL, "")
    return f"{mirror}/{path}" if mirror and not reference.startswith(f"{mirror}/") else reference


def with_mirrors(services: Iterable[dict[str, Any]], mirrors: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield services with the images of all containers in their `spec` at their mirrors."""
    for service in services:
        yield {**service, "spec": _pods(service["spec"], mirrors)} if mirrors else service


def _pods(part: dict[str, Any], mirrors: Mapping[str, str]) -> dict[str, Any]:
    return {key: _field(key, value, mirrors) for key, value in part.items()}


def _field(key: str, value: Any, mirrors: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_part(item, mirrors, is_container=key in _LISTS) for item in value]
    return _part(value, mirrors, is_container=key in _MODELS)


def _part(value: Any, mirrors: Mapping[str, str], *, is_container: bool) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict):
        return value
    below = _pods(value, mirrors)
    image = below.get("image")
    if is_container and image and isinstance(image, str):
        below["image"] = mirrored(image, mirrors)
    return below

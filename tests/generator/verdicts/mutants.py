"""Objects of every kind, and mutants of them that are drawn by a seed."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from kitserve.crds import structures
from kitserve.crds.node import Node

Data = dict[str, Any]
Step = str | int

WORDS = (
    *("", "a", "b", "x.y", "A", "a b", "root", "main", "v1", "v2", "grpc-v2", "1", "0", "-1", "true", "None"),
    *(
        "kit://example.com/a:1",
        "pvc://claim/a",
        "oci://example.com/a:1",
        "hf://org/a",
        "s3://bucket/a",
        "a://b",
    ),
    *("kserve-container", "worker-container", "transformer-container", "storage-initializer"),
    *("sklearn", "onnx", "huggingface", "triton", "cpu", "memory", "rps", "concurrency"),
    *("1Gi", "500m", "0.5", "1e3", "2GB", "1gi", "10%", "/mnt/models", "/", "/a/../b", "10s", "1h30m"),
    *("PYTHONPATH", "PROTOCOL", "STORAGE_URI", "TENSOR_PARALLEL_SIZE", "nvidia.com/gpu", "example.com/gpu"),
    *(
        "2020-01-01T00:00:00Z",
        "Always",
        "TCP",
        "all",
        "Splitter",
        "Resource",
        "hpa",
        "keda",
        "Standard",
        "Knative",
    ),
)
NUMBERS = (0, 1, 2, 3, 100, -1, 101, 65536, 2**31, 2**53, 2**63, 0.5, 1.0, -0.25)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    ["a"],
    [1],
    {"a": None},
    {"a": 1},
    {"name": "a"},
)
ANNOTATIONS = (
    *(
        "serving.kserve.io/deploymentMode",
        "serving.kserve.io/autoscalerClass",
        "autoscaling.knative.dev/class",
    ),
    *(
        "serving.kserve.io/gpu-resource-types",
        "serving.kserve.io/disable-localmodel",
        "serving.kserve.io/metrics",
    ),
    *(
        f"serving.kserve.io/exp-dra-{name}"
        for name in ("device-class", "cel-selector", "device-count", "container-name")
    ),
)
SETTINGS = (
    *(
        "Standard",
        "Knative",
        "RawDeployment",
        "Serverless",
        "ModelMesh",
        "hpa",
        "keda",
        "external",
        "none",
        "kpa",
    ),
    *("hpa.autoscaling.knative.dev", '["example.com/gpu"]', "[]", "2", "device.example.com", " x ", "a\nb"),
)
_DEEPEST = 4


def places(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:  # noqa: ANN401 - any JSON
    """The paths of all that is in a value, except of what says which kind an object is of."""
    if path and path not in {("apiVersion",), ("kind",)}:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inner:
        yield from places(child, (*path, step))


def mutant(item: Data, version: str, chosen: random.Random) -> Data:
    """A copy with further fields, and with up to three faults."""
    changed, node = copy.deepcopy(item), _node(item, version)
    for _ in range(chosen.choice((0, 0, 1, 2, 4, 8))):
        chosen.choice((_add, _add, _add, _annotate))(changed, node, chosen)
    for _ in range(chosen.choice((0, 1, 1, 1, 2, 3))):
        chosen.choice(_CHANGES)(changed, node, chosen)
    return changed | {"apiVersion": item["apiVersion"], "kind": item["kind"]}


def _node(item: Data, version: str) -> Node | None:
    return structures.kinds(version).get(f"{item['apiVersion']}/{item['kind']}")


def _pick(item: Data, chosen: random.Random) -> tuple[Any, Step]:
    """A random place: its parent, and the last step."""
    # Metadata is in every object, and its rules are few.
    found = [path for path in places(item) if path[0] != "metadata"] or [("spec",)]
    if chosen.random() < 0.1:
        found = [path for path in places(item) if path[0] == "metadata"] or found
    *parents, last = chosen.choice(found)
    place: Any = item
    for step in parents:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    return place, last


def _delete(item: Data, _node: Node | None, chosen: random.Random) -> None:
    place, last = _pick(item, chosen)
    if isinstance(place, list) or last in place:
        del place[last]


def _duplicate(item: Data, _node: Node | None, chosen: random.Random) -> None:
    """Repeat an item of a list, or copy a field to another name of the object."""
    place, last = _pick(item, chosen)
    if isinstance(place, list):
        place.append(copy.deepcopy(place[int(last)]))
    else:
        other = _pick(item, chosen)[1]
        place[str(other)] = copy.deepcopy(place.get(last))


def _rename(item: Data, _node: Node | None, chosen: random.Random) -> None:
    place, last = _pick(item, chosen)
    if isinstance(place, dict) and last in place:
        name = str(last)
        other = chosen.choice((name.swapcase(), name[1:], f"{name}s", name.lower(), name.replace("a", "e")))
        place[other] = place.pop(name)


def _exchange(item: Data, _node: Node | None, chosen: random.Random) -> None:
    """Put what one place holds into another."""
    place, last = _pick(item, chosen)
    other, step = _pick(item, chosen)
    if isinstance(place, list) or last in place:
        value = copy.deepcopy(place[last])
        if isinstance(other, list) or step in other:
            other[step] = value


def _word(item: Data, _node: Node | None, chosen: random.Random) -> None:
    place, last = _pick(item, chosen)
    place[last] = chosen.choice(WORDS)


def _number(item: Data, _node: Node | None, chosen: random.Random) -> None:
    place, last = _pick(item, chosen)
    place[last] = chosen.choice(NUMBERS)


def _odd(item: Data, _node: Node | None, chosen: random.Random) -> None:
    place, last = _pick(item, chosen)
    place[last] = copy.deepcopy(chosen.choice(ODD))


def _name(item: Data, _node: Node | None, chosen: random.Random) -> None:
    names = ("a.b", "A", "1a", "a-", "a_b", "a" * 64, "a" * 254, "ab", "")
    if isinstance(item.get("metadata"), dict):
        item["metadata"]["name"] = chosen.choice(names)


def _annotate(item: Data, _node: Node | None, chosen: random.Random) -> None:
    """Set an annotation that KServe reads."""
    if isinstance(metadata := item.get("metadata"), dict):
        annotations = metadata.setdefault("annotations", {})
        if isinstance(annotations, dict):
            annotations[chosen.choice(ANNOTATIONS)] = chosen.choice((*SETTINGS, *WORDS))


def _add(item: Data, node: Node | None, chosen: random.Random) -> None:
    """Add a field that the structure has at a random place, with a value that mostly fits."""
    place: Any = item
    while node is not None:
        known = [name for name in node.properties if name not in {"apiVersion", "kind", "metadata", "status"}]
        if isinstance(place, dict) and known:
            below = [name for name in known if isinstance(place.get(name), dict | list) and place[name]]
            if below and chosen.random() < 0.75:
                step: Step = chosen.choice(below)
                place, node = place[step], node.properties[str(step)]
                continue
            name = chosen.choice(known)
            place[name] = made(node.properties[name], chosen)
        elif isinstance(place, dict) and node.extra:
            if place and chosen.random() < 0.8:
                step = chosen.choice(list(place))
                place, node = place[step], node.extra
                continue
            place[chosen.choice(WORDS)] = made(node.extra, chosen)
        elif isinstance(place, list) and node.items:
            if place and chosen.random() < 0.8:
                place, node = chosen.choice(place), node.items
                continue
            place.append(made(node.items, chosen))
        return


_CHANGES = (_delete, _duplicate, _rename, _exchange, _word, _number, _odd, _name, _annotate, _add, _add)


def made(node: Node, chosen: random.Random, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """A value that mostly fits a node."""
    if node.choices is not None:
        return chosen.choice(node.choices) if chosen.random() < 0.9 else chosen.choice(WORDS)
    if node.int_or_string:
        return chosen.choice((1, 80, "80%", "1Gi", "500m", "http", 0, -1, "0"))
    if node.type == "object" or (not node.type and node.properties):
        return _object(node, chosen, depth)
    if node.type == "array":
        many = max(node.bounds.get("minItems", 0), chosen.choice((0, 1, 1, 2))) if depth < _DEEPEST else 0
        return [made(node.items, chosen, depth + 1) for _ in range(many)] if node.items else []
    if node.type == "boolean":
        return chosen.random() < 0.7
    if node.type in {"integer", "number"}:
        return chosen.choice((0, 1, 1, 2, 3, 10, 80, 100, -1))
    return chosen.choice(WORDS)


def _object(node: Node, chosen: random.Random, depth: int) -> Data:
    names = [name for name in node.properties if name in node.required or chosen.random() < 0.15]
    if depth >= _DEEPEST:
        names = list(node.required)
    value = {
        name: made(node.properties[name], chosen, depth + 1) for name in names if name in node.properties
    }
    if node.extra and depth < _DEEPEST and chosen.random() < 0.7:
        value[chosen.choice(WORDS)] = made(node.extra, chosen, depth + 1)
    return value

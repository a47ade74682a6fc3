"""What the schema tells editors: descriptions, examples that fit, and KServe's fields, by which it refuses nothing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from codegen.annotations.examples import EXAMPLES, TITLES
from codegen.annotations.places import DEFINITIONS, PLACES
from codegen.values.groups import GROUPS
from jsonschema import Draft7Validator
from kitserve.check.schema.fast_schema import accepts
from kitserve.crds import structures
from kitserve.crds.node import Node
from kitserve.report.explanation import type_of
from kitserve.values.lookup import find, paths
from kitserve.values.schema import Schema, defaults, schema, told

from tests.cases import REPOSITORY

HINTS = {"properties", "items", "allOf", "anyOf", "description", "examples"}
OF_PREDICTOR = "inferenceServices.iris.predictor"


def hints(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    """Every schema in a definition, with its path."""
    yield path, node
    for name, child in node.get("properties", {}).items():
        yield from hints(child, f"{path}.{name}")
    if "items" in node:
        yield from hints(node["items"], f"{path}[]")


def told_of(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    """Every key below a place as an editor sees it, references followed, with its path."""
    for name, child in told(node, schema()).get("properties", {}).items():
        known = told(child, schema())
        yield f"{path}.{name}", known
        yield from told_of(known, f"{path}.{name}")
        yield from told_of(known.get("items", {}), f"{path}.{name}[]")


def structure(path: str, node: Node) -> Node | None:
    """What KServe has at a path below a node, with a list's items for the list; None if it has nothing there."""
    for name in path.replace("[]", "").split(".")[1:]:
        if (below := node.properties.get(name)) is None:
            return None
        node = below.items or below
    return node


FIELDS = {
    name: list(told_of(schema()["definitions"][name], name))
    for name in ("predictor", "component", "llmInferenceService")
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_has_no_keyword_that_refuses(name: str) -> None:
    for path, node in hints(schema()["definitions"][name], name):
        assert node.keys() <= HINTS, path
        assert node.get("anyOf", [{}])[-1] == {}, path
        assert path == name or node.get("description") or path.endswith("[]"), path


@pytest.mark.parametrize(
    "predictor",
    [
        {"minReplicas": "two", "hostIPC": 3, "scaleMetric": [], "scaleMetricType": "Percent"},
        {"containers": {"a": 1}, "volumes": [1], "tolerations": "all", "affinity": []},
        {"model": {"env": {"A": "b"}, "modelFormat": "sklearn", "resources": [], "readinessProbe": 1}},
        {"model": None, "nodeSelector": None, "imagePullSecrets": ["a"]},
        {"aFieldOfTheNextVersion": {"containers": 1}},
    ],
    ids=["scalars", "lists and maps", "model", "nulls", "unknown"],
)
def test_kserve_judges_what_is_below_predictor(predictor: dict[str, Any]) -> None:
    values = {"inferenceServices": {"iris": {"predictor": predictor}}}

    assert Draft7Validator(schema()).is_valid(values)
    assert accepts(schema(), values)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("version", structures.versions())
def test_fields_are_in_every_version_but_those_before_the_one_that_they_name(name: str, version: str) -> None:
    if DEFINITIONS[name].kind not in structures.kinds(version):
        return
    root = DEFINITIONS[name].node(version)
    new: tuple[str, ...] = ()
    for path, node in FIELDS[name]:
        since = re.search(r"\(KServe ([0-9.]+)\)", node["description"])
        if since and structures.number(version) < structures.number(since[1]):
            new = (*new, path)
        assert (structure(path, root) is None) == path.startswith(new), path


@pytest.mark.parametrize("name", FIELDS)
def test_fields_have_the_types_of_kserves_structure(name: str) -> None:
    root = DEFINITIONS[name].node(structures.versions()[-1])
    for path, node in FIELDS[name]:
        found = structure(path, root)
        assert found is not None, path
        if "properties" not in node and "items" not in node:
            assert (node.get("type", ""), node.get("enum", [])) in (
                (found.type, []),
                ("", list(found.choices or ())),
            ), path


def test_every_place_is_used_by_a_value() -> None:
    keys = {path.removesuffix("[]").rpartition(".")[2] for path in paths()}

    assert set(PLACES.values()) <= DEFINITIONS.keys()
    assert {
        "predictor",
        "resources",
        "router",
        "securityContext",
        "spec",
        "valueFrom",
    } <= keys & PLACES.keys()


def test_every_key_is_described() -> None:
    assert [path for path in paths() if not (find(path) or {}).get("description")] == []


@pytest.mark.parametrize("path", EXAMPLES)
def test_examples_of_values_fit(path: str) -> None:
    node = find(path) or {}

    assert node["examples"]
    for example in node["examples"]:
        Draft7Validator({**node, "definitions": schema()["definitions"]}).validate(example)


@pytest.mark.parametrize("name", FIELDS)
def test_examples_of_kserves_fields_have_their_type(name: str) -> None:
    for path, known, example in [
        (path, node, each) for path, node in FIELDS[name] for each in node.get("examples", ())
    ]:
        assert Draft7Validator({key: known[key] for key in ("type", "enum") if key in known}).is_valid(
            example
        ), path


def test_every_title_is_a_sections() -> None:
    assert {path for path in TITLES if path and not find(path)} == set()
    assert schema()["title"] == TITLES[""]


@pytest.mark.parametrize(
    ("path", "offered"),
    [
        ("inferenceServices.iris", {"storageUri", "modelFormat", "delivery", "predictor"}),
        (OF_PREDICTOR, {"model", "containers", "minReplicas", "nodeSelector", "affinity", "autoScaling"}),
        (
            f"{OF_PREDICTOR}.model",
            {"modelFormat", "storageUri", "runtime", "args", "env", "resources", "readinessProbe"},
        ),
        (f"{OF_PREDICTOR}.model.modelFormat", {"name", "version"}),
        (f"{OF_PREDICTOR}.model.env[0].valueFrom.secretKeyRef", {"name", "key"}),
        (f"{OF_PREDICTOR}.containers[0]", {"name", "image", "ports", "startupProbe"}),
        (f"{OF_PREDICTOR}.tolerations[0]", {"key", "operator", "value", "effect"}),
        (f"{OF_PREDICTOR}.volumes[0].persistentVolumeClaim", {"claimName", "readOnly"}),
        (f"{OF_PREDICTOR}.autoScaling.metrics[0].resource.target", {"type", "averageUtilization"}),
        (f"{OF_PREDICTOR}.workerSpec", {"pipelineParallelSize", "containers"}),
        ("inferenceServiceDefaults.predictor.model", {"storageUri", "image"}),
        ("llmInferenceServices.chat.spec.template.containers[0]", {"name", "image"}),
        ("llmInferenceServices.chat.router.gateway.refs[0]", {"name", "namespace"}),
        ("resources", {"requests", "limits"}),
        ("extraEnv[0].valueFrom.fieldRef", {"fieldPath"}),
    ],
)
def test_keys_are_offered_at_a_place(path: str, offered: set[str]) -> None:
    node = find(path) or {}
    keys = {**node.get("properties", {}), **node.get("items", {}).get("properties", {})}

    assert offered <= keys.keys()


@pytest.mark.parametrize(
    ("path", "kind", "offered"),
    [
        (f"{OF_PREDICTOR}.minReplicas", "number", [1]),
        (f"{OF_PREDICTOR}.hostIPC", "true or false", []),
        (f"{OF_PREDICTOR}.model.storageUri", "text", ["kit://registry.example.com/models/iris:v1"]),
        (f"{OF_PREDICTOR}.tolerations[0].operator", "text", ["Exists", "Equal"]),
    ],
)
def test_a_value_is_offered_with_its_type(path: str, kind: str, offered: list[Any]) -> None:
    node = find(path) or {}

    assert type_of(node) == kind
    assert node.get("examples", []) == offered


def test_the_schema_has_a_name_of_its_own() -> None:
    name = schema()["$id"]

    assert re.fullmatch(r"https://[a-z.]+/schemas/[0-9.]+/values[.]schema[.]json", name)
    sources = (REPOSITORY / "generator").rglob("*.py")
    assert [file.name for file in sources if name in file.read_text()] == []


def test_every_value_is_in_one_group() -> None:
    grouped = [key for group in GROUPS for key in group.keys]

    assert len(grouped) == len(set(grouped))
    assert {*defaults(), "global", "enabled"} - {*grouped} == set()

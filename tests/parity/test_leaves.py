"""No value is dead: whichever single leaf of the values is changed, both renderers' objects change, and alike."""

import copy
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from kitserve.helm.load import read
from kitserve.helm.merge import merge_defaults
from kitserve.render.release import Release
from kitserve.values.schema import Schema, defaults, schema

from tests.cases import REPOSITORY
from tests.parity.objects import comparable, strictly_read
from tests.parity.renderers import RELEASE, Helm
from tests.parity.turns import in_turns
from tests.rendering import checked, rendered

Place = tuple[str | int, ...]

_CASES = REPOSITORY / "tests" / "cases" / "accepted"
EVERY_KEY = _CASES / "every-key.yaml"
LLMS = _CASES / "llm-inference-services.yaml"
"""With what can't stand beside the settings of the initializer in the other one."""
OF_LLMS = ("llmInferenceServices.", *(f"imageVolumes.{key}" for key in ("prefetch", "pauseImage")))
# The same section as inferenceServiceDefaults, which a group takes the place of in test_groups.py.
GROUPS = ("serviceGroups",)
# A parent chart's; what only the pods of `helm test` show, which kitserve doesn't render; and what only allows others.
NOT_RENDERED = {("enabled",), ("test",), ("imageVolumes", "admissionVerifies"), GROUPS}
TEXTS = ("other", "Other-1", "sha256:" + "1" * 64, "kit://r.io/other:1", "/other", "9Ti", "v9", "^other$")
KEYS = ("zz", "registry:5000")
"""Keys of maps, one of which is the registry of the base's image."""


def base() -> dict[str, Any]:
    """Every value set, and none that hides another's effect."""
    values = merge_defaults(defaults(), read([str(EVERY_KEY)]).data)
    del values["global"]
    values["inferenceServices"]["all"].pop("predictor")
    # So that one annotation is used by nobody, and can be left out.
    values["inferenceServiceDefaults"]["unpacking"]["unpackFlags"] = ""
    # What a null took away is back: written out, these values are over the defaults again.
    return merge_defaults(defaults(), values)


BASE = base()
BASE_OF_LLMS = merge_defaults(defaults(), read([str(LLMS)]).data)
_NO_PATTERNS: dict[Place, Any] = {("allowPatterns",): [], ("ignorePatterns",): []}
_PULLED = _NO_PATTERNS | {("inferenceServices", "all", "unpacking", "filter"): "model"}
WITH_IT: dict[str, dict[Place, Any]] = {
    "credentials.create": {("credentials", "username"): "", ("credentials", "password"): ""},
    "inferenceServiceDefaults.delivery": _NO_PATTERNS
    | {
        ("inferenceServices",): {"inherits": {"unpacking": {"digest": "", "verification": ""}}},
        ("inferenceServiceDefaults", "storageKey"): "",
        ("inferenceServiceDefaults", "storageContainerName"): "",
    },
    "inferenceServices.*.delivery": _PULLED,
    "imageVolumes.mountBy": _PULLED | {("inferenceServices", "all", "delivery"): "imageVolume"},
}
"""What has to change with a leaf, since a rule ties them."""


def leaves(node: Schema, values: Any, path: Place = ()) -> Iterator[tuple[Place, Schema]]:  # noqa: ANN401
    """Each leaf of the schema at every place that the base has for it."""
    entries = [
        *node.get("patternProperties", {}).values(),
        node.get("additionalProperties"),
        node.get("items"),
    ]
    sections = [each for each in entries if isinstance(each, dict) and "properties" in each]
    for name, child in node.get("properties", {}).items():
        yield from leaves(child, values.get(name, {}) if isinstance(values, dict) else {}, (*path, name))
    for section in sections:
        for key in range(len(values)) if isinstance(values, list) else values:
            yield from leaves(section, values[key], (*path, key))
    if not sections and not node.get("properties"):
        yield path, node


def by_leaf() -> dict[str, list[tuple[Place, Schema]]]:
    """The places of each leaf, by its path with `*` for keys that users choose."""
    found: dict[str, list[tuple[Place, Schema]]] = {}
    names = {"serviceAccounts", "nodeGroups", "caches", "registries", "inferenceServices"}
    names |= {"llmInferenceServices", "adapters", "prefetch"}
    for base in (BASE, BASE_OF_LLMS):
        for path, leaf in leaves(schema(), base):
            steps = [
                "*" if before in names or isinstance(step, int) else step
                for before, step in pairwise(("", *path))
            ]
            name = ".".join(map(str, steps))
            is_rendered = not any(path[: len(place)] == place for place in NOT_RENDERED)
            if is_rendered and base_of(name) is base:
                found.setdefault(name, []).append((path, leaf))
    return found


def base_of(leaf: str) -> dict[str, Any]:
    """The values in which a leaf has an effect."""
    return BASE_OF_LLMS if leaf.startswith(OF_LLMS) else BASE


LEAVES = by_leaf()


def others(leaf: Schema, current: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    """What else the leaf's schema allows there, to be tried in turn."""
    kind = leaf["type"]
    if "enum" in leaf:
        return list(leaf["enum"])
    if kind == "string":
        pattern = leaf.get("pattern", "").removesuffix("$") + r"\Z"
        return ["", *(text for text in TEXTS if "pattern" not in leaf or re.match(pattern, text))]
    plain: dict[str, list[Any]] = {"boolean": [True, False], "integer": [leaf.get("minimum", 0), 7]}
    if kind in plain:
        return plain[kind]
    if kind == "array":
        return [list(current or [])[:-1], *([text] for text in others(leaf["items"], None))]
    return [{**(current or {}), key: text} for key in KEYS for text in ("1", "r.io/other")]


def changed(values: dict[str, Any], path: Place, value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    copied = copy.deepcopy(values)
    at: Any = copied
    for step in path[:-1]:
        at = at.setdefault(step, {}) if isinstance(at, dict) else at[step]
    at[path[-1]] = value
    return copied


def at(values: Any, path: Place) -> Any:  # noqa: ANN401 - any JSON
    for step in path:
        values = values.get(step, {}) if isinstance(values, dict) else values[step]
    return values


def shown(values: dict[str, Any]) -> dict[str, str]:
    return comparable(rendered(values, Release(*RELEASE)))


def before(leaf: str) -> dict[str, Any]:
    """The base with what has to change with a leaf."""
    values = base_of(leaf)
    for path, value in WITH_IT.get(leaf, {}).items():
        values = changed(values, path, value)
    return values


@pytest.fixture(scope="module")
def base_shown() -> dict[str, str]:
    return shown(BASE)


@pytest.mark.parametrize(("leaf", "version"), [*in_turns(zip(LEAVES, LEAVES, strict=True), one_of=4)])
def test_a_change_shows_in_both(
    leaf: str, version: int, base_shown: dict[str, str], helms: list[Helm], tmp_path: Path
) -> None:
    base = base_of(leaf)
    unchanged = base_shown if base is BASE and leaf not in WITH_IT else shown(before(leaf))
    candidates = (
        changed(before(leaf), path, value)
        for path, node in LEAVES[leaf]
        for value in others(node, at(base, path))
        if value != at(base, path)
    )
    ours, values = next(
        (ours, values)
        for values in candidates
        if not checked(values).problems and (ours := shown(values)) != unchanged
    )

    case = tmp_path / "values.json"
    case.write_text(json.dumps(values))
    theirs = helms[version - 3].render([case])

    assert theirs.manifests is not None, theirs.complaint
    assert comparable(strictly_read(theirs.manifests)) == ours != unchanged


@pytest.mark.parametrize(("path", "value"), [("enabled", False), ("uris", ["kit://other/x:1"])])
def test_what_only_helm_test_shows(
    path: str, value: object, helm3: Path, packaged_chart: Path, tmp_path: Path
) -> None:
    case = tmp_path / "values.json"

    def pods(values: dict[str, Any]) -> list[Any]:
        case.write_text(json.dumps(values))
        found = Helm(helm3, packaged_chart, tests=True).render([case])
        assert found.manifests is not None, found.complaint
        return [item for item in strictly_read(found.manifests) if item["kind"] == "Pod"]

    assert pods(BASE) != pods(changed(BASE, ("test", path), value))

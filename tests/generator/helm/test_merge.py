"""Files, options and the chart's defaults merge as Helm merges them."""

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kitserve.helm.load import read
from kitserve.helm.merge import merge_defaults

from tests.generator.helm.probe_chart import exact, merged_values

DEFAULTS = "{top: 1, list: [1, 2], map: {x: 1, deep: {p: 1, q: 2}}, empty: {}}"
UNTOUCHED: dict[str, Any] = {"top": 1, "list": [1, 2], "map": {"x": 1, "deep": {"p": 1, "q": 2}}, "empty": {}}
MERGES: dict[tuple[str, ...], dict[str, Any]] = {
    (): UNTOUCHED,
    ("",): UNTOUCHED,
    # maps merge, everything else replaces
    ("map: {x: 2}",): UNTOUCHED | {"map": {"x": 2, "deep": {"p": 1, "q": 2}}},
    ("map: {}",): UNTOUCHED,
    ("map: {deep: {p: 0}}",): UNTOUCHED | {"map": {"x": 1, "deep": {"p": 0, "q": 2}}},
    ("list: [3]",): UNTOUCHED | {"list": [3]},
    ("list: []",): UNTOUCHED | {"list": []},
    ("top: ''",): UNTOUCHED | {"top": ""},
    ("empty: {a: {b: 1}}",): UNTOUCHED | {"empty": {"a": {"b": 1}}},
    # the user's type wins
    ("map: 1",): UNTOUCHED | {"map": 1},
    ("map: []",): UNTOUCHED | {"map": []},
    ("map: {deep: 5}",): UNTOUCHED | {"map": {"x": 1, "deep": 5}},
    ("top: {a: 1}",): UNTOUCHED | {"top": {"a": 1}},
    ("map: {x: {a: 1}}",): UNTOUCHED | {"map": {"x": {"a": 1}, "deep": {"p": 1, "q": 2}}},
    ("list: {a: 1}",): UNTOUCHED | {"list": {"a": 1}},
    # null deletes what has a default, and stays elsewhere
    ("top: null",): {key: value for key, value in UNTOUCHED.items() if key != "top"},
    ("list: ~",): {key: value for key, value in UNTOUCHED.items() if key != "list"},
    ("map:",): {key: value for key, value in UNTOUCHED.items() if key != "map"},
    ("map: {x: null}",): UNTOUCHED | {"map": {"deep": {"p": 1, "q": 2}}},
    ("map: {deep: null}",): UNTOUCHED | {"map": {"x": 1}},
    ("map: {deep: {p: null, q: null}}",): UNTOUCHED | {"map": {"x": 1, "deep": {}}},
    ("new: null",): UNTOUCHED | {"new": None},
    ("map: {new: null}",): UNTOUCHED | {"map": {"x": 1, "deep": {"p": 1, "q": 2}, "new": None}},
    ("empty: {iris: null}",): UNTOUCHED | {"empty": {"iris": None}},
    ("list: [null]",): UNTOUCHED | {"list": [None]},
    ("new: {a: null}",): UNTOUCHED | {"new": {"a": None}},
    # several files
    ("top: 2", "top: 3"): UNTOUCHED | {"top": 3},
    ("map: {x: 2}", "map: {deep: {q: 3}}"): UNTOUCHED | {"map": {"x": 2, "deep": {"p": 1, "q": 3}}},
    ("map: {x: 2}", "map: null"): {key: value for key, value in UNTOUCHED.items() if key != "map"},
    ("map: {x: 2}", "map: null", "map: {new: 1}"): UNTOUCHED
    | {"map": {"x": 1, "deep": {"p": 1, "q": 2}, "new": 1}},
    ("map: null", "map: {x: 2}"): UNTOUCHED | {"map": {"x": 2, "deep": {"p": 1, "q": 2}}},
    ("top: null", "top: 2"): UNTOUCHED | {"top": 2},
    ("new: {a: 1}", "new: {a: null}"): UNTOUCHED | {"new": {"a": None}},
    ("map: 1", "map: {x: 2}"): UNTOUCHED | {"map": {"x": 2, "deep": {"p": 1, "q": 2}}},
    ("top: 2", "", "# nothing"): UNTOUCHED | {"top": 2},
}


@dataclass(frozen=True)
class User:
    """What somebody gives on the command line."""

    files: Sequence[str]
    sets: Sequence[str] = ()
    string_sets: Sequence[str] = ()

    @property
    def options(self) -> list[str]:
        """In the other order than the one in which they count."""
        strings = [part for text in self.string_sets for part in ("--set-string", text)]
        return strings + [part for text in self.sets for part in ("--set", text)]


def merged(user: User, defaults: dict[str, Any], folder: Path) -> dict[str, Any]:
    names = [folder / f"ours-{number}.yaml" for number in range(len(user.files))]
    for name, file in zip(names, user.files, strict=True):
        name.write_text(file)
    given = read([str(name) for name in names], user.sets, user.string_sets)
    assert [problem for problem in given.problems if problem.severity == "error"] == []
    return merge_defaults(defaults, given.data)


@pytest.mark.parametrize(("files", "values"), MERGES.items())
def test_files_over_defaults_give(files: tuple[str, ...], values: dict[str, Any], tmp_path: Path) -> None:
    assert exact(merged(User(files), UNTOUCHED, tmp_path)) == exact(values)


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_helm_merges_alike(version: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    helm = request.getfixturevalue(version)

    values = {files: exact(merged_values(helm, tmp_path, files, defaults=DEFAULTS)) for files in MERGES}

    assert values == {files: exact(values) for files, values in MERGES.items()}


def test_merging_changes_neither_side() -> None:
    defaults, user = {"map": {"x": 1, "y": {"z": 1}}}, {"map": {"x": None, "y": {"z": None}}}
    before = copy.deepcopy((defaults, user))

    merge_defaults(defaults, user)

    assert (defaults, user) == before


def trees(*, nulls: bool) -> st.SearchStrategy[dict[str, Any]]:
    scalars = st.sampled_from([0, 1, 2.5, "", "x", False, True, [1], []])
    leaves = st.none() | scalars if nulls else scalars
    keys = st.sampled_from("abc")
    return st.dictionaries(
        keys, st.recursive(leaves, lambda inner: st.dictionaries(keys, inner), max_leaves=8)
    )


def assignments() -> st.SearchStrategy[str]:
    """Over keys that files never make scalars or lists of, so that every assignment fits."""
    keys = st.lists(st.sampled_from(["p", "q", r"dotted\.key"]), min_size=1, max_size=3).map(
        lambda keys: (
            ".".join(f"{key}{depth}" for depth, key in enumerate(keys[:-1])) + "." * (len(keys) > 1) + "v"
        )
    )
    values = st.sampled_from(
        ["1", "0123", "1.5", "true", "NULL", "", "x y", r"a\,b", "{1,x}", "{}", "1e3", "-7", "yes"]
    )
    pairs = st.tuples(keys, values).map("=".join)
    return st.lists(pairs, min_size=1, max_size=3).map(",".join)


def users() -> st.SearchStrategy[User]:
    options = st.lists(assignments(), max_size=2)
    return st.builds(User, st.lists(trees(nulls=True).map(json.dumps), max_size=3), options, options)


@settings(max_examples=25, deadline=None)
@given(user=users(), defaults=trees(nulls=False))
@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_random_values_merge_as_in_helm(
    version: str,
    user: User,
    defaults: dict[str, Any],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder, helm = tmp_path_factory.mktemp("case"), request.getfixturevalue(version)

    ours = merged(user, defaults, folder)

    assert exact(ours) == exact(merged_values(helm, folder, user.files, user.options, json.dumps(defaults)))

"""--set and --set-string read and apply as in Helm."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kitserve.helm import codes
from kitserve.helm.load import UserValues, read
from kitserve.problems import Position

from tests.generator.helm.probe_chart import HelmError, exact, merged_values

FILE = "{m: {p: 1, q: {r: 2}}, l: [1, {x: 1}, [5, 6]], s: text, z: null}"
BASE: dict[str, Any] = {"m": {"p": 1, "q": {"r": 2}}, "l": [1, {"x": 1}, [5, 6]], "s": "text", "z": None}
DEEP = ".".join(["k"] * 31)

TYPED: dict[str, object] = {
    "1": 1, "0": 0, "-0": 0, "+5": 5, "-5": -5, "true": True, "TRUE": True, "falSe": False, "null": None, "NULL": None,
    "9223372036854775807": 9223372036854775807, "9007199254740993": 9007199254740993, "-7": -7,
    **{text: text for text in ("", "00", "0123", "--5", "1.5", "1e3", " 1", "1 ", "9223372036854775808", "0x10")},
    **{text: text for text in ("~", "yes", "on", "1.0", "1_000", "b=c", "'x'", '"x"', "a:b", "é ü")},
    r"x\,y": "x,y", r"x\\y": r"x\y", "x\\": "x",
    "{1,2}": [1, 2], "{}": [""], "{,}": ["", ""], "{a, b}": ["a", " b"], "{1,true,null,x}": [1, True, None, "x"],
    r"{x\,y}": ["x,y"], "{{x}": ["{x"],
}  # fmt: skip
SET: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("", "=1", "=", "[0]=1"), BASE),
    "a=1,b=2": BASE | {"a": 1, "b": 2},
    "a=1,": BASE | {"a": 1},
    "a=1=2": BASE | {"a": "1=2"},
    "a={x}b=1": BASE | {"a": ["x"], "b": 1},
    "a b=1,c:d=1": BASE | {"a b": 1, "c:d": 1},
    r"a\,b=1,a\.c=2,a\=d=3,a\[0]=4,a]=5": BASE | {"a,b": 1, "a.c": 2, "a=d": 3, "a[0]": 4, "a]": 5},
    "a.b.c=1,a.b.d=2": BASE | {"a": {"b": {"c": 1, "d": 2}}},
    f"{DEEP}=1": BASE | {"k": eval('{"k":' * 30 + "1" + "}" * 30)},  # noqa: S307
    "a[0]=1": BASE | {"a": [1]},
    "a[2]=1": BASE | {"a": [None, None, 1]},
    "a[+1]=1,a[00]=0": BASE | {"a": [0, 1]},
    "a[0].b=1,a[0].c=2": BASE | {"a": [{"b": 1, "c": 2}]},
    "a[0][1].c=2": BASE | {"a": [[None, {"c": 2}]]},
    "x.y[0].z[1].w=1": BASE | {"x": {"y": [{"z": [None, {"w": 1}]}]}},
    "m=5": BASE | {"m": 5},
    "m=null": BASE | {"m": None},
    "m.p=null,m.q.new=1": BASE | {"m": {"p": None, "q": {"r": 2, "new": 1}}},
    "l[0]=9,l[1].y=2,l[2][3]=7": BASE | {"l": [9, {"x": 1, "y": 2}, [5, 6, None, 7]]},
    "l[0].k=1": BASE | {"l": [{"k": 1}, {"x": 1}, [5, 6]]},
    "l={}": BASE | {"l": [""]},
    "z=1": BASE | {"z": 1},
    # Helm's corners: an index without a value, an empty value at the end below an index
    "a[0]": BASE | {"a": []},
    "l[0]": BASE,
    "a[0].b=": BASE | {"a": []},
    "a[0].b=,c=1": BASE | {"a": [{"b": ""}], "c": 1},
}
REFUSED = (
    *("a", "a.b", "a,b=1", ",a=1", "a=1,,b=2", "a=1,b", "a\\", "m.q", "l[1].x", "a={x}}"),
    *("a.=1", "a..b=1", ".=1", "m.=1,a..=1", f"{DEEP}.k=1"),
    *(
        "a[-1]=1",
        "a[x]=1",
        "a[]=1",
        "a[ 0]=1",
        "a[0_0]=1",
        "a[65537]=1",
        "a[0]x=1",
        "a={x",
        "a[x",
        "a[99999999999999999999]=1",
    ),
    *(
        "m[0]=1",
        "m.p.q=1",
        "m.q[0]=1",
        "l.x=1",
        "l[1][0]=1",
        "l[0][0]=1",
        "s.t=1",
        "s[0]=1",
        "z.a=1",
        "z[0]=1",
    ),
)


def over(folder: Path, sets: list[str], string_sets: list[str] = []) -> UserValues:  # noqa: B006
    file = folder / "values.yaml"
    file.write_text(FILE)
    return read([str(file)], sets, string_sets)


@pytest.mark.parametrize(("text", "value"), TYPED.items(), ids=repr)
def test_value_is_read_as(text: str, value: object) -> None:
    given = read(sets=[f"a={text}"])

    assert given.problems == ()
    assert exact(given.data) == exact({"a": value})


@pytest.mark.parametrize(("expression", "values"), SET.items())
def test_set_gives(expression: str, values: dict[str, Any], tmp_path: Path) -> None:
    given = over(tmp_path, [expression])

    assert given.problems == ()
    assert exact(given.data) == exact(values)


@pytest.mark.parametrize("expression", REFUSED)
def test_set_is_refused(expression: str, tmp_path: Path) -> None:
    (problem,) = over(tmp_path, [expression]).problems

    assert (problem.code, problem.severity) == (codes.OVERRIDE.code, "error")
    assert problem.position
    assert (problem.position.file, problem.position.line) == ("--set", 1)


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_helm_reads_the_same_values(version: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    options = [f"--set=v{number}={text}" for number, text in enumerate(TYPED)]

    values = merged_values(request.getfixturevalue(version), tmp_path, [], options)

    assert exact(values) == exact({f"v{number}": value for number, value in enumerate(TYPED.values())})


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_helm_sets_the_same(version: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    helm = request.getfixturevalue(version)

    values = {text: exact(merged_values(helm, tmp_path, [FILE], ["--set", text])) for text in SET}

    assert values == {text: exact(values) for text, values in SET.items()}


def test_helm_refuses_the_same(helm3: Path, tmp_path: Path) -> None:
    """Helm 4 takes `a[x`, an index that doesn't close, for the end of the text."""
    for expression in REFUSED:
        with pytest.raises(HelmError):
            merged_values(helm3, tmp_path, [FILE], ["--set", expression])


def test_set_string_makes_text_of_all_values(helm4: Path, tmp_path: Path) -> None:
    expression = "a=1,b=true,c=null,d={1,x},e.f=0,g="

    values = over(tmp_path, [], [expression]).data

    assert values == BASE | {"a": "1", "b": "true", "c": "null", "d": ["1", "x"], "e": {"f": "0"}, "g": ""}
    assert exact(values) == exact(merged_values(helm4, tmp_path, [FILE], ["--set-string", expression]))


def test_set_string_wins_over_set_and_the_later_over_the_earlier(tmp_path: Path) -> None:
    given = over(tmp_path, ["a=1", "a=2", "b=1"], ["b=2"])

    assert given.data == BASE | {"a": 2, "b": "2"}


def test_a_message_repeats_nothing_that_may_be_a_password(tmp_path: Path) -> None:
    passwords = [
        "credentials.password=hunter2,secret[x",
        "credentials.password=hunter2,secret",
        "a={hunter2,secret",
    ]
    given = over(tmp_path, passwords)

    assert len(given.problems) == len(passwords)
    assert "hunter2" not in repr(given)
    assert "secret" not in repr(given)


def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    (problem,) = over(tmp_path, ["a=\udcff"]).problems

    assert (problem.code, problem.position) == (codes.OVERRIDE.code, Position("--set", 1, 3))


EXPRESSIONS = st.text(r"mlszpqrxab01.,=[]{}\ ", max_size=14)


@settings(max_examples=40, deadline=None)
@given(expression=EXPRESSIONS)
@example(expression="l[1].x=1,l[2][0]=2")
def test_random_expressions_set_as_in_helm(
    expression: str, helm3: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("case")
    given = over(folder, [expression])
    try:
        helms = exact(merged_values(helm3, folder, [FILE], ["--set", expression]))
    except HelmError:
        helms = "refused"

    assert ("refused" if given.problems else exact(given.data)) == helms

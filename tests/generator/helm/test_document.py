"""Whole values files: what they hold, where it stands, and what is said of those that can't be read."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kitserve.helm import codes, compose
from kitserve.helm.construct import key_of
from kitserve.helm.document import Document, parse
from kitserve.helm.parsing.events import has_fast_parser
from kitserve.problems import Code

from tests.generator.helm.probe_chart import UNSHRUNK, HelmError, exact, merged_values, read_texts

ANCHORS = "x: &x {a: 1, b: 1}\nz: &z {a: 2, c: 2}\n"
ANCHORED = {"x": {"a": 1, "b": 1}, "z": {"a": 2, "c": 2}}

READ: dict[str, Any] = {
    # empty in many ways
    **{text: {} for text in ("", "\n", "# comment\n", "---\n", "null\n", "~", "--- # comment\n", "{}\n", "\ufeff")},
    # line ends, byte order mark, blanks, other scripts
    "\ufeffa: 1\n": {"a": 1},
    "a: 1\r\nb: |\r\n  x\r\n  z\r\n": {"a": 1, "b": "x\nz\n"},
    "a: 1\rb: 2\r": {"a": 1, "b": 2},
    "a: 1   \n": {"a": 1},
    "é: ü\nemoji: 😀\n'😀': 1\n": {"é": "ü", "emoji": "😀", "😀": 1},
    "---\na: 1\n...\n": {"a": 1},
    'a: "\\x41\\t\\u00e9\\U0001F600\\e\\0"\n': {"a": "A\té😀\x1b\x00"},
    # flow, blocks, many lines
    "a: {b: [1, {c: d}], e: }\n": {"a": {"b": [1, {"c": "d"}], "e": None}},
    "a:\n- 1\n-\n- - 2\n": {"a": [1, None, [2]]},
    "a: one\n  two\n\n  three\n": {"a": "one two\nthree"},
    "a: >-\n  one\n  two\nb: |+\n  x\n\n": {"a": "one two", "b": "x\n\n"},
    "url: kit://registry:5000/a:v1#x\n": {"url": "kit://registry:5000/a:v1#x"},
    "? a\n: 1\n": {"a": 1},
    # keys become text
    "1: a\n0123: b\n1_000: c\n-5: d\n0x1F: e\n": {"1": "a", "83": "b", "1000": "c", "-5": "d", "31": "e"},
    "1.10: a\n1e3: b\n1e6: c\n123456.789: d\n": {"1.1": "a", "1000": "b", "1e+06": "c", "123456.79": "d"},
    "1e39: a\n-.inf: b\n.nan: c\n1e-5: d\n0.0001: e\n-0.0: f\n": {
        ".inf": "a", "-.inf": "b", ".nan": "c", "1e-05": "d", "0.0001": "e", "-0": "f",
    },
    "3.4028235e38: a\n16777217.0: b\n": {"3.4028235e+38": "a", "1.6777216e+07": "b"},
    "true: a\noff: b\n2026-11-22: c\n'~': d\n": {"true": "a", "false": "b", "2026-11-22": "c", "~": "d"},
    "!!binary aGVsbG8=: a\n!!str 1: b\n": {"hello": "a", "1": "b"},
    # aliases and merge keys: what comes later in a map wins, merged or not
    "a: &a 1\nb: *a\nc: &a 2\nd: *a\n": {"a": 1, "b": 1, "c": 2, "d": 2},
    "&a k: v\nb: {*a : w}\nc: *a\n": {"k": "v", "b": {"k": "w"}, "c": "k"},
    ANCHORS + "v: {a: 9, <<: *x}\n": ANCHORED | {"v": {"a": 1, "b": 1}},
    ANCHORS + "v: {<<: *x, a: 9}\n": ANCHORED | {"v": {"a": 9, "b": 1}},
    ANCHORS + "v: {<<: [*x, *z]}\n": ANCHORED | {"v": {"a": 1, "b": 1, "c": 2}},
    ANCHORS + "v: {<<: *x, << : *z}\n": ANCHORED | {"v": {"a": 2, "b": 1, "c": 2}},
    ANCHORS + "v: {'<<': *x}\n": ANCHORED | {"v": {"<<": {"a": 1, "b": 1}}},
    ANCHORS + "v: {!!merge '<<': *x}\n": ANCHORED | {"v": {"a": 1, "b": 1}},
    "<<: {a: 1}\nb: &b {<<: {a: 2}, c: 3}\nd: {<<: *b}\n": {"a": 1, "b": {"a": 2, "c": 3}, "d": {"a": 2, "c": 3}},
    # tags
    "a: !!str 5\nb: !!int '5'\nc: !!float 3\nd: !!bool 'yes'\ne: !!null ''\nf: ! 5\n": {
        "a": "5", "b": 5, "c": 3, "d": True, "e": None, "f": "5",
    },
    "a: !!binary aGVs\nb: !!binary |\n  aGVs\n  bG8=\nc: !!str\n": {"a": "hel", "b": "hello", "c": ""},
    "a: !foo bar\nb: !!python/object:x z\nc: !foo [1]\nd: !!set {p, q}\n": {
        "a": "bar", "b": "z", "c": [1], "d": {"p": None, "q": None},
    },
    "b: !<tag:yaml.org,2002:str> 5\n": {"b": "5"},
    "a: !!timestamp 2026-11-22\nb: !!timestamp 2001-12-14t21:59:43.10-05:00\n!!timestamp 2026-1-2 3:4:5.6: c\n": {
        "a": "2026-11-22", "b": "2001-12-14t21:59:43.10-05:00", "2026-1-2 3:4:5.6": "c",
    },
    # tabs between the parts of a line, and in blocks of text
    "a:\tb\nc: d\t\ne:\t# x\n  f\t: [1,\t2]\ng:\t{h:\ti}\n": {
        "a": "b", "c": "d", "e": {"f": [1, 2]}, "g": {"h": "i"},
    },
    "a: |\n  x\n  \ty\nb: |2\n  \tx\n": {"a": "x\n\ty\n", "b": "\tx\n"},
    "a: :b\nc: [d:e, '::', http://f:1]\n": {"a": ":b", "c": ["d:e", "::", "http://f:1"]},
}  # fmt: skip
REFUSED: dict[str, Code] = {
    "- a\n": codes.ROOT,
    "text\n": codes.ROOT,
    "5\n": codes.ROOT,
    "a: b: c\n": codes.SYNTAX,
    "a: [1, 2\n": codes.SYNTAX,
    "a:\n\tb: 1\n": codes.SYNTAX,
    "a: 1\n\t# comment\n": codes.SYNTAX,
    "a: 'x\n": codes.SYNTAX,
    "a: @x\n": codes.SYNTAX,
    "a: \x01\n": codes.SYNTAX,
    "a: \x7f\n": codes.SYNTAX,
    "a: *b\n": codes.SYNTAX,
    "a: !! x\n": codes.SYNTAX,
    "a: !b#c x\n": codes.SYNTAX,
    "a: &é x\n": codes.SYNTAX,
    'a: "\\q"\n': codes.SYNTAX,
    'a: "kit:\\/\\/x"\n': codes.SYNTAX,
    'a: "\\ud83d\\ude00"\n': codes.SYNTAX,
    'a: "\\U00110000"\n': codes.SYNTAX,
    'a: "\\UFFFFFFFF"\n': codes.SYNTAX,
    "a: [:b]\n": codes.SYNTAX,
    "a: [{}, ::]\n": codes.SYNTAX,
    "a: |\n  \tb\n": codes.SYNTAX,
    "a: >-\n\n  \tb\n": codes.SYNTAX,
    "a: |\n  \t\n": codes.SYNTAX,
    "a:\n-\tb: 1\n": codes.SYNTAX,
    "a: !!timestamp b\n": codes.TAG,
    "a: !!timestamp 5\n": codes.TAG,
    "a: !!timestamp ''\n": codes.TAG,
    "a: !!timestamp 2026-13-01\n": codes.TAG,
    "a: !!timestamp 2026-11-22 1:2:3Z\n": codes.TAG,
    "a: !!timestamp 2026-11-22T1:2:3\n": codes.TAG,
    "a: !!timestamp 2026-11-22 24:00:00\n": codes.TAG,
    "%YAML 1.2\n---\na: 1\n": codes.SYNTAX,
    "%YAML 1.3\n---\na: 1\n": codes.SYNTAX,
    "~: 1\n": codes.KEY,
    "? [a]\n: 1\n": codes.KEY,
    "{a: 1}: 1\n": codes.KEY,
    "18446744073709551615: 1\n": codes.KEY,
    "!!int x: 1\n": codes.KEY,
    "a: .inf\n": codes.NUMBER,
    "a: [-.INF]\n": codes.NUMBER,
    "a: .NaN\n": codes.NUMBER,
    "a: !!int abc\n": codes.TAG,
    "a: !!int 1.0\n": codes.TAG,
    "a: !!float 12345678901234567890\n": codes.TAG,
    "a: !!null x\n": codes.TAG,
    "a: !!binary '?'\n": codes.TAG,
    "a: !!binary é\n": codes.TAG,
    "<<: 1\n": codes.MERGE,
    "<<:\n": codes.MERGE,
    "x: &x [{a: 1}]\nv: {<<: *x}\n": codes.MERGE,
    "x: &x {a: 1}\nv: {<<: [*x, 1]}\n": codes.MERGE,
    "a: " + "[" * 2000: codes.SIZE,
    "a: " + "{<<: " * 200 + "}" * 200: codes.SIZE,
    "a: &a [*a]\n": codes.SIZE,
    "a: &a {<<: *a}\n": codes.SIZE,
    "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)): codes.SIZE,
}
REFUSED_HERE: dict[str, Code] = {
    "a: 1\na: 2\n": codes.DUPLICATE,
    "a: 1\n'a': 2\n": codes.DUPLICATE,
    "v: {y: 1, on: 2}\n": codes.DUPLICATE,
    "v: {1: a, '1': b}\n": codes.DUPLICATE,
    "v: {0x10: a, 16: b}\n": codes.DUPLICATE,
    "a: 1\n---\nb: 2\n": codes.DOCUMENTS,
    "---\n---\na: 1\n": codes.DOCUMENTS,
    "a: 1\n---\n~\n": codes.DOCUMENTS,
    "%YAML 1.1\n---\na: 1\n": codes.SYNTAX,
    "# x\n%TAG ! tag:a,2000:\n---\na: 1\n": codes.SYNTAX,
    "--- {a: 1}\n": codes.SYNTAX,
    "a: |\r\n  x\r\r\n  y\r\n": codes.SYNTAX,
    "---a: 1\n": codes.SYNTAX,
    "a: 1\n...\n%YAML 1.3\n---\n": codes.SYNTAX,
    "a: !!binary /////w==\n": codes.TAG,
    "a: " + "[" * 101 + "]" * 101 + "\n": codes.SIZE,
}


def errors(document: Document) -> list[str]:
    return [problem.code for problem in document.problems if problem.severity == "error"]


@pytest.fixture(params=["libyaml", "python"])
def each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with ruamel's binding of libyaml, and as where it isn't installed."""
    assert has_fast_parser(), "install kitserve[fast]: without it one of the two parsers isn't tried"
    monkeypatch.setattr(compose, "has_fast_parser", lambda: request.param == "libyaml")


@pytest.mark.usefixtures("each_parser")
@pytest.mark.parametrize(("text", "data"), READ.items())
def test_file_holds(text: str, data: dict[str, Any]) -> None:
    document = parse("values.yaml", text)

    assert errors(document) == []
    assert exact(document.data) == exact(data)


@pytest.mark.usefixtures("each_parser")
@pytest.mark.parametrize(("text", "code"), [*REFUSED.items(), *REFUSED_HERE.items()])
def test_file_is_refused(text: str, code: Code) -> None:
    document = parse("values.yaml", text)

    assert errors(document)[:1] == [code.code]
    assert all(problem.position and problem.message for problem in document.problems)


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_helm_reads_the_same_files(version: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    texts = [*READ, *REFUSED]

    read = read_texts(request.getfixturevalue(version), texts, tmp_path)

    assert {text: exact(values) for text, values in zip(texts, read, strict=True) if values is not None} == {
        text: exact(parse("values.yaml", text).data) for text in READ
    }


@pytest.mark.parametrize("version", ["helm3", "helm4"])
@pytest.mark.parametrize(
    "text",
    [
        "\ufeffa: on\r\nb: 0123\r\n",
        "# only a comment",
        "a: {y: 1_000}",
        "---\na: 1",
        "a: |\n  x\n  ---\n  y\n---\n# the end\n--- # of it\n",
    ],
)
def test_helm_reads_a_named_file_as_a_text(
    version: str, text: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    values = merged_values(request.getfixturevalue(version), tmp_path, [text])

    assert exact(values) == exact(parse("values.yaml", text).data)


def test_helm_3_and_4_differ_on_several_documents(helm3: Path, helm4: Path, tmp_path: Path) -> None:
    text = "a: 1\n---\nb: 2\n"

    assert merged_values(helm3, tmp_path, [text]) == {"a": 1}
    assert merged_values(helm4, tmp_path, [text]) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "text", ["%YAML 1.1\n---\na: 1\n", "%TAG ! tag:a,2000:\n---\na: 1\n", "--- {a: 1}\n", "---a: 1\n"]
)
def test_helm_4_refuses_what_helm_3_reads(text: str, helm3: Path, helm4: Path, tmp_path: Path) -> None:
    """The reason why kitserve refuses it."""
    assert merged_values(helm3, tmp_path, [text])
    with pytest.raises(HelmError):
        merged_values(helm4, tmp_path, [text])


@pytest.mark.parametrize("text", ["a: |\n  x", "a: {b: 1}\nc:\n- >\n  x\n  y"])
def test_end_of_a_file_within_a_block_is_warned_of(
    text: str, helm3: Path, helm4: Path, tmp_path: Path
) -> None:
    document = parse("values.yaml", text)

    assert [problem.code for problem in document.problems] == [codes.UNENDED.code]
    assert document.data == merged_values(helm3, tmp_path, [text]) != merged_values(helm4, tmp_path, [text])


@pytest.mark.parametrize("text", ["a: |-\n  x", "a: x", "a: |\n  x\n", "a: |\n  x\n# end", "a: |+\n  x\n\n"])
def test_end_of_other_files_is_not(text: str, helm3: Path, helm4: Path, tmp_path: Path) -> None:
    document = parse("values.yaml", text)

    assert document.problems == ()
    assert document.data == merged_values(helm3, tmp_path, [text]) == merged_values(helm4, tmp_path, [text])


def test_helm_3_and_4_differ_on_a_carriage_return_before_the_end_of_a_line(
    helm3: Path, helm4: Path, tmp_path: Path
) -> None:
    text = "a: |\r\n  x\r\r\n  y\r\n"

    assert merged_values(helm3, tmp_path, [text]) == {"a": "x\n\ny\n"}
    assert merged_values(helm4, tmp_path, [text]) == {"a": "x\ny\n"}


def test_helm_refuses_no_duplicates(helm3: Path, tmp_path: Path) -> None:
    """The reason why kitserve does: Helm drops an entry without a word."""
    assert merged_values(helm3, tmp_path, ["a: 1\na: 2\n"]) == {"a": 2}
    assert merged_values(helm3, tmp_path, ["v: {y: 1, on: 2}\n"])["v"].keys() == {"true"}


FRAGMENTS = (
    *(
        "a",
        "b: 1",
        "c:",
        "- ",
        "- x",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ": ",
        "#",
        " # c",
        "'",
        '"',
        "|",
        ">",
        "|-\n",
        ">+\n",
    ),
    *(
        "\n",
        "\n  ",
        "\n ",
        "\n    ",
        "*x",
        "&x ",
        "!!str ",
        "!!int ",
        "!t ",
        "---\n",
        "@",
        "`",
        "\\",
        "\\n",
        "\\x41",
        "  ",
    ),
    *(
        "é",
        "😀",
        "\u2028",
        "<<: ",
        "<<: *x",
        "=",
        "~",
        "|2\n",
        "-",
        "a:b",
        "a#b",
        "\r\n",
        "!",
        "'s'",
        '"q"',
        "{a: on}",
    ),
    *(
        "[1, 0x2]",
        "kit://host:5000/a:v1",
        "0123",
        ".inf",
        "{<<: {a: 1}}",
        "x: &x {a: 1}\n",
        "on: ",
        "1: ",
        "k: ",
    ),
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=9).map("".join)


@pytest.mark.usefixtures("each_parser")
@settings(max_examples=4, deadline=None, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=200, max_size=400))
def test_what_is_read_of_random_texts_is_what_helm_reads(
    texts: list[str], helm4: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    documents = {text: parse("values.yaml", text) for text in texts}
    ours = {text: exact(document.data) for text, document in documents.items() if not errors(document)}

    read = dict(zip(ours, read_texts(helm4, [*ours], tmp_path_factory.mktemp("chart")), strict=True))

    assert ours == {text: exact(values) for text, values in read.items()}


def test_places_of_thousands_of_keys_are_found_without_going_through_them_all_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = parse("values.yaml", "".join(f"a{number}: 1\n" for number in range(3000)))
    looks = Mock(side_effect=key_of)
    monkeypatch.setattr("kitserve.helm.document.key_of", looks)

    places = [document.locate((f"a{number}",)) for number in range(3000)]

    assert [place.line for place in places if place] == list(range(1, 3001))
    assert looks.call_count == 3000

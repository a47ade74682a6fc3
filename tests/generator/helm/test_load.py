"""Files, standard input and options as the command line gives them: faults, warnings, and where values stand."""

from pathlib import Path

import pytest
from kitserve.helm import codes
from kitserve.helm.codes import CODES
from kitserve.helm.file_cache import FileCache
from kitserve.helm.files import read_bytes
from kitserve.helm.load import UserValues, read
from kitserve.problems import Code, Problem, dotted
from kitserve.problems import Path as ValuePath


def stdin(content: bytes) -> FileCache:
    return FileCache(lambda file, _: content if file == "-" else read_bytes(file))


def of_text(text: str) -> UserValues:
    return read(["-"], cache=stdin(text.encode()))


def only(sources: UserValues) -> Problem:
    (problem,) = sources.problems
    return problem


def test_no_sources_are_no_values() -> None:
    assert (read().data, read().problems, read().locate(("a",))) == ({}, (), None)


def test_standard_input_is_one_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\nb: 1")

    sources = read(["-", str(tmp_path / "a.yaml")], cache=stdin(b"b: 2\nc: 2"))

    assert sources.data == {"a": 1, "b": 1, "c": 2}
    assert [str(sources.locate((key,))) for key in "abc"] == [
        f"{tmp_path}/a.yaml:1:1",
        f"{tmp_path}/a.yaml:2:1",
        "<stdin>:2:1",
    ]


UNREADABLE = {"missing.yaml": "No such file or directory", ".": "Is a directory"}


@pytest.mark.parametrize(("name", "reason"), UNREADABLE.items())
def test_file_that_cannot_be_read(name: str, reason: str, tmp_path: Path) -> None:
    problem = only(read([str(tmp_path / name)]))

    assert (problem.code, problem.message) == (
        codes.UNREADABLE.code,
        f"can't be read: {reason}",
    )


def test_file_that_is_not_utf_8_has_a_place() -> None:
    problem = only(read(["-"], cache=stdin("a: 1\né: caf".encode() + b"\xe9\n")))

    assert (problem.code, str(problem.position)) == (codes.ENCODING.code, "<stdin>:2:7")


def test_closed_standard_input_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert only(read(["-"])).message == "can't be read: it is closed"


def test_a_tab_is_named() -> None:
    assert only(of_text("a:\n\tb: 1\n")).hint == "write spaces instead of the tab"


def test_every_file_is_read_to_its_own_faults() -> None:
    sources = read(["missing.yaml", "-", "absent.yaml"], ["a"], ["b["], cache=stdin(b"a: ["))

    assert [problem.code for problem in sources.problems] == ["KS001", "KS003", "KS001", "KS012", "KS012"]


FAULTS = {
    "a:\n  b: [1\n": (codes.SYNTAX, "<stdin>:3:1", ""),
    "a:\n\tb: 1\n": (codes.SYNTAX, "<stdin>:2:1", ""),
    "a: 1\nb: x\x01\n": (codes.SYNTAX, "<stdin>:2:5", ""),
    "a:\n  b: *c\n": (codes.SYNTAX, "<stdin>:2:6", ""),
    "# one\na: 1\n---\nb: 2\n": (codes.DOCUMENTS, "<stdin>:4:1", ""),
    "- a\n": (codes.ROOT, "<stdin>:1:1", ""),
    "a:\n  b: 1\n  c: 2\n  b: 3\n": (codes.DUPLICATE, "<stdin>:4:3", "a.b"),
    "a: [{y: 1, on: 2}]\n": (codes.DUPLICATE, "<stdin>:1:12", "a[0].true"),
    "a: {~: 1}\n": (codes.KEY, "<stdin>:1:5", "a"),
    "a: [1, .inf]\n": (codes.NUMBER, "<stdin>:1:8", "a[1]"),
    "a: {b: !!int x}\n": (codes.TAG, "<stdin>:1:8", "a.b"),
    "a: {<<: [1]}\n": (codes.MERGE, "<stdin>:1:10", "a"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items())
def test_fault_has_a_place_and_a_path(text: str, fault: tuple[Code, str, str]) -> None:
    problem = next(problem for problem in of_text(text).problems if problem.severity == "error")

    assert (problem.code, str(problem.position), problem.dotted) == (fault[0].code, *fault[1:])


def test_keys_that_collide_are_named() -> None:
    problem = next(
        problem for problem in of_text("y: 1\nx: 0\non: 2\n").problems if problem.severity == "error"
    )

    assert (
        problem.message
        == "the key 'true', as which Helm reads 'on' and 'y', is in this map already, on line 1"
    )


WARNINGS = {
    "a: on\n": (codes.WORD, "`on` is read as true", 'write true, or "on" if it is text'),
    "a: N\n": (codes.WORD, "`N` is read as false", 'write false, or "N" if it is text'),
    "y: 1\n": (codes.WORD, "the key `y` is read as `true`", 'write it as "y", in quotes'),
    "1.10: 1\n": (codes.NOTATION, "the key `1.10` is read as `1.1`", 'write it as "1.10", in quotes'),
    "a: 0123\n": (codes.NOTATION, "the leading 0 makes this a number in base 8", ""),
    "a: -0123\n": (codes.NOTATION, "the leading 0 makes this a number in base 8", ""),
    "a: 089\n": (codes.NOTATION, "the leading 0 of this number is dropped", ""),
    "a: 0o17\n": (codes.NOTATION, "this is read as a number in base 8", ""),
    "a: 0b101\n": (codes.NOTATION, "this is read as a number in base 2", ""),
    "a: 1_000\n": (codes.NOTATION, "this is read as a number without its underscores", ""),
    "a: 9007199254740993\n": (codes.DIGITS, "", ""),
    "a: !Ref x\n": (
        codes.IGNORED_TAG,
        "Helm reads the first word as a YAML tag",
        "in quotes if it is text",
    ),
    "a: !!python/name:os.system x\n": (codes.IGNORED_TAG, "", ""),
}
UNREMARKABLE = (
    *(
        "true",
        "False",
        "TRUE",
        "~",
        "",
        "0",
        "00.5",
        "-1",
        "1.10",
        "3.0",
        "1e3",
        "0x1F",
        "9007199254740992",
        "1e30",
    ),
    *(
        "'on'",
        '"0123"',
        "|-\n  yes",
        "2026-11-22",
        "12:30",
        "!!str on",
        "!!bool on",
        "!!int 0123",
        "_a",
        "a_b",
    ),
)


@pytest.mark.parametrize(("text", "warning"), WARNINGS.items())
def test_warning_where_helm_reads_otherwise_than_the_eye(text: str, warning: tuple[Code, str, str]) -> None:
    problem = only(of_text(text))

    assert (problem.severity, problem.code) == ("warning", warning[0].code)
    assert warning[1] in problem.message
    assert warning[2] in problem.hint


@pytest.mark.parametrize("text", UNREMARKABLE)
def test_no_warning_of_what_reads_as_it_looks(text: str) -> None:
    assert of_text(f"a: {text}\n").problems == ()


def test_a_value_that_aliases_repeat_is_warned_of_once() -> None:
    assert len(of_text("a: &a {b: on}\nc: *a\nd: {<<: *a}\n").problems) == 1


SECRETS = (  # what YAML doesn't take for text
    "0s3cr3t", "01234567", "9007199254740993", "1_000_000", "!s3cr3t", "!!s3cr3t", "!s3!cr3t", "*s3cr3t", "&s3cr3t",
    "!!int s3cr3t", "!!bool s3cr3t", "!!binary s3cr3t",
    "@s3cr3t", "%s3cr3t", '"s3cr3t\\q"', "'s3cr3t", "s3: cr3t", "[s3cr3t",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_no_problem_repeats_what_may_be_a_password(secret: str) -> None:
    sources = of_text(f"password: {secret}\n")

    said = repr(sources) + "".join(problem.message + problem.hint for problem in sources.problems)
    assert not [
        part for part in ("s3", "cr3t", "01234567", "342391", "9007", "1_000", "1000") if part in said
    ]


TEXT = """\
image:
  tag: v1
  "odd key": {deep: 1}
list:
  - a
  - b: 1
    c: [2]
shared: &shared {x: 1, z: 2}
alias: *shared
merged:
  x: 0
  <<: *shared
1.10: number
"""
PLACES: dict[ValuePath, str | None] = {
    (): None,
    ("image",): "1:1",
    ("image", "tag"): "2:3",
    ("image", "odd key", "deep"): "3:15",
    ("list", 0): "5:5",
    ("list", 1, "b"): "6:5",
    ("list", 1, "c", 0): "7:9",
    ("alias", "x"): "8:18",
    ("merged", "x"): "8:18",
    ("merged", "z"): "8:24",
    ("1.1",): "13:1",
    # what isn't there is at its nearest parent
    ("image", "missing", "deeper"): "1:1",
    ("image", "tag", "deeper"): "2:3",
    ("list", 7): "4:1",
    ("list", "b"): "4:1",
    ("missing",): None,
}


@pytest.mark.parametrize(("path", "place"), PLACES.items())
def test_place_of_a_value(path: ValuePath, place: str | None) -> None:
    position = of_text(TEXT).locate(path)

    assert (position and str(position)) == (place and f"<stdin>:{place}")


def test_place_of_a_merged_value_is_that_of_the_source_that_won(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("a: {b: 1, c: 1}\nlist: [1, 2]\ngone: {x: 1}\nmap: {p: 1}")
    (tmp_path / "2").write_text("a: {b: 2}\n\nlist: [3]\ngone: 1")
    sources = read([str(tmp_path / "1"), str(tmp_path / "2")], ["a.d=1,map.q[0]=1", "set={x,y}"], ["a.b=z"])

    places = {
        ("a", "b"): "--set-string:1:1",
        ("a", "c"): f"{tmp_path}/1:1:11",
        ("a", "d"): "--set:1:1",
        ("a",): f"{tmp_path}/2:1:1",
        ("list", 0): f"{tmp_path}/2:3:8",
        ("list", 1): f"{tmp_path}/2:3:1",
        ("gone", "x"): f"{tmp_path}/2:4:1",
        ("map", "p"): f"{tmp_path}/1:4:7",
        ("map", "q"): "--set:1:7",
        ("map", "q", 0): "--set:1:7",
        ("set", 1): "--set:2:1",
        ("set",): "--set:2:1",
    }

    assert {path: str(sources.locate(path)) for path in places} == places


def test_places_inside_of_an_alias_of_itself_end() -> None:
    sources = of_text("a: &a {b: 1, <<: *a}\nc: &c [*c]\n")

    assert (sources.locate(("a", "missing")), sources.locate(("c", 0, 0))) == (None, None)


DOTTED: dict[ValuePath, str] = {
    (): "",
    ("inferenceServices", "iris", "storageUri"): "inferenceServices.iris.storageUri",
    ("env", 0, "name"): "env[0].name",
    ("nodeSelector", "a.b/c"): 'nodeSelector["a.b/c"]',
    ("odd key",): '["odd key"]',
    ('"', "\\"): r'["\""]["\\"]',
    ("", 0): '[""][0]',
}


@pytest.mark.parametrize(("path", "text"), DOTTED.items())
def test_path_as_text(path: ValuePath, text: str) -> None:
    assert dotted(path) == text


def test_codes_are_numbered_in_order() -> None:
    assert [code.code for code in CODES] == [f"KS{number:03}" for number in range(1, len(CODES) + 1)]
    assert all(code.meaning.endswith(".") for code in CODES)

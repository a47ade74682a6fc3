"""Plain scalars stand for what they stand for in Helm."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kitserve.helm.document import parse

from tests.generator.helm.probe_chart import UNSHRUNK, exact, items_as_yaml, read_texts

TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
SCALARS: dict[str, object] = {
    **dict.fromkeys(TRUE, True),
    **dict.fromkeys(FALSE, False),
    **dict.fromkeys(("~", "null", "Null", "NULL", ""), None),
    **{text: text for text in ("yEs", "oN", "tRue", "nuLL", "none", "None", "=", "1,000", "100Mi", "50%", "10m")},
    # bases, underscores, leading zeros
    "0123": 83, "-017": -15, "+017": 15, "089": 89, "-089": -89, "08": 8, "09.5": 9.5, "010.5": 10.5, "00": 0,
    "0o17": 15, "0O17": 15, "0x1F": 31, "0X1f": 31, "-0x1F": -31, "0b101": 5, "0B101": 5, "-0b1": -1,
    "0b-101": -5, "0b+1": 1, "-0b-1": "-0b-1", "0o8": "0o8", "0xg": "0xg", "0b2": "0b2", "0x": "0x", "0b": "0b",
    "1_000": 1000, "1__0": 10, "1_": 1, "_1": "_1", "-_1": -1, "0_1": 1, "0_8": 8, "0x_1F": 31, "0_x1": 1,
    "5_0.1": 50.1, "1_0e3": 10000, "1e1_0": 10000000000, ".5_0": 0.5, "._5": "._5",
    # decimals and exponents
    "0": 0, "-0": 0, "+0": 0, "-0.0": 0, "0e0": 0, "3.0": 3, "1.10": 1.1, "1.": 1, "-1.": -1,
    ".5": 0.5, "-.5": -0.5,
    "1e3": 1000, "1E3": 1000, "1e+3": 1000, "1e-3": 0.001, "1.e3": 1000, ".5e3": 500, "1.0e-7": 1e-7, "0.1": 0.1,
    ".": ".", "..": "..", "+": "+", "1e": "1e", "1e+": "1e+", "e3": "e3", "1.2.3": "1.2.3", "--1": "--1", "+-1": "+-1",
    "1000000": 1000000, "1000000.0": 1000000, "1234567.5": 1234567.5, "123456789.123456789": 123456789.12345679,
    # the ends of int64, uint64 and float64
    "9007199254740992": 9007199254740992, "9007199254740993": 9007199254740992,
    "9223372036854775807": 9223372036854776000, "-9223372036854775808": -9.223372036854776e18,
    "12345678901234567890": 12345678901234567000, "18446744073709551616": 1.8446744073709552e19,
    "0xFFFFFFFFFFFFFFFF": 1.8446744073709552e19, "0xFFFFFFFFFFFFFFFFF": "0xFFFFFFFFFFFFFFFFF",
    "01777777777777777777777": 1.8446744073709552e19, "02000000000000000000000": 2e21,
    "123456789012345680000": 1.2345678901234568e20, "1e19": 10000000000000000000, "1e20": 1e20, "1e21": 1e21,
    "1e308": 1e308,
    "1e400": "1e400", "-1e400": "-1e400", ".5e400": ".5e400", "1e-400": 0, "-" + "9" * 25: -1e25,
    "9" * 5000: "9" * 5000, "0" * 5000 + "1": 1,
    # what other readers take for dates, base 60 and words of numbers
    **{text: text for text in ("2026-11-22", "2001-12-14t21:59:43.10-05:00", "12:30:45", "190:20:30.15")},
    **{text: text for text in ("inf", "nan", "Infinity", ".iNF", "-.nan", "0x1p-2", "٣", "1²")},
    # what has quotes or is a block is text
    "'on'": "on", '"0123"': "0123", "''": "", '"null"': "null", "|-\n  yes": "yes", ">-\n  1": "1",
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=lambda text: str(text)[:24])
def test_scalar_stands_for(text: str, value: object) -> None:
    document = parse("values.yaml", f"v: {text}\n")

    assert [problem for problem in document.problems if problem.severity == "error"] == []
    assert exact(document.data) == exact({"v": value})


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_helm_reads_the_same_scalars(version: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    helm = request.getfixturevalue(version)

    read = read_texts(helm, [f"v: {text}\n" for text in SCALARS], tmp_path)

    assert dict(zip(SCALARS, map(exact, read), strict=True)) == {
        text: exact({"v": value}) for text, value in SCALARS.items()
    }


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_integers_are_what_helm_writes_as_integers(
    version: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    numbers = {
        text: value
        for text, value in SCALARS.items()
        if isinstance(value, int | float) and value not in (True, False)
    }

    written = items_as_yaml(request.getfixturevalue(version), tmp_path, [*numbers])

    assert list(map(float, written)) == list(map(float, numbers.values()))
    assert {
        text for text, number in zip(numbers, written, strict=True) if number.lstrip("-").isdecimal()
    } == {text for text, value in numbers.items() if isinstance(value, int)}


def plain_scalars() -> st.SearchStrategy[str]:
    numbers = st.from_regex(
        r"[-+]?(0[xobXOB]?)?[0-9_]{1,22}(\.[0-9_]{0,3})?([eE][-+]?[0-9]{1,3})?", fullmatch=True
    )
    words = st.text("0123456789+-_.eExXoObBnNyYfFaAtTrRuUlLsSiI", min_size=1, max_size=6)
    return numbers | words


@settings(max_examples=3, deadline=None, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
@given(scalars=st.lists(plain_scalars(), min_size=300, max_size=600))
def test_random_scalars_read_as_in_helm(
    scalars: list[str], helm3: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    texts = [f"v: {scalar}\n" for scalar in scalars]
    documents = [parse("values.yaml", text) for text in texts]
    ours = [None if any(p.severity == "error" for p in d.problems) else exact(d.data) for d in documents]

    helms = read_texts(helm3, texts, tmp_path_factory.mktemp("chart"))

    expected = [None if values is None else exact(values) for values in helms]
    assert dict(zip(texts, ours, strict=True)) == dict(zip(texts, expected, strict=True))

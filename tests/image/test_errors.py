"""Exit codes are a contract: each has one cause, and the table that users read comes from the classes."""

from kitserve_initializer import errors
from kitserve_initializer.errors import Failure, NotFound, exit_codes, sentence


def test_codes_are_distinct_and_leave_the_shells_own_alone() -> None:
    codes = [row.code for row in exit_codes()]

    assert len(codes) == len(set(codes))
    assert codes == sorted(codes)
    assert not set(codes) & {0, 126, 127, 137, 139}


def test_every_cause_explains_itself() -> None:
    for row in exit_codes():
        assert row.meaning.endswith("."), row
        assert row.hint, row


def test_the_drawing_shows_every_code() -> None:
    drawing = {
        line.split()[-2]: int(line.split()[-1])
        for line in (errors.__doc__ or "").splitlines()
        if line[-1:].isdigit()
    }

    assert drawing == {row.name: row.code for row in exit_codes()}


def test_a_sentence_is_one_printable_line() -> None:
    assert sentence(Failure("a\nb\x1b", "c\u2028d")) == "a\\nb\\x1b; c\\u2028d"
    assert sentence(NotFound("x")) == f"x; {NotFound.hint}"

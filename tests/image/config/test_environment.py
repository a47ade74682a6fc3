"""Variables: empty is absent, all faults come at once, secrets don't show."""

import pytest
from kitserve_initializer.config import environment
from kitserve_initializer.config.options import FIRST_BYTE_SECONDS
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.secret import Secret


def test_empty_is_absent() -> None:
    names = [name for each in environment.variables() for name in (each["name"], *each["aliases"])]

    nothing, empty = environment.load({}), environment.load(dict.fromkeys(names, ""))

    assert {name: repr(each) for name, each in vars(empty).items()} == {
        name: repr(each) for name, each in vars(nothing).items()
    }
    assert not empty.kit_password
    assert str(empty.kitserve_termination_log) == "/dev/termination-log"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"no_proxy": "a"}, "a"),
        ({"NO_PROXY": "a", "no_proxy": "b"}, "a"),
        ({"NO_PROXY": "", "no_proxy": "b"}, "b"),
        ({"No_Proxy": "a"}, ""),
    ],
)
def test_another_name_counts_where_the_first_is_absent(given: dict[str, str], read: str) -> None:
    assert environment.load(given).no_proxy == read


def test_an_answer_is_awaited_as_long_by_the_variable_as_without_it() -> None:
    assert environment.load({}).kitserve_first_byte_seconds == FIRST_BYTE_SECONDS


def test_words_are_quoted_as_in_a_shell() -> None:
    loaded = environment.load({"KIT_UNPACK_FLAGS": "-f 'docs:my file' -v\n--plain-http"})

    assert loaded.kit_unpack_flags == ("-f", "docs:my file", "-v", "--plain-http")


def test_a_secret_does_not_show() -> None:
    loaded = environment.load({"KIT_USER": "reader", "KIT_PASSWORD": "planted-secret"})

    assert loaded.kit_password.reveal() == "planted-secret"
    assert "planted-secret" not in f"{loaded} {loaded!r} {loaded.kit_password} {loaded.kit_password!r}"
    assert not hasattr(Secret("x"), "__dict__")


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InvalidEnvironment) as caught:
        environment.load({"KIT_UNPACK_FLAGS": "'", "KITSERVE_ENGINE": "x", "KIT_USER": "reader"})

    assert caught.value.cause.count("; ") == 2

"""The view that commands have of values says what their definition says."""

from collections.abc import Iterator
from typing import Any

import pytest
from codegen.definition.values import Values
from kitserve.helm.load import read
from kitserve.helm.merge import merge_defaults
from kitserve.values.schema import defaults
from kitserve.values.view import given, view
from pydantic import BaseModel

from tests.cases import ACCEPTED

CASES: dict[str, dict[str, Any]] = {"empty": {}} | {
    file.stem: merge_defaults(defaults(), read([str(file)]).data) for file in ACCEPTED
}


def leaves(section: BaseModel, seen: object, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each value of a model, beside what the view gives for it."""
    for name in type(section).model_fields:
        wanted, found = getattr(section, name), getattr(seen, name)
        yield from pairs(wanted, found, f"{path}.{name}")


def pairs(wanted: Any, found: Any, path: str) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - any value
    if isinstance(wanted, BaseModel):
        yield from leaves(wanted, found, path)
    elif isinstance(wanted, dict) and any(isinstance(item, BaseModel) for item in wanted.values()):
        yield path, list(wanted), list(found)
        for key, item in wanted.items():
            yield from pairs(item, found[key], f"{path}.{key}")
    elif isinstance(wanted, list) and any(isinstance(item, BaseModel) for item in wanted):
        yield path, len(wanted), len(found)
        for number, item in enumerate(wanted):
            yield from pairs(item, found[number], f"{path}[{number}]")
    else:
        yield path, wanted, found


@pytest.mark.parametrize("values", CASES.values(), ids=CASES)
def test_every_value_reads_as_in_the_model(values: dict[str, Any]) -> None:
    for path, wanted, found in leaves(Values.model_validate(values), view(values)):
        assert (found, type(found)) == (wanted, type(wanted)), path


def test_absent_values_of_entries_are_empty_too() -> None:
    seen = view({"serviceAccounts": {"a": {}}})

    assert seen.serviceAccounts["a"].namespace == ""
    assert seen.serviceAccounts["a"].automountServiceAccountToken is False
    assert given(seen.serviceAccounts["a"]) == {}


def test_an_unknown_name_is_a_slip_of_ours() -> None:
    with pytest.raises(AttributeError):
        view({}).imgae  # type: ignore[attr-defined]  # noqa: B018

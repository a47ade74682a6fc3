"""The text of kitserve/values/types.py: the sections of the values as classes without pydantic."""

import inspect
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from codegen.definition.fields import Section
from codegen.definition.values import Values

_HEADER = '''\
"""The values' sections, as `kitserve.values.view` hands them out.

Generated from generator/codegen/definition by `make generate`. Do not edit.
"""

from typing import Any

'''


def text() -> str:
    """Return the module's source: one class for each section, after the classes of the sections that it holds."""
    classes = dict.fromkeys(_sections(Values))
    return _HEADER + "\n\n".join("\n".join(_class(section)) for section in classes) + "\n"


def _sections(section: type[Section]) -> Iterator[type[Section]]:
    for field in section.model_fields.values():
        for held in _held(field.annotation):
            yield from _sections(held)
    yield section


def _held(annotation: Any) -> Iterator[type[Section]]:  # noqa: ANN401 - any type
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    elif get_origin(annotation) is not Literal:
        for argument in get_args(annotation):
            yield from _held(argument)


def _class(section: type[Section]) -> Iterator[str]:
    yield f"\nclass {section.__name__}:"
    yield f'    """{inspect.getdoc(section)}"""\n'
    for name, field in section.model_fields.items():
        yield f"    {name}: {_name(field.annotation)}"


def _name(annotation: Any) -> str:  # noqa: ANN401 - any type
    """Return the type as source; every text is `str`, since the schema has checked its form."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _name(arguments[0])
    if origin is Literal:
        return "str"
    if origin in (list, dict):
        return f"{origin.__name__}[{', '.join(map(_name, arguments))}]"
    return "Any" if annotation is Any else annotation.__name__

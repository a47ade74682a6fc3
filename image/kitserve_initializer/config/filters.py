"""The grammar of `kit unpack --filter`: TYPE[,TYPE...][:VALUE[,VALUE...]]."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kitserve_initializer.errors import InvalidFlags

KITFILE, MODEL = "kitfile", "model"
TYPES = (KITFILE, MODEL, "datasets", "code", "docs", "prompts", "mcpservers")


@dataclass(frozen=True)
class Filter:
    """Types of the Kitfile's entries, and names or paths to select from them; without values it selects all."""

    types: tuple[str, ...]
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ":".join(",".join(words) for words in (self.types, self.values) if words)

    def takes(self, kind: str, *fields: str) -> bool:
        """Return whether an entry of type `kind` passes; `fields` are its name and path as in the Kitfile."""
        return kind in self.types and (not self.values or any(field in self.values for field in fields))


def parse(text: str) -> Filter:
    """Parse one --filter.

    Raises:
        InvalidFlags: naming the types there are.
    """
    types, colon, values = text.partition(":")
    if ":" in values:
        raise InvalidFlags(f"filter {text!r} has two colons; its form is TYPE[,TYPE...][:VALUE[,VALUE...]]")
    for kind in types.split(","):
        if kind not in TYPES:
            raise InvalidFlags(f"filter {text!r} has the type {kind!r}, must be one of: {', '.join(TYPES)}")
    return Filter(tuple(types.split(",")), tuple(values.split(",")) if colon else ())


def takes(filters: tuple[Filter, ...], kind: str, *fields: str) -> bool:
    """Return whether a filter selects the entry; without filters every entry passes."""
    return not filters or any(each.takes(kind, *fields) for each in filters)


def for_parents(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return the filters for a parent: those for models and their parts; without any, a parent is left out."""
    if not filters:
        return (Filter((MODEL,)),)
    return tuple(replace(each, types=(MODEL,)) for each in filters if MODEL in each.types)


def takes_kitfile(filters: tuple[Filter, ...]) -> bool:
    """Return whether the filters select the Kitfile; their values don't matter."""
    return not filters or any(KITFILE in each.types for each in filters)

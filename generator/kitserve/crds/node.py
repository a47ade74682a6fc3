"""A node of an object's structure: what an API server allows in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A structural schema of a CRD, less its descriptions (Kubernetes, "Specifying a structural schema").

    What the CRD doesn't say is empty or None. `type` is empty where any will do; `bounds` go by their names in the CRD.
    """

    type: str = ""
    properties: dict[str, Node] = field(default_factory=dict)
    extra: Node | None = None
    """The node of any other key."""
    items: Node | None = None
    required: tuple[str, ...] = ()
    """The required fields, without those with a default, which the API server fills in first."""
    choices: tuple[Any, ...] | None = None
    pattern: str = ""
    format: str = ""
    keeps_unknown: bool = False
    int_or_string: bool = False
    nullable: bool = False
    list_keys: tuple[str, ...] = ()
    """The keys that identify the items of a list."""
    is_set: bool = False
    """Whether the items of a list must differ."""
    bounds: dict[str, int] = field(default_factory=dict)
    rules: tuple[tuple[str, str], ...] = ()
    """Rules in CEL, each with its message."""
    default: tuple[Any, ...] = ()
    """The value that the API server fills in where there is none."""

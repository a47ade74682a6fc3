"""What a schema can't say of the values: one small function each. Their twin is the chart's templates/validate.yaml.

A rule's path and sentence are the same in both, so that `helm install` and `kitserve render` refuse alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.value_rules import credentials, inference_services, storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.problems import Code, Problem
    from kitserve.values.types import Values

_MODULES = (storage, credentials, inference_services)
CODES: tuple[Code, ...] = tuple(dict.fromkeys(code for module in _MODULES for code in module.CODES))


def check_values(values: Values) -> Iterator[Problem]:
    """What the values break, in the order of the rules."""
    for module in _MODULES:
        for rule in module.RULES:
            yield from rule(values)

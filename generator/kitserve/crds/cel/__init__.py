"""The part of the Common Expression Language in which KServe's CRDs write their rules (cel.dev/spec)."""

from functools import cache

from kitserve.crds.cel.functions import CelError, Expression
from kitserve.crds.cel.reader import read


@cache
def _read(rule: str) -> Expression:
    return read(rule)


def holds(rule: str, value: object) -> bool:
    """Return whether a rule is true of a value, which it calls `self`. A rule that fails isn't."""
    try:
        return _read(rule)({"self": value}) is True
    except CelError:
        return False

"""Every code that a problem can have."""

from kitserve import faults, objectrules, openapi, rules, sentences
from kitserve.problems import Code

CODES: tuple[Code, ...] = tuple(
    sorted(
        (*faults.CODES, *sentences.CODES, *rules.CODES, *openapi.CODES, *objectrules.CODES),
        key=lambda code: code.code,
    )
)

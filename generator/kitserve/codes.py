"""Every code that a problem can have."""

from kitserve import cluster, faults, objectrules, openapi, rules, sentences
from kitserve.problems import Code

CODES: tuple[Code, ...] = tuple(
    sorted(
        (*faults.CODES, *sentences.CODES, *rules.CODES, *openapi.CODES, *objectrules.CODES, *cluster.CODES),
        key=lambda code: code.code,
    )
)

"""Every code that a problem can have."""

from kitserve.check import dry_run, object_rules, value_rules
from kitserve.check.reading import repeated
from kitserve.check.schema import schema_messages
from kitserve.crds import validate
from kitserve.helm import codes as reading_codes
from kitserve.pins import codes as pin_codes
from kitserve.problems import Code

CODES: tuple[Code, ...] = tuple(
    sorted(
        (
            *reading_codes.CODES,
            *schema_messages.CODES,
            *value_rules.CODES,
            *validate.CODES,
            *object_rules.CODES,
            *dry_run.CODES,
            *repeated.CODES,
            *pin_codes.CODES,
        ),
        key=lambda code: code.code,
    )
)

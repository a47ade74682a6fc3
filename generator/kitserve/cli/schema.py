"""`kitserve schema`."""

import sys

EXAMPLES = """\
Examples:

\b
  kitserve schema > values.schema.json
  kitserve schema | jq '.properties | keys'
"""


def schema() -> None:
    """Print the JSON schema of the values, the one that the chart ships."""
    from kitserve import schema as values_schema

    sys.stdout.write(values_schema.text())

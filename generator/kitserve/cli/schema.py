"""`kitserve schema`."""

import sys

from kitserve import schema as values_schema

EXAMPLES = """\
Examples:

\b
  kitserve schema > values.schema.json
  kitserve schema | jq '.properties | keys'
"""


def schema() -> None:
    """Print the JSON schema of the values, the one that the chart ships."""
    sys.stdout.write(values_schema.text())

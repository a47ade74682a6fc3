"""`kitserve schema`."""

from kitserve.cli.stdout import emit

EXAMPLES = """\
Examples:

\b
  kitserve schema > values.schema.json
  kitserve schema | jq '.properties | keys'
"""


def schema() -> None:
    """Print the JSON schema of the values, the one that the chart ships."""
    from kitserve.values import schema as values_schema

    emit(values_schema.text())

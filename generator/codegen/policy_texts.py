"""The forms of an identity's texts, for the initializer: it judges a policy again, whoever rendered it."""

import json

from codegen import schema


def text() -> str:
    """Return the text of trust/rules/identity.json in the initializer: a pattern for each key of an identity."""
    rule = schema.schema()["properties"]["verification"]["properties"]["rules"]["items"]
    identity = rule["properties"]["identities"]["items"]["properties"]
    return json.dumps({name: node["pattern"] for name, node in identity.items()}, indent=2) + "\n"

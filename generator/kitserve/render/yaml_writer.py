"""YAML in block style, which Kubernetes' reader (sigs.k8s.io/yaml, YAML 1.1) reads as the same data.

A library's writer takes two seconds for a thousand InferenceServices, and doesn't quote YAML 1.1's booleans.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# What readers of YAML 1.1 and 1.2, Kubernetes' own among them, take for a text without quotes: a quantity, or what
# begins with a letter or a slash, has nothing but these characters (a colon only inside, as in a reference), and isn't
# one of YAML 1.1's words.
_PLAIN = re.compile(r"(?:[1-9][0-9]*(?:m|[KMGT]i)|[A-Za-z/](?:[-A-Za-z0-9_./@+]|:(?=[^ ]))*)\Z")
_WORDS = re.compile(r"(?:y|yes|n|no|true|false|on|off|null|nan|inf|infinity)\Z", re.IGNORECASE)
# What JSON leaves in a text and YAML doesn't take there, or takes for the end of a line; and the second of two
# hashes, which begin a command to the runner of a CI job in whose log they stand (`##[error]`).
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|(?<=#)#")
_KEY_LIMIT = 1000
"""Characters of a key up to which readers need no `?` before it (YAML 1.1, 9.2: 1024)."""


def dump(item: Mapping[str, Any]) -> str:
    """Write a document with one map."""
    return "\n".join(["---", *_block(item, ""), ""])


def _block(node: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield the lines of a map or list that isn't empty."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _entry(_key(key, indent), value, indent + "  ")
    else:
        for item in node:
            yield from _item(item, indent)


def _entry(head: str, value: Any, inner: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if value and isinstance(value, Mapping | list):
        yield head
        yield from _block(value, inner)
    else:
        yield f"{head} {_scalar(value)}"


def _item(item: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield the lines of a list's item, whose content begins on the line of its dash."""
    if item and isinstance(item, Mapping | list):
        inner = f"{indent}  "
        first, *others = _block(item, inner)
        yield f"{indent}- {first.removeprefix(inner)}"
        yield from others
    else:
        yield f"{indent}- {_scalar(item)}"


def _key(key: str, indent: str) -> str:
    text = _scalar(key)
    return f"{indent}{text}:" if len(text) < _KEY_LIMIT else f"{indent}? {text}\n{indent}:"


def _scalar(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, str) and _PLAIN.match(value) and not _WORDS.match(value):
        return value
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON with escapes for what YAML doesn't take in it, or what a line of a log shouldn't hold."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

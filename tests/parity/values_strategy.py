"""Values files drawn from the schema: whole ones, and ones with something wrong in them."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from kitserve.schema import Schema, schema

Values = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

# Texts that readers of YAML take for something else, and what templates trip over.
WORDS = st.sampled_from(
    [
        "yes",
        "no",
        "on",
        "y",
        "~",
        "null",
        "true",
        "0123",
        "1e3",
        "1_000",
        "12:30:45",
        "2026-11-22",
        "0x1F",
        "=",
    ]
) | st.sampled_from(
    [
        "<<",
        ".inf",
        "\\",
        '"',
        "'",
        "%",
        "{{ .Values }}",
        "é ✓ 漢",
        "",
        " ",
        "a b",
        "a: b",
        "- a",
        "# a",
        "a\nb\n",
        "\t",
    ]
)
TEXT = WORDS | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NUMBERS = st.sampled_from([0, -1, 1, 3, 1_000_000, 12_345_678, 2**53, 0.5, 1e-7, 1.5])
SCALARS = TEXT | NUMBERS | st.booleans()
# Helm's own toYaml writes the key `<<` without quotes, which every reader then takes for a merge.
KEYS = TEXT.filter(lambda text: text not in ("", "<<"))
OPEN = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)
WRONG = st.sampled_from(
    [None, 0, 1.5, True, False, "", "yes", "a\n", "٣", {}, [], [1], {"a": 1}, 10**6, "x" * 300]
)


def of(node: Schema) -> st.SearchStrategy[Any]:
    """What a schema allows."""
    if "enum" in node:
        return st.sampled_from(node["enum"])
    return _KINDS[node["type"]](node)


def _map(node: Schema) -> st.SearchStrategy[Any]:
    if "properties" in node:
        return st.fixed_dictionaries(
            {}, optional={name: of(child) for name, child in node["properties"].items()}
        )
    for pattern, child in node.get("patternProperties", {}).items():
        return st.dictionaries(_matching(pattern), of(child), max_size=2)
    items = node.get("additionalProperties")
    return st.dictionaries(KEYS, of(items), max_size=2) if isinstance(items, dict) else OPEN


def _list(node: Schema) -> st.SearchStrategy[Any]:
    return st.lists(of(node["items"]), max_size=2, unique=bool(node.get("uniqueItems")))


def _text(node: Schema) -> st.SearchStrategy[Any]:
    return _matching(node["pattern"]) if "pattern" in node else TEXT


def _matching(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii")).filter(
        lambda text: len(text) < 50 and not text.endswith("\n")
    )


_KINDS: dict[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
    "string": _text,
    "boolean": lambda _: st.booleans(),
    "array": _list,
    "object": _map,
}


@st.composite
def whole(draw: Draw) -> Values:
    """Values that break no rule, if they are drawn so: what a rule needs is put in where it is missing."""
    values: Values = draw(of(schema()))
    values.get("clusterStorageContainer", {}).update({"name": "kitops", "prefixes": ["kit://"]})
    values.get("image", {}).update(repository=draw(st.sampled_from(["a", "a/b"])))
    credentials = values.get("credentials", {})
    credentials.update(usernameKey="u", passwordKey="p")
    if credentials.get("create"):
        credentials.update(
            {key: credentials.get(key) or "x" for key in ("secretName", "username", "password")}
        )
    values.get("inferenceServiceDefaults", {}).pop("storageUris", None)
    for service in values.get("inferenceServices", {}).values():
        service.pop("storageUri" if service.get("storageUris") else "storageUris", None)
        if not service.get("storageUris"):
            service["storageUri"] = "kit://r/x:1"
        else:
            values.get("inferenceServiceDefaults", {}).pop("storageUri", None)
        service.setdefault("modelFormat", {})["name"] = draw(TEXT.filter(bool))
    return values


@st.composite
def damaged(draw: Draw) -> Values:
    """Whole values with one of their parts, at any depth, replaced, or a key that nobody knows."""
    values: Values = draw(whole())
    at: Any = values
    while True:
        key = draw(st.sampled_from([*sorted(at), "unknown"]))
        if key in at and isinstance(at[key], dict) and at[key] and draw(st.booleans()):
            at = at[key]
            continue
        at[key] = draw(WRONG)
        return values

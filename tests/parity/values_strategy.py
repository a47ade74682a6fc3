"""Values files drawn from the schema: whole ones, and ones with something wrong in them."""

import json
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from kitserve.values.schema import Schema, schema

from tests.cases.authorities import BUNDLES
from tests.parts.public_keys import KEYS as PUBLIC_KEYS

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
        "\n",
        "a\n\n",
        "\x7f",
        "\x85",
        "\ufffe",
    ]
)
TEXT = WORDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TRUSTED_ROOT = '{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "a": "<&> é"}'
NUMBERS = st.sampled_from([0, -1, 1, 3, 1_000_000, 12_345_678, 2**53, 0.5, 1e-7, 1.5])
SCALARS = TEXT | NUMBERS | st.booleans()
KEYS = TEXT.filter(bool)
OPEN = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)
URIS = ("kit://r.io/x:1", f"kit://[::1]:5000/a/b@sha512:{'0f' * 64}", "kit://r:1/x", "s3://bucket/x")
MODELKITS = ("kit://r.io/x:1", "kit://r:1/x")
SPECS: tuple[Values, ...] = (
    {},
    {
        "template": {
            "containers": [{"name": "a", "args": ["b"]}, {"name": "main", "args": ["c"], "env": None}]
        }
    },
    {
        "template": {"volumes": [{"name": "kitserve-model"}], "serviceAccountName": 1},
        "worker": {},
        "prefill": {},
    },
    {
        "template": {"containers": {"name": "main"}},
        "worker": None,
        "prefill": {"template": "a", "worker": [1]},
    },
    {"template": {"containers": [1, {"name": ["main"]}, {"name": "main", "volumeMounts": 1, "args": {}}]}},
    {"template": {"containers": [{"name": "a", "image": "a/b"}], "initContainers": {"image": "a"}}},
    {"prefill": {"worker": {"initContainers": [{"name": "a", "image": "r.io/b"}, {"image": 1}, None]}}},
)
PREDICTORS: tuple[Values, ...] = (
    {},
    {
        "volumes": [{"name": "a", "emptyDir": {}}],
        "model": {"volumeMounts": [{"name": "a", "mountPath": "/mnt/1"}]},
    },
    {"volumes": "a", "model": {"volumeMounts": None}},
    {"model": {"image": "r.io/a/b:v1"}, "initContainers": [{"name": "a", "image": "a"}, 1, {"image": []}]},
    {"sklearn": {"image": "quay.io/a"}, "workerSpec": {"containers": [{"image": "localhost/a@b"}]}},
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
        fields = {name: of(child) for name, child in node["properties"].items()}
        needed = {name: fields.pop(name) for name in node.get("required", ())}
        known = st.fixed_dictionaries(needed, optional=fields)
        return st.builds(dict.__or__, OPEN, known) if node.get("additionalProperties") is True else known
    for pattern, child in node.get("patternProperties", {}).items():
        return st.dictionaries(_matching(pattern), of(child), max_size=2)
    items = node.get("additionalProperties")
    return st.dictionaries(KEYS, of(items), max_size=2) if isinstance(items, dict) else OPEN


def _list(node: Schema) -> st.SearchStrategy[Any]:
    unique = _shown if node.get("uniqueItems") else None
    return st.lists(of(node["items"]), max_size=2, unique_by=unique)


def _shown(item: object) -> str:
    return json.dumps(item, sort_keys=True)


def _text(node: Schema) -> st.SearchStrategy[Any]:
    if "PUBLIC KEY" in node.get("pattern", ""):
        return st.sampled_from([*PUBLIC_KEYS.values()])
    return _matching(node["pattern"]) if "pattern" in node else TEXT


def _matching(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii")).filter(
        lambda text: len(text) < 50 and not text.endswith("\n")
    )


def _count(node: Schema) -> st.SearchStrategy[int]:
    tried = (node["minimum"], node["maximum"], 1, min(1_000_000, node["maximum"]))
    bounds = st.sampled_from(tried)
    return bounds | st.integers(node["minimum"], node["maximum"])


_KINDS: dict[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
    "string": _text,
    "integer": _count,
    "boolean": lambda _: st.booleans(),
    "array": _list,
    "object": _map,
}


@st.composite
def whole(draw: Draw) -> Values:
    """Values that break no rule, if they are drawn so: what a rule needs is put in where it is missing."""
    values: Values = draw(of(schema()))
    values.get("clusterStorageContainer", {}).update({"name": "kitops", "prefixes": ["kit://"]})
    if values.get("engine") == "kit":
        # It has neither layouts nor patterns of files.
        for key in ("layout", "allowPatterns", "ignorePatterns"):
            values.pop(key, None)
        for service in (
            values.get("inferenceServiceDefaults", {}),
            *values.get("inferenceServices", {}).values(),
        ):
            service.get("unpacking", {}).pop("layout", None)
    _complete_verification(values.get("verification", {}), draw, is_enforced=values.get("engine") != "kit")
    values.get("image", {}).update(repository=draw(st.sampled_from(["a", "a/b"])))
    _complete_credentials(values.get("credentials", {}))
    _complete_local_models(values.get("localModels", {}))
    _complete_authorities(values.get("tls", {}), draw)
    for number, variable in enumerate(values.get("extraEnv", [])):
        variable["name"] = f"own_{number}"
        variable.pop(draw(st.sampled_from(["value", "valueFrom"])), None)
    _complete_groups(values, draw)
    _complete_services(values, draw)
    _complete_image_volumes(values, draw)
    _complete_llms(values, draw)
    return values


def _complete_verification(verification: Values, draw: Draw, *, is_enforced: bool) -> None:
    root = draw(st.sampled_from(["", TRUSTED_ROOT, f" \n{TRUSTED_ROOT}\n"]))
    if "trustedRoot" in verification:
        verification["trustedRoot"] = root
    for rule in verification.get("rules", []):
        rule["references"] = rule["references"] or ["**"]
        if not rule.get("identities"):
            rule["keys"] = rule.get("keys") or [PUBLIC_KEYS["p256"]]
        for number, identity in enumerate(rule.get("identities", [])):
            _complete_identity(identity, f"https://{number}.example.com")
        signers = len(rule.get("keys", [])) + len(rule.get("identities", []))
        rule["required"] = min(rule.get("required", 1), signers)
        if not is_enforced:
            rule.update(mode="warn", deniedDigests=[])
    if not is_enforced:
        verification["unmatched"] = draw(st.sampled_from(["", "allow", "warn"]))


def _complete_identity(identity: Values, usual: str) -> None:
    for part in ("issuer", "subject"):
        pattern = f"{part}Pattern"
        if not is_expression(identity.get(pattern, "")):
            del identity[pattern]
        if identity.get(part):
            identity.pop(pattern, None)
        elif not identity.get(pattern):
            identity[part] = usual


def is_expression(pattern: str) -> bool:
    try:
        return bool(re.compile(pattern))
    except re.error:
        return False


def _complete_credentials(credentials: Values) -> None:
    credentials.update(usernameKey="u", passwordKey="p")
    if credentials.get("create"):
        credentials.update(
            {key: credentials.get(key) or "x" for key in ("secretName", "username", "password")}
        )
    else:
        credentials.update(username="", password="")
    if credentials.get("registries"):
        credentials["dockerConfigSecretName"] = f"{credentials.get('secretName', '')}0"[-253:]
    for login in credentials.get("registries", {}).values():
        login.update({key: login.get(key) or "x" for key in ("username", "password")})


def _complete_authorities(tls: Values, draw: Draw) -> None:
    tls["caConfigMapKey"] = tls.get("caConfigMapKey") or "ca.crt"
    if tls.get("caBundle"):
        tls["caBundle"] = draw(st.sampled_from([*BUNDLES.values()]))
        tls["caConfigMapName"] = tls.get("caConfigMapName") or "authorities"


def _complete_local_models(models: Values) -> None:
    models.update(name="kitops-jobs")
    for number, cache in enumerate(models.get("caches", {}).values()):
        cache.update(uri=f"kit://r.io/{number}", nodeGroups=cache["nodeGroups"] or ["a"])


def _complete_groups(values: Values, draw: Draw) -> None:
    """Groups of what breaks no rule in any service, and services of them with names of their own."""
    groups = values.get("serviceGroups", {})
    for group in groups.values():
        for key in ("storageUri", "storageUris", "delivery", "modelVolume", "unpacking"):
            group.pop(key, None)
    for kind in ("inferenceServices", "llmInferenceServices"):
        for number, service in enumerate(values.get(kind, {}).values()):
            service["group"] = draw(st.sampled_from(["", *groups]))
            service["name"] = draw(st.sampled_from(["", f"own-{number}"]))


def _complete_services(values: Values, draw: Draw) -> None:
    defaults = values.get("inferenceServiceDefaults", {})
    defaults.pop("storageUris", None)
    if values.get("inferenceServices"):
        values["serviceAnnotations"] = ["filter", "unpack-flags", "layout", "digest", "label", "verification"]
    for service in values.get("inferenceServices", {}).values():
        service.pop("storageUri" if service.get("storageUris") else "storageUris", None)
        if service.get("storageUris"):
            defaults.pop("storageUri", None)
        else:
            service["storageUri"] = "kit://r.io/x:1"
        service.setdefault("modelFormat", {})["name"] = draw(TEXT.filter(bool))
    _complete_volumes(values)


def _complete_volumes(values: Values) -> None:
    values.get("inferenceServiceDefaults", {}).get("modelVolume", {}).pop("claimName", None)
    for number, service in enumerate(values.get("inferenceServices", {}).values()):
        volume = service.setdefault("modelVolume", {})
        volume["size"] = volume.get("size") or "1Gi"
        if volume.get("claimName"):
            volume["claimName"] = f"claim-{number}"


def _complete_image_volumes(values: Values, draw: Draw) -> None:
    usual = values.get("inferenceServiceDefaults", {}).get("delivery")
    services = values.get("inferenceServices", {}).values()
    pulled = [service for service in services if service.get("delivery", usual) == "imageVolume"]
    if pulled:
        values.update(allowPatterns=[], ignorePatterns=[], unpackFlags=draw(st.sampled_from(["", "-v"])))
        values.setdefault("imageVolumes", {})["admissionVerifies"] = True
    for service in pulled:
        service.update(storageKey="", storageContainerName="", predictor=draw(st.sampled_from(PREDICTORS)))
        service["unpacking"] = {
            **service.get("unpacking", {}),
            **dict.fromkeys(("unpackFlags", "digest", "verification"), ""),
            "filter": draw(st.sampled_from(["", "model", "model:é,b code"])),
            "label": draw(st.sampled_from(["", "a=b", "a=b c=✓"])),
        }
        if "storageUri" in service:
            service["storageUri"] = draw(st.sampled_from(URIS))
        for number, source in enumerate(service.get("storageUris", [])):
            source.update(uri=draw(st.sampled_from(URIS)), mountPath=f"/mnt/{number}")


def _complete_llms(values: Values, draw: Draw) -> None:
    images = values.get("imageVolumes", {})
    services = values.get("llmInferenceServices", {}).values()
    if services or images.get("prefetch"):
        values.update(allowPatterns=[], ignorePatterns=[], unpackFlags=draw(st.sampled_from(["", "-v"])))
        values.setdefault("imageVolumes", {})["admissionVerifies"] = True
    for prefetch in images.get("prefetch", {}).values():
        prefetch["uri"] = draw(st.sampled_from(MODELKITS))
    for service in services:
        service["uri"] = draw(st.sampled_from([*MODELKITS, "hf://a/b"]))
        service["modelName"] = f"a/{draw(TEXT)}"
        service["spec"] = draw(OPEN) | draw(st.sampled_from(SPECS))
        schemes = (MODELKITS, ("hf://a/c", "s3://b/d"))
        is_free = service["uri"].startswith("hf:") or images.get("mountBy") != "volume"
        of_one_kind = draw(st.sampled_from(schemes if is_free else schemes[:1]))
        for adapter in service.get("adapters", {}).values():
            adapter["uri"] = draw(st.sampled_from(of_one_kind))


@st.composite
def damaged(draw: Draw) -> Values:
    """Whole values with one of their parts, at any depth, replaced or gone, or a key that nobody knows."""
    values: Values = draw(whole())
    at: Any = values
    while True:
        key = draw(st.sampled_from([*sorted(at), "unknown"]))
        if key in at and isinstance(at[key], dict) and at[key] and draw(st.booleans()):
            at = at[key]
            continue
        if key in at and draw(st.integers(0, 4)) == 0:
            del at[key]
        else:
            at[key] = draw(WRONG)
        return values

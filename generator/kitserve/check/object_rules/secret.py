"""What the API server refuses in a Secret (ValidateSecret in pkg/apis/core/validation/validation.go, Kubernetes 1.34).

No message repeats what a Secret holds.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.lookup import Data, annotation, mapping, text
from kitserve.forms import placeholder
from kitserve.problems import Code, Path, Problem

_EXAMPLE = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: kit-secret\n"

TYPE_KEYS = Code(
    "KS250",
    "error",
    "A Secret lacks a key that its type requires.",
    why="The API server refuses a kubernetes.io/dockerconfigjson without a JSON object in "
    "`.dockerconfigjson`, and has such rules for the other types of Kubernetes (ValidateSecret in"
    " pkg/apis/core/validation/validation.go).",
    example=_EXAMPLE + "type: kubernetes.io/dockerconfigjson\nstringData:\n  config.json: '{}'\n",
    remedy="Write the key that the message names, or leave `type` out.",
)
NOT_BASE64 = Code(
    "KS251",
    "error",
    "A Secret's `data` isn't base64.",
    why="The API server decodes each value, and refuses the object if it can't.",
    example=_EXAMPLE + "data:\n  KIT_USER: reader!\n",
    remedy="Encode it, or write it unencoded under `stringData`.",
)
KEY_NAME = Code(
    "KS252",
    "error",
    "A Secret's key doesn't have the form that Kubernetes requires.",
    why="Keys become file names. They have letters, digits, `-`, `_` and `.`, are not `.`, and don't "
    "begin with `..` (IsConfigMapKey in k8s.io/apimachinery/pkg/util/validation).",
    example=_EXAMPLE + "stringData:\n  kit user: reader\n",
    remedy="Rename the key.",
)
TOO_LARGE = Code(
    "KS253",
    "error",
    "A Secret holds more than 1 MiB.",
    why="The API server refuses more, as etcd does (MaxSecretSize in pkg/apis/core/types.go).",
    example="$ printf 'apiVersion: v1\\nkind: Secret\\nmetadata: {name: a}\\nstringData: {a: \"%01048577d\"}\\n' 0 | "
    "kitserve validate -",
    remedy="Keep the content elsewhere, or split it into several Secrets.",
)

_LIMIT = 1024 * 1024
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}\Z")
_JSON = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
_NEEDED = {"kubernetes.io/tls": ("tls.crt", "tls.key"), "kubernetes.io/ssh-auth": ("ssh-privatekey",)}
_BASIC, _TOKEN = "kubernetes.io/basic-auth", "kubernetes.io/service-account-token"
_ACCOUNT = "kubernetes.io/service-account.name"


def _keys_are_names(item: Data) -> Iterator[Problem]:
    for field in ("data", "stringData"):
        for key in mapping(item, (field,)):
            if not _KEY.match(key) or key == "." or key.startswith(".."):
                hint = "letters, digits, -, _ and ."
                yield KEY_NAME.problem("this can't be a key of a Secret", path=(field, key), hint=hint)


def _data_is_base64(item: Data) -> Iterator[Problem]:
    for key, value in mapping(item, ("data",)).items():
        if isinstance(value, str) and _decoded(value) is None:
            hint = placeholder(value) or "encode it, or move it to stringData"
            yield NOT_BASE64.problem("this isn't base64", path=("data", key), hint=hint)


def _decoded(value: str) -> bytes | None:
    joined = value.replace("\r", "").replace("\n", "")
    if len(joined) % 4 or not _BASE64.match(joined):
        return None
    try:
        return base64.b64decode(joined)
    except binascii.Error:
        return None


def _it_is_small(item: Data) -> Iterator[Problem]:
    """Yield a Secret above the limit. A key in `stringData` replaces the same key in `data`."""
    data, plain = mapping(item, ("data",)), mapping(item, ("stringData",))
    sizes = {key: len(_decoded(value) or b"") for key, value in data.items() if isinstance(value, str)}
    sizes |= {key: len(value.encode()) for key, value in plain.items() if isinstance(value, str)}
    if sum(sizes.values()) > _LIMIT:
        yield TOO_LARGE.problem(
            "all of it together holds at most 1 MiB", path=("stringData" if plain else "data",)
        )


def _type_has_its_keys(item: Data) -> Iterator[Problem]:
    kind = text(item, ("type",))
    data, plain = mapping(item, ("data",)), mapping(item, ("stringData",))
    # The API server accepts an empty value, although it isn't JSON.
    present = {
        key for key, value in (*data.items(), *plain.items()) if value is not None or kind not in _JSON
    }
    for key in (*_NEEDED.get(kind, ()), *filter(None, (_JSON.get(kind),))):
        if key not in present:
            hint = f"write {key}"
            yield TYPE_KEYS.problem(f"type {kind} needs the key {key}", path=("type",), hint=hint)
    if kind in _JSON and (path := _unreadable_json(data, plain, _JSON[kind])):
        yield TYPE_KEYS.problem("this isn't a JSON object", path=path, hint="as docker's config.json is")
    if kind == _BASIC and not {"username", "password"} & {*data, *plain}:
        yield TYPE_KEYS.problem(f"type {kind} needs username or password", path=("type",))
    if kind == _TOKEN and not annotation(item, _ACCOUNT):
        path = ("metadata", "annotations", _ACCOUNT)
        yield TYPE_KEYS.problem(f"type {kind} needs this annotation", path=path)


def _unreadable_json(data: Data, plain: Data, key: str) -> Path | None:
    """Return the path of a docker config that isn't one."""
    written = isinstance(plain.get(key), str)
    content = (
        plain[key].encode() if written else _decoded(str(data[key])) if data.get(key) is not None else None
    )
    if content is None:
        return None
    try:
        whole = isinstance(json.loads(content), dict | type(None))
    except (ValueError, RecursionError):
        whole = False
    return None if whole else ("stringData" if written else "data", key)


RULES = tuple(map(ObjectRule, (_keys_are_names, _data_is_base64, _it_is_small, _type_has_its_keys)))

"""The forms of texts in words, each with one that fits: nobody reads a regular expression in a message."""

import re
from collections.abc import Sequence

from kitserve.problems import Path

TEMPLATE = "this may be a template: validate what it renders"
_PLACEHOLDER = re.compile(r"\$\{?[A-Za-z_]|<[A-Za-z][\w -]*>")
_NAME = "lower-case letters, digits and `-`, with a letter or digit at both ends, such as `iris-v1`"
_LETTER = "lower-case letters, digits and `-`, beginning with a letter, such as `iris-v1`"
_DOMAIN = "lower-case letters, digits, `-` and `.`, with a letter or digit at both ends, such as `models.example.com`"
_URI = "a scheme, `://` and the rest, without blanks, such as `kit://registry.example.com/models/iris:v1`"
_KEY = "letters, digits, `-`, `_` and `.`, such as `ca.crt`"
_SIZE = "a quantity, such as `500m` or `1Gi`"
_DIGEST = "`sha256:` and 64 digits of 0 to 9 and a to f, such as `sha256:" + "0123456789abcdef" * 4 + "`"
_IMAGE = "letters, digits and `-._:/`, such as `registry.example.com:5000/team`"

_REFERENCES = (
    "`REGISTRY/REPOSITORY` in lower case, where the registry has a dot or a port and `**` stands alone between "
    "slashes, without scheme, tag and digest, such as `registry.example.com/models/**`"
)
_PUBLIC_KEY = (
    "one public key in PEM form, such as `-----BEGIN PUBLIC KEY----- MCowBQ= -----END PUBLIC KEY-----`"
)
_SUBJECT = "a text without `*` and without blanks at its ends, such as `release@example.com`"
_EXPRESSION = (
    "a regular expression from `^` to `$` of characters, escaped punctuation, classes and groups of alternatives, "
    "where nothing is repeated twice, and a group by `?` only, such as `^release-[0-9]+@example[.]com$`"
)

_LABEL = "letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, such as `team_a`"
_ORIGIN = "`*`, or a scheme and a host, such as `https://models.example.com`"

_FORMS = {
    # of the values
    "^(([-._a-zA-Z0-9]+(:[0-9]+)?/)?[-._/a-zA-Z0-9]+)?$": "a repository without a tag, which `tag` has, such as "
    "`team/kitserve-initializer`",
    "^[-._:/a-zA-Z0-9]+$": _IMAGE,
    "^[-._:/a-zA-Z0-9]*$": _IMAGE,
    "^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$": _DOMAIN,
    "^([a-z0-9]([-.a-z0-9]*[a-z0-9])?)?$": _DOMAIN,
    "^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$": f"up to 42 {_NAME}",
    "^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$": f"up to 53 {_LETTER}",
    "^([a-z]([-a-z0-9]{0,51}[a-z0-9])?)?$": f"up to 53 {_LETTER}",
    "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$": f"up to 63 {_NAME}",
    "^[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$": f"up to 63 {_LABEL}",
    r"^([*]|localhost(:[0-9]{1,5})?|\[[:.a-fA-F0-9]+\](:[0-9]{1,5})?|[-_a-zA-Z0-9]+([.][-_a-zA-Z0-9]+)+(:[0-9]{1,5})?"
    r"|[-_a-zA-Z0-9]+:[0-9]{1,5})$": "an image's registry, which has a dot or a port, or `*`, such as `ghcr.io`",
    r"^((localhost(:[0-9]{1,5})?|\[[:.a-fA-F0-9]+\](:[0-9]{1,5})?|[-_a-zA-Z0-9]+([.][-_a-zA-Z0-9]+)+(:[0-9]{1,5})?"
    r"|[-_a-zA-Z0-9]+:[0-9]{1,5})(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)?$": "a registry with a dot or a port, and a path in "
    "lower case if need be, without scheme, tag and slash at the end, such as `registry.example.com:5000/mirror`",
    r"^([-._a-zA-Z0-9]+|\[[:.a-fA-F0-9]+\])(:[0-9]{1,5})?$": "a host, and a port if need be, such as "
    "`registry.example.com:5000`",
    "^([_a-zA-Z0-9][-._a-zA-Z0-9]*)?$": "letters, digits, `-`, `_` and `.`, such as `v1.2`",
    "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$": _NAME,
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": _NAME,
    r"^([a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]+)?$": _URI,
    r"^[a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]+$": _URI,
    r"^kit://[^\x00-\x20\x7f]+$": "`kit://` and a reference, such as `kit://registry.example.com/models/iris:v1`",
    r"""^([^\x00-\x20\x7f"'\\]+( [^\x00-\x20\x7f"'\\]+)*)?$""": "words with one space between them, without quotes and "
    "backslashes, such as `model docs`",
    r"^[a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]*$": "a scheme and `://`, and a beginning if need be, such as `kit://`",
    "^(sha256:[a-f0-9]{64}( sha256:[a-f0-9]{64})*)?$": _DIGEST,
    "^(sha256:[a-f0-9]{64})?$": _DIGEST,
    r"^/[^\x00-\x1f\x7f]*$": "an absolute path, such as `/mnt/models`",
    "^[-._a-zA-Z0-9]*$": _KEY,
    "^[-._a-zA-Z][-._a-zA-Z0-9]*$": "letters, digits, `-`, `_` and `.`, no digit in front, such as `LOG_LEVEL`",
    "^[0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$": _SIZE,
    "^([0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)?$": _SIZE,
    r"^[^,\x00-\x1f\x7f]+$": "a pattern of files without commas, such as `*.safetensors`",
    "^[^:]*$": "a text without colons, such as `reader`",
    r"^(\*\*(/(\*\*|\*|\*?[-._a-z0-9](\*?[-._a-z0-9])*\*?))*|((\*|\*?[-_a-z0-9](\*?[-_a-z0-9])*\*?)([.](\*"
    r"|\*?[-_a-z0-9](\*?[-_a-z0-9])*\*?))+(:([0-9]{1,5}|\*))?|[-_a-z0-9]*\*([-_a-z0-9](\*?[-_a-z0-9])*\*?)"
    r"?(:([0-9]{1,5}|\*))?|[-_a-z0-9]+(:([0-9]{1,5}|\*))|\[[:.a-f0-9]+\](:([0-9]{1,5}|\*))?)(/(\*\*|\*|\*?"
    r"[-._a-z0-9](\*?[-._a-z0-9])*\*?))+)$": _REFERENCES,
    r"^[ \t\r\n]*-----BEGIN PUBLIC KEY-----([ \t\r]*(\n[ \t\r]*)?[A-Za-z0-9+/=])+[ \t\r]*(\n[ \t\r]*)?"
    r"-----END PUBLIC KEY-----[ \t\r\n]*$": _PUBLIC_KEY,
    r"^[^*\x00-\x20\x7f]*$": "an URL without blanks and `*`, such as `https://accounts.example.com`",
    r"^([^*\x00-\x20\x7f]([^*\x00-\x1f\x7f]*[^*\x00-\x20\x7f])?)?$": _SUBJECT,
    r"^(\^(([^\\\[\](){}*+?^$|\x00-\x1f\x7f]|\\[!-/:-@\[-`{-~]|\[\^?-?(([^-&~|\\\[\]^\x00-\x1f\x7f]|\\["
    r"!-/:-@\[-`{-~])(-([^-&~|\\\[\]^\x00-\x1f\x7f]|\\[!-/:-@\[-`{-~]))?)+-?\])([*+?]|\{(0|[1-9][0-9]{"
    r"0,2})(,(0|[1-9][0-9]{0,2})?)?\})?|\((([^\\\[\](){}*+?^$|\x00-\x1f\x7f]|\\[!-/:-@\[-`{-~]|\[\^?-?"
    r"(([^-&~|\\\[\]^\x00-\x1f\x7f]|\\[!-/:-@\[-`{-~])(-([^-&~|\\\[\]^\x00-\x1f\x7f]|\\[!-/:-@\[-`{-~]"
    r"))?)+-?\])([*+?]|\{(0|[1-9][0-9]{0,2})(,(0|[1-9][0-9]{0,2})?)?\})?|[|])*\)[?]?)*\$)?$": _EXPRESSION,
    r"^([ \t\r\n]*\{[^\x00-\x08\x0b\x0c\x0e-\x1f]*\}[ \t\r\n]*)?$": "an object of JSON, such as `{}`",
    r"^sha256:[a-f0-9]{64}$": _DIGEST,
    # of KServe's CRDs
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$": _SIZE,
    r"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": f"{_DOMAIN} or `*.example.com`",
    r"^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": _DOMAIN,
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": _DOMAIN,
    "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$": "letters, digits and `-`, beginning with a letter, such as `HTTPRoute`",
    r"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$": "the name of a header, such as `X-Request-Id`",
    "^([0-9]{1,5}(h|m|s|ms)){1,4}$": "a duration of h, m, s and ms, such as `1m30s`",
    "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$": _LABEL,
    "^/.*": "an absolute path, such as `/mnt/models`",
    r"^\d+(\.\d+)?$": "a number, such as `1.5`",
    r"(^\*$)|(^([a-zA-Z][a-zA-Z0-9+\-.]+):\/\/([^:/?#]+)(:([0-9]{1,5}))?$)": _ORIGIN,
    r"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$": "the path of a URL, such as `/v1/models`",
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": _NAME,
    r"(^\*$)|(^(http(s)?):\/\/(((\*\.)?([a-zA-Z0-9\-]+\.)*[a-zA-Z0-9-]+|\*)(:([0-9]{1,5}))?)$)": _ORIGIN,
    "^[a-z]([-a-z0-9]*[a-z0-9])?$": _LETTER,
}


def form(pattern: str) -> str:
    """Return the form that a pattern of the values' schema or of a CRD stands for, in words and with an example."""
    return _FORMS.get(pattern, f"text that the regular expression {pattern} matches")


def form_of(text: str, pattern: str) -> str:
    """Return the form of a text that has another one; of a placeholder, that it is one."""
    return placeholder(text) or form(pattern)


def placeholder(text: str) -> str:
    """Return a hint at a text that another program replaces; empty for any other."""
    if "{{" in text:
        return TEMPLATE
    found = _PLACEHOLDER.search(text)
    return "this may be a placeholder: validate what it is replaced by" if found else ""


def patterns() -> tuple[str, ...]:
    """Return the patterns that have words."""
    return tuple(_FORMS)


_SERVICE = "{modelFormat: {name: sklearn}, storageUri: 'kit://registry.example.com/iris:v1'}"
_MAPS = {
    "modelFormat": "modelFormat: {name: sklearn}",
    "resources": "resources: {limits: {memory: 2Gi}}",
    "limits": "limits: {memory: 2Gi}",
    "requests": "requests: {memory: 2Gi}",
    "labels": "labels: {team: a}",
    "annotations": "annotations: {team: a}",
    "metadata": "metadata: {name: iris}",
    "model": f"model: {_SERVICE}",
    "predictor": "predictor: {model: {modelFormat: {name: sklearn}}}",
    "spec": f"spec: {{predictor: {{model: {_SERVICE}}}}}",
    "image": "image: {repository: team/kitserve-initializer, tag: v1}",
    "storage": "storage: {key: hub, parameters: {type: kit}}",
    "secretKeyRef": "secretKeyRef: {name: login, key: password}",
    "inferenceServices": f"inferenceServices: {{iris: {_SERVICE}}}",
    "serviceAccounts": "serviceAccounts: {reader: {namespace: models}}",
    "registries": "registries: {registry.example.com: {username: robot, password: …}}",
    "nodeSelector": "nodeSelector: {disk: ssd}",
    "livenessProbe": "livenessProbe: {httpGet: {path: /healthz, port: 8080}}",
    "readinessProbe": "readinessProbe: {httpGet: {path: /healthz, port: 8080}}",
}
_VARIABLE, _SECRET = "{name: LOG_LEVEL, value: debug}", "{name: registry}"
_ITEMS = {
    "env": _VARIABLE,
    "extraEnv": _VARIABLE,
    "args": "'--model_name=iris'",
    "containers": "{name: kserve-container, image: 'registry.example.com/server:1.0'}",
    "imagePullSecrets": _SECRET,
    "secrets": _SECRET,
    "storageUris": "{uri: 'kit://registry.example.com/iris:v1', mountPath: /mnt/models}",
    "supportedUriFormats": "{prefix: 'kit://'}",
    "prefixes": "'kit://'",
    "supportedModelFormats": "{name: sklearn, version: '1', autoSelect: true}",
    "tolerations": "{key: nvidia.com/gpu, operator: Exists}",
    "ports": "{containerPort: 8080}",
    "volumes": "{name: cache, emptyDir: {}}",
    "volumeMounts": "{name: cache, mountPath: /cache}",
    "allowPatterns": "'*.safetensors'",
    "ignorePatterns": "'*.bin'",
    "serviceAnnotations": "layout",
}
QUANTITIES = {"cpu": "500m", "memory": "1Gi", "ephemeral-storage": "1Gi"}
_TELLING = ("name", "httpGet", "uri")
"""Keys that show best what belongs into a map."""
_NO_BLANK = re.compile(r"[A-Za-z][\w-]*:(?!//)\S")


def map_like(path: Path, value: object = None, known: Sequence[str] = ()) -> str:
    """Return a map as it may be written at a path, with its first known key where no better one is known."""
    if isinstance(value, str) and _NO_BLANK.match(value) and value.partition(":")[0] in known:
        return "put a blank behind the colon"
    key = _key(path)
    if path and isinstance(path[-1], int):
        return f"such as `- {_ITEMS[key]}`" if key in _ITEMS else _first("- ", known)
    return f"such as `{_MAPS[key]}`" if key in _MAPS else _first(f"{key}: ", known)


def list_like(path: Path) -> str:
    """Return a list as it may be written at a path."""
    key = _key(path)
    return (
        f"such as `{key}: [{_ITEMS[key]}]`" if key in _ITEMS else "begin each item with a hyphen and a blank"
    )


def shown(key: str) -> str:
    """Return a hint at a key that is missing; empty where none is known."""
    return f"such as `{_MAPS.get(key) or f'{key}: [{_ITEMS[key]}]'}`" if key in _MAPS or key in _ITEMS else ""


def unquoted(text: str, wanted: str) -> str:
    """Return a hint at a text in place of a number, or of true or false."""
    fits = text in {"true", "false"} if wanted == "boolean" else text.lstrip("+-").isdecimal()
    return "write it without quotes" if fits else placeholder(text)


def is_resource(key: str) -> bool:
    """Return whether a key names a resource of a container."""
    return key in QUANTITIES or "/" in key


def _key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _first(start: str, known: Sequence[str]) -> str:
    likely = next((name for name in known if name in _TELLING), known[0] if known else "")
    return f"such as `{start}{{{likely}: …}}`" if likely and start != ": " else ""

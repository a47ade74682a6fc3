"""What the cluster, a registry or a container says, as it may be shown: one line, bounded, without control characters.

Logs and messages are anybody's words: who may run a pod decides what stands there.
"""

import re

_MOST = 600
"""Characters of a sentence that are shown."""
_COLORS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MASK = "***"
_SECRETS = (
    re.compile(r"(?<=//)[^\s'\"/@]{1,512}@"),
    re.compile(r"(?i)(?<=[?&])(?:sig|signature|token|x-amz-[a-z-]+|x-goog-[a-z-]+|key)=[^\s&'\"]+"),
    re.compile(r"(?i)\b(?:bearer|basic) +[\w.~+/=-]{20,}"),
    re.compile(
        r"(?i)(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)[\"']?\s*[=:]\s*[\"']?[^\s\"',;]+"
    ),
    re.compile(
        r"\b(?:eyJ[\w-]{10,}[\w.-]*|gh[a-z]_\w{10,}|github_pat_\w+|glpat-[\w-]+|hf_\w{10,}|A[KS]IA[0-9A-Z]{12,})"
    ),
)


def told(text: object) -> str:
    """Return a text as one line, cut where it is too long, with what looks like a secret masked."""
    line = " ".join(_COLORS.sub("", str(text or "")[: 4 * _MOST]).split())
    line = "".join(char for char in line if char.isprintable())
    for secret in _SECRETS:
        line = secret.sub(_masked, line)
    return line if len(line) <= _MOST else f"{line[:_MOST].rstrip()}…"


def _masked(found: re.Match[str]) -> str:
    """Keep a name in front of a secret, which says what is hidden."""
    if found[0].endswith("@"):
        return f"{_MASK}@"
    name = re.match(r"(?i)[a-z_-]+[\"']?\s*[=:]\s*|(?:bearer|basic) +", found[0])
    return f"{name[0] if name else ''}{_MASK}"

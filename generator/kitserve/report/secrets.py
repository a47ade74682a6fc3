"""Where a line may hold a secret: rather more than less."""

import re
from collections.abc import Iterator

# What stands in the names of keys, variables, flags and headers whose value is nobody else's to read.
_WORDS = (
    r"pass|pwd|secret|token|credential|auth|private|docker|user|login|bearer|basic|cookie|session|signature"
    r"|connection|api[_-]?key|access[_-]?key|\bpw\b|\bsig\b|\bsas\b|\bpsk\b|\botp\b|\bdsn\b|[_-]keys?\b"
    r"|(?-i:[a-z0-9]Keys?\b)"
)
_WORD = re.compile(f"(?i){_WORDS}")
_NAME = re.compile(
    rf"""(?i)(?:(?:{_WORDS})[\w-]*|(?<![\w.-])-[pu](?![\w-])|\bvalue(?=["']?\s*[:=]))["']?\s*[:=,]*\s*"""
)
_PUNCTUATION = re.compile(r"[\s\[\]{}|>,:\"'+-]*\Z")
_COMMENT = re.compile(r"(?:^|\s)#.*")
# What is a secret whatever its name: a login before an `@`, a URL's query, and what looks like one.
_LOGIN = re.compile(r"\S*@")
_QUERY = re.compile(r"//[^?]*\?")
_FORM = re.compile(
    r"-----BEGIN|\b(?:eyJ[\w-]|gh[a-z]_|github_pat_|glpat-|hf_|sk-|xox[a-z]-|A[KS]IA[0-9A-Z]|AIza|ya29\.|npm_|pypi-)"
)
_RANDOM = re.compile(r"(?=[\w+/=-]*[0-9][\w+/=-]*[0-9])[\w+/=-]{20,}")
_MAPS = frozenset({"data", "stringData", "binaryData", "credentials", "extraObjects", "value"})


def is_secretive(key: str) -> bool:
    """Whether what stands below a key may be secret."""
    return key in _MAPS or is_secret_name(key)


def is_secret_name(name: str) -> bool:
    """Whether a variable, a flag or a key of this name may hold a secret."""
    return bool(_WORD.search(name))


def ends_secretively(line: str) -> bool:
    """Whether the value of a line's last name may stand on the next line."""
    plain = _COMMENT.sub("", line)
    return any(_PUNCTUATION.match(plain, name.end()) for name in _NAME.finditer(plain))


def spans(line: str) -> list[tuple[int, int]]:
    """Return the spans of a line to hide, in order, none within another."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(_found(line)):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _found(line: str) -> Iterator[tuple[int, int]]:
    starts = [name.end() for name in _NAME.finditer(line)]
    starts += [query.end() for query in _QUERY.finditer(line)]
    starts += [form.start() for form in _FORM.finditer(line)]
    # Where a value ends is its program's to say: what comes behind is hidden as well.
    if starts and not _PUNCTUATION.match(line, min(starts)):
        yield min(starts), len(line)
    authority, at = line.find("//"), line.rfind("@")
    if 0 <= authority < at:
        yield authority + 2, at
    for login in _LOGIN.finditer(line):
        inside = line.find("//", login.start(), login.end())
        yield (login.start() if inside < 0 else inside + 2), login.end() - 1
    for run in _RANDOM.finditer(line):
        yield run.span()

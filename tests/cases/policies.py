"""Rules for signatures of which something is wrong: each a rule, the path in it, and the value rules' sentence."""

from typing import Any

from kitserve.problems import Path

from tests.parts.public_keys import KEYS, OTHERS

Rule = dict[str, Any]

KEY, OTHER = KEYS["ed25519"], KEYS["p256"]
DIGEST = f"sha256:{'0' * 64}"
ISSUER = "https://accounts.example.com"
NO_KEY = "no public key of ECDSA (P-256, P-384, P-521), Ed25519 or RSA from 2048 bits on"


def content(pem: str) -> str:
    """Return what a key has between its first line and its last one, in one line."""
    return "".join(pem.splitlines()[1:-1])


def pem(*lines: str) -> str:
    """Return a key of these lines."""
    return "\n".join(("-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""))


def signed_by(*keys: str, **more: object) -> Rule:
    """Return a rule with keys."""
    return {"references": ["registry.example.com/models/**"], "keys": list(keys), **more}


def signed_as(*identities: dict[str, str]) -> Rule:
    """Return a rule with identities."""
    return {"references": ["registry.example.com/models/**"], "identities": list(identities)}


def of(reference: str) -> Rule:
    """Return a rule for a reference."""
    return {"references": [reference], "keys": [KEY]}


def subjects(pattern: str) -> Rule:
    """Return a rule with a pattern of subjects."""
    return signed_as({"issuer": ISSUER, "subjectPattern": pattern})


IDENTITY: Path = ("identities", 0)
KEYS_OF_RULE: Path = ("keys", 0)
PATTERN: Path = (*IDENTITY, "subjectPattern")

RULED: dict[str, tuple[Rule, Path, str]] = {
    "no reference": (
        {**signed_by(KEY), "references": []},
        ("references",),
        "a rule without references matches nothing",
    ),
    "cut": (signed_by(pem(content(OTHER)[:-8])), KEYS_OF_RULE, NO_KEY),
    "not base64": (signed_by(pem(content(OTHER)[:-3])), KEYS_OF_RULE, NO_KEY),
    "RSA, cut": (signed_by(pem(content(KEYS["rsa2048"])[:-4])), KEYS_OF_RULE, NO_KEY),
    "RSA of 1024 bits": (signed_by(OTHERS["rsa1024"]), KEYS_OF_RULE, NO_KEY),
    "another curve": (signed_by(OTHERS["secp256k1"]), KEYS_OF_RULE, NO_KEY),
    "nothing but letters": (signed_by(pem("abcd")), KEYS_OF_RULE, NO_KEY),
    "second of two": (signed_by(KEY, pem("abcd")), ("keys", 1), NO_KEY),
    "one key in other lines": (
        signed_by(OTHER, pem(content(OTHER)[:50], content(OTHER)[50:])),
        ("keys", 1),
        "the rule has this key already",
    ),
    "one key with CR and blanks": (
        signed_by(KEY, f"  {KEY}".replace("\n", "\r\n")),
        ("keys", 1),
        "the rule has this key already",
    ),
    "more than there are": (
        signed_by(KEY, OTHER, required=3),
        ("required",),
        "more than the 2 keys and identities of the rule",
    ),
    "one of nobody": (
        signed_by(deniedDigests=[DIGEST], required=1),
        ("required",),
        "more than the 0 keys and identities of the rule",
    ),
    "nothing demanded": (signed_by(mode="warn"), (), "a rule needs keys, identities or deniedDigests"),
    "no issuer": (signed_as({"subject": "a"}), IDENTITY, "an identity needs issuer or issuerPattern"),
    "no subject": (signed_as({"issuer": ISSUER}), IDENTITY, "an identity needs subject or subjectPattern"),
    "empty subject": (
        signed_as({"issuer": ISSUER, "subject": "a"}, {"issuer": ISSUER, "subject": ""}),
        ("identities", 1),
        "an identity needs subject or subjectPattern",
    ),
    "two issuers": (
        signed_as({"issuer": ISSUER, "issuerPattern": "^https://.*$", "subject": "a"}),
        (*IDENTITY, "issuerPattern"),
        "can't be combined with issuer",
    ),
    "range": (subjects("^[z-a]$"), PATTERN, "no regular expression"),
    "repetitions": (subjects("^a{3,2}$"), PATTERN, "no regular expression"),
}

BROKEN: dict[str, tuple[Rule, Path]] = {
    "references missing": ({"keys": [KEY]}, ("references",)),
    "scheme": (of("kit://registry.example.com/models/**"), ("references", 0)),
    "tag": (of("registry.example.com/models/iris:v1"), ("references", 0)),
    "digest": (of(f"registry.example.com/models/iris@{DIGEST}"), ("references", 0)),
    "no registry": (of("models/**"), ("references", 0)),
    "localhost without a port": (of("localhost/**"), ("references", 0)),
    "no repository": (of("registry.example.com"), ("references", 0)),
    "registry with a slash": (of("registry.example.com/"), ("references", 0)),
    "stars within a part": (of("registry.example.com/models**"), ("references", 0)),
    "three stars": (of("registry.example.com/***"), ("references", 0)),
    "upper case": (of("registry.example.com/Models/**"), ("references", 0)),
    "dot behind the registry": (of("registry.example.com./models/**"), ("references", 0)),
    "blank": (of("registry.example.com/models/** "), ("references", 0)),
    "newline": (of("registry.example.com/models/**\n"), ("references", 0)),
    "login": (of("reader@registry.example.com/models/**"), ("references", 0)),
    "nothing": (of(""), ("references", 0)),
    "one reference twice": ({"references": ["**", "**"], "keys": [KEY]}, ("references",)),
    "mode": (signed_by(KEY, mode="audit"), ("mode",)),
    "mode in capitals": (signed_by(KEY, mode="Warn"), ("mode",)),
    "formats": (signed_by(KEY, formats="sig"), ("formats",)),
    "log": (signed_by(KEY, transparencyLog="yes"), ("transparencyLog",)),
    "unknown key": (signed_by(KEY, key=KEY), ("key",)),
    "unknown key of an identity": (
        signed_as({"issuer": ISSUER, "subject": "a", "subjectRegExp": "^a$"}),
        (*IDENTITY, "subjectRegExp"),
    ),
    "private key": (signed_by(KEY.replace("PUBLIC", "PRIVATE")), KEYS_OF_RULE),
    "certificate": (signed_by(KEY.replace("PUBLIC KEY", "CERTIFICATE")), KEYS_OF_RULE),
    "two keys in one text": (signed_by(KEY + OTHER), KEYS_OF_RULE),
    "empty line in a key": (signed_by(KEY.replace("\n", "\n\n")), KEYS_OF_RULE),
    "name of a file": (signed_by("cosign.pub"), KEYS_OF_RULE),
    "one key twice": (signed_by(KEY, KEY), ("keys",)),
    "none required": (signed_by(KEY, required=0), ("required",)),
    "half required": (signed_by(KEY, required=1.5), ("required",)),
    "required as text": (signed_by(KEY, required="1"), ("required",)),
    "denied tag": (signed_by(KEY, deniedDigests=["v1"]), ("deniedDigests", 0)),
    "subject with a star": (
        signed_as({"issuer": ISSUER, "subject": "https://example.com/*"}),
        (*IDENTITY, "subject"),
    ),
    "subject with a newline": (
        signed_as({"issuer": ISSUER, "subject": "a@example.com\n"}),
        (*IDENTITY, "subject"),
    ),
    "issuer with a blank": (signed_as({"issuer": f"{ISSUER} ", "subject": "a"}), (*IDENTITY, "issuer")),
    "one identity twice": (
        signed_as({"issuer": ISSUER, "subject": "a"}, {"subject": "a", "issuer": ISSUER}),
        ("identities",),
    ),
    "identity without a key": (signed_as({}, {}), ("identities",)),
} | {
    f"pattern {text}": (subjects(text), PATTERN)
    for text in (
        "https://example.com/.*",
        "^release@example.com",
        "^release|admin$",
        r"^release\$",
        r"^v\d+$",
        r"^\w+$",
        "^(a+)+$",
        "^((a)|b)$",
        "^(?:a)$",
        "^(?i:a)$",
        "^a*?$",
        "^a++$",
        "^a**$",
        "^a{1000,}$",
        "^a{,3}$",
        "^a{01}$",
        "^a{1,00}$",
        "^[[:alpha:]]$",
        "^[a&&b]$",
        "^[]$",
        "^(a$",
        "^a)$",
        "^a$\n",
    )
}
"""Rules that the schema refuses at a path."""

FINE: dict[str, Rule] = {
    "all": of("**"),
    "any registry": of("*/models/iris"),
    "subdomains": of("*.example.com/models/**"),
    "port": of("registry:5000/iris"),
    "any port": of("registry.example.com:*/**"),
    "IPv6": of("[::1]:5000/**"),
    "in the middle": of("registry.example.com/**/prod-*/*-v2"),
    "several of two": signed_by(KEY, OTHER, required=2),
    "with an identity": {
        **signed_as({"issuer": ISSUER, "subject": "a b@example.com"}),
        "keys": [KEY],
        "required": 2,
    },
    "denied only": signed_by(deniedDigests=[DIGEST]),
    "key in one line": signed_by(pem(content(KEY))),
    "key on one line with blanks": signed_by(KEY.replace("\n", " ")),
    "key that is indented": signed_by(KEY.replace("\n", " \t\n  ")),
    "key of Windows": signed_by(KEY.replace("\n", "\r\n")),
} | {
    f"pattern {text}": subjects(text)
    for text in (
        r"^https://github\.com/acme/(train|deploy)/\.github/workflows/[a-z0-9_.-]+\.yml@refs/(heads/main|tags/v[0-9.]+)$",
        "^[^@]+@example[.]com$",
        "^a{2,}b{1}c{1,3}$",
        "^(a|b)?$",
        "^[-a]$",
        r"^[\]\-]\$$",
        "^é$",
    )
}
"""Rules that are as they should be."""

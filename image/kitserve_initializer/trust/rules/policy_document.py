"""The policy's JSON, as the chart and the command render it; whoever wrote it, it is checked here again."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.oci.reference import is_digest
from kitserve_initializer.trust.rules import pattern
from kitserve_initializer.trust.rules.policy import (
    ALLOW,
    ANY,
    BUNDLE,
    DENY,
    ENFORCE,
    OPTIONAL,
    REQUIRED,
    WARN,
    Identity,
    Policy,
    PolicyError,
    Rule,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIMIT = 128 * 1024
"""Bytes of a variable, its name included: Linux's MAX_ARG_STRLEN."""

_POLICY = ("unmatched", "trustedRoot", "rules")
_RULE = (
    "references",
    "mode",
    "keys",
    "identities",
    "required",
    "formats",
    "transparencyLog",
    "deniedDigests",
)
_IDENTITY = ("issuer", "issuerPattern", "subject", "subjectPattern")


def read(text: str) -> Policy:
    """Read KITSERVE_VERIFICATION.

    Raises:
        InvalidEnvironment: naming the place of what is wrong.
    """
    try:
        return _policy(_Fields(_decoded(text), "", _POLICY))
    except PolicyError as error:
        raise InvalidEnvironment(
            f"KITSERVE_VERIFICATION: {error}", "correct the value `verification`"
        ) from error


def _decoded(text: str) -> object:
    if len(text.encode("utf-8", "surrogateescape")) > _LIMIT:
        raise PolicyError("has more than 128 KiB")
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except RecursionError as error:
        raise PolicyError("is nested too deeply") from error
    except ValueError as error:  # also a number of more digits than Python reads
        raise PolicyError("isn't JSON") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object: of two members with one name, nobody knows which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise PolicyError("has a member twice")
    return found


def _policy(fields: _Fields) -> Policy:
    return Policy(
        fields.choice("unmatched", (ALLOW, WARN, DENY)),
        fields.text("trustedRoot"),
        tuple(_rule(each) for each in fields.objects("rules", _RULE)),
    )


def _rule(fields: _Fields) -> Rule:
    rule = Rule(
        fields.texts("references"),
        fields.choice("mode", (ENFORCE, WARN)),
        tuple(key.strip() for key in fields.texts("keys")),
        tuple(_identity(each) for each in fields.objects("identities", _IDENTITY)),
        fields.number("required", 1),
        fields.choice("formats", (ANY, BUNDLE)),
        fields.choice("transparencyLog", (OPTIONAL, REQUIRED)),
        fields.texts("deniedDigests"),
    )
    for fault in filter(None, _faults(rule)):
        raise PolicyError(f"{fields.place}{fault}")
    return rule


def _faults(rule: Rule) -> list[str]:
    signers = len(rule.keys) + len(rule.identities)
    return [
        *(f".references has {each!r}, which {_wrong(each)}" for each in rule.references if _wrong(each)),
        "" if rule.references else " has no references",
        "" if signers or rule.denied else " has neither keys nor identities nor deniedDigests",
        ".keys has one twice" if len(set(rule.keys)) < len(rule.keys) else "",
        ".identities has one twice" if len(set(rule.identities)) < len(rule.identities) else "",
        f".required is {rule.required}, and the rule has {signers} keys and identities"
        if rule.required > max(signers, 1)
        else "",
        *(
            f".deniedDigests has {each!r}, which isn't a digest"
            for each in rule.denied
            if not is_digest(each)
        ),
    ]


def _wrong(text: str) -> str:
    try:
        pattern.compiled(text, plain_http=False)
    except PolicyError as error:
        return str(error)
    return ""


@cache
def _forms() -> dict[str, str]:
    """Return the pattern for each text of an identity, those of the chart's schema."""
    forms: dict[str, str] = json.loads(Path(__file__).with_name("identity.json").read_bytes())
    return forms


def _identity(fields: _Fields) -> Identity:
    for key, form in _forms().items():
        if not re.fullmatch(form, fields.text(key)):
            raise PolicyError(f"{fields.place}.{key} doesn't have the form that is needed there")
    found = Identity(*(fields.text(key) for key in _IDENTITY))
    for name, exact, expression in (
        ("issuer", found.issuer, found.issuer_pattern),
        ("subject", found.subject, found.subject_pattern),
    ):
        if bool(exact) == bool(expression):
            raise PolicyError(f"{fields.place} needs {name} or {name}Pattern, and one of them")
        try:
            re.compile(expression)
        except (re.error, RecursionError, OverflowError) as error:
            raise PolicyError(f"{fields.place}.{name}Pattern isn't a regular expression") from error
    return found


class _Fields:
    """The members of an object at a place of the document; `null` counts as absent."""

    def __init__(self, document: object, place: str, known: Sequence[str]) -> None:
        if not isinstance(document, dict):
            raise PolicyError(f"{place or 'it'} isn't an object".strip())
        for name in document:
            if name not in known:
                raise PolicyError(f"{place} has the unknown member {name!r}".strip())
        self.place = place
        self._members = {name: value for name, value in document.items() if value is not None}

    def text(self, name: str, default: str = "") -> str:
        """Return a member that is a text."""
        return str(self._of(str, name, default, "a text"))

    def choice(self, name: str, words: Sequence[str]) -> str:
        """Return a member that is one of these words; absent or empty it is the first."""
        found = self.text(name) or words[0]
        if found not in words:
            raise PolicyError(f"{self._name(name)} is {found!r}, must be one of: {', '.join(words)}")
        return found

    def number(self, name: str, default: int) -> int:
        """Return a member that is a whole number from 1 on."""
        found = self._members.get(name, default)
        if type(found) is not int or found < 1:
            raise PolicyError(f"{self._name(name)} isn't a number from 1 on")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a member that is a list of texts."""
        found: list[Any] = self._of(list, name, [], "a list")
        if not all(isinstance(each, str) and each for each in found):
            raise PolicyError(f"{self._name(name)} isn't a list of texts")
        return tuple(found)

    def objects(self, name: str, known: Sequence[str]) -> list[_Fields]:
        """Return a member that is a list of objects with members of these names."""
        found: list[Any] = self._of(list, name, [], "a list")
        return [_Fields(each, f"{self._name(name)}[{number}]", known) for number, each in enumerate(found)]

    def _of(self, kind: type[Any], name: str, default: Any, what: str) -> Any:  # noqa: ANN401 - JSON's values
        found = self._members.get(name, default)
        if not isinstance(found, kind):
            raise PolicyError(f"{self._name(name)} isn't {what}")
        return found

    def _name(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

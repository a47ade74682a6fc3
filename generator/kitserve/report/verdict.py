"""A verdict on signatures, for people and as JSON."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import TextIO, cast

from kitserve.registry.verdict import ManifestVerdict, RuleVerdict, Verdict
from kitserve.report.line import Lines, json_text

_UNMATCHED = {"allow": "allowed", "warn": "warning", "deny": "refused"}


def text(verdict: Verdict) -> str:
    """Return a line for each manifest and each rule that is for it, and what follows, unless that is a fault."""
    written = io.StringIO()
    lines = cast("TextIO", Lines(written))
    lines.writelines(f"{line}\n" for line in _lines(verdict))
    return written.getvalue()


def json(verdict: Verdict) -> str:
    """Return the verdict as an object; the members are those of registry/verdict.py, `fault` is called `error`."""
    return json_text(_renamed(asdict(verdict)))


def _renamed(found: object) -> object:
    if isinstance(found, dict):
        return {"error" if key == "fault" else key: _renamed(value) for key, value in found.items()}
    return [_renamed(each) for each in found] if isinstance(found, list | tuple) else found


def _lines(verdict: Verdict) -> Iterator[str]:
    for manifest in verdict.manifests:
        yield f"{manifest.reference} is {manifest.digest}"
        if not manifest.rules:
            yield f"  {_UNMATCHED[verdict.unmatched]:8} no rule is for it (unmatched: {verdict.unmatched})"
        yield from (_rule(rule, manifest) for rule in manifest.rules)
    if verdict.result == "verified":
        yield f"verified: {verdict.reference} is signed as every rule that applies demands"
    elif verdict.result == "allowed":
        yield f"not verified: the policy lets {verdict.reference} pass all the same"


def _rule(rule: RuleVerdict, manifest: ManifestVerdict) -> str:
    word = "refused" if rule.refuses else "warning" if rule.fault else "ok"
    return f"  {word:8} rules[{rule.rule}] ({rule.mode}): {_said(rule, manifest)}"


def _said(rule: RuleVerdict, manifest: ManifestVerdict) -> str:
    if rule.fault:
        named, which, rest = rule.fault.cause.partition(", which ")
        return rest if which and named.startswith(manifest.reference) else rule.fault.cause
    if not rule.wanted:
        return "it isn't denied, and nobody has to sign it"
    elsewhere = f"; it was signed as {', '.join(rule.made_for)}" if rule.made_for else ""
    wanted = f"{rule.required} of {' or '.join(rule.wanted)}"
    return f"signed by {', '.join(rule.signed)}, wanted: {wanted}{elsewhere}"

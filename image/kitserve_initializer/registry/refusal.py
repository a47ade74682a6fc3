"""What it means that a registry doesn't send what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve_initializer.errors import CorruptContent, Forbidden, NotFound, RegistryError
from kitserve_initializer.registry.challenge import asks, challenges
from kitserve_initializer.registry.credential import refused
from kitserve_initializer.registry.error_codes import error_codes, told
from kitserve_initializer.registry.guests import guest_refusal

if TYPE_CHECKING:
    from kitserve_initializer.errors import RegistryFailure
    from kitserve_initializer.http.answer import Answer
    from kitserve_initializer.registry.access import Access

_DIGEST = "'sha256:"
_PLAIN_HINT = "take --plain-http out of KIT_UNPACK_FLAGS (the value unpackFlags) if this port speaks https"


def refusal(answer: Answer, what: str, name: str, access: Access) -> RegistryFailure | CorruptContent:
    """Return the error that an answer is; `what` was asked for, of the repository `name`."""
    if answer.status == 416:  # only what is there of a blob is asked for, if its descriptor is right
        return CorruptContent(f"{what} has fewer bytes in the registry than its manifest says (416)")
    codes = error_codes(answer)
    said = told(answer.status, codes)
    if answer.status == 404:
        return _not_found(answer, what, name, codes, access)
    if answer.redirected:
        return _elsewhere(answer, f"{said} for {what}", bool(codes))
    if answer.status == 401:
        return _unauthorized(answer, name, access)
    if answer.status == 403:
        return Forbidden(f"{answer.host} forbids {name} ({said}){_unasked(answer, access)}")
    return _failure(answer, f"{answer.host} answers {said} for {what} of {name}")


def _unasked(answer: Answer, access: Access) -> str:
    """Return what a sentence says of a login that nobody asked for; empty if there is none or it was sent."""
    if not (access.credential and access.is_stranger):
        return ""
    return f", and {answer.host} has never asked for the credentials from {access.credential.source}"


def _not_found(answer: Answer, what: str, name: str, codes: tuple[str, ...], access: Access) -> NotFound:
    said, unasked = told(answer.status, codes), _unasked(answer, access)
    stranger = "" if access.credential else ", or give credentials if it isn't public"
    if "NAME_UNKNOWN" in codes or ("MANIFEST_UNKNOWN" in codes and access.lacks_repository()):
        cause = f"{answer.host} has no repository {name} ({said}){unasked}"
        return NotFound(cause, f"check the repository, and that the ModelKit was pushed there{stranger}")
    hint = NotFound.hint.replace("the tag", "the digest") if _DIGEST in what else NotFound.hint
    return NotFound(f"{name} has no {what.removeprefix('the ')} ({said}){unasked}", hint + stranger)


def _elsewhere(answer: Answer, said: str, is_registry: bool) -> RegistryFailure:
    """Tell another registry, which asks for a login or has a registry's error codes, from storage."""
    asked = challenges(answer) if answer.status in (401, 403) else {}
    if "basic" in asked or asked.get("bearer", {}).get("realm"):
        return guest_refusal(answer)
    if is_registry:
        return _failure(answer, f"{answer.hop.who} answers {said}")
    # A signature that has expired, or that begins a second later by the storage's clock: the registry makes another.
    cause = f"the storage that {answer.host} redirects to answers {said}"
    return _failure(answer, cause, temporary=answer.status == 403)


def _unauthorized(answer: Answer, name: str, access: Access) -> RegistryFailure:
    """Tell a token that isn't valid from one that isn't enough (RFC 6750, 3.1)."""
    asked, credential = challenges(answer), access.credential
    if not asked:
        cause = f"{answer.host} answers 401 and doesn't say how to log in: it has no WWW-Authenticate header"
        return RegistryError(f"{cause}{_unasked(answer, access)}")
    if not asks(answer):
        return RegistryError(f"{answer.host} asks for a login that is neither Basic nor Bearer")
    if credential and asked.get("bearer", {}).get("error") == "insufficient_scope":
        return Forbidden(f"{answer.host} lets {credential.who} not pull {name} (401)")
    return refused(answer.host, credential)


def _failure(answer: Answer, cause: str, *, temporary: bool = False) -> RegistryError:
    # What Go's servers and nginx answer where TLS is spoken.
    hint = _PLAIN_HINT if answer.status == 400 and answer.hop.here.scheme == "http" else ""
    temporary = temporary or answer.is_temporary
    return RegistryError(cause, hint, temporary=temporary, wait_seconds=answer.wait_seconds)

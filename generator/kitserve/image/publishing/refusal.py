"""What it means that a registry doesn't take what is written to it."""

from kitserve_initializer.errors import Forbidden, NotFound, RegistryError, RegistryFailure, Unauthorized
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.registry.challenge import asks
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.registry.error_codes import error_codes, told

_READING = ("GET", "HEAD")
_LOGIN = "log in as somebody who may {} there (docker login, podman login, or KIT_USER and KIT_PASSWORD)"
_READ_ONLY = (
    "a mirror or a pull-through cache takes nothing: name the registry that it gets the ModelKit from"
)
_UNDELETABLE = (
    "let the registry allow it (in distribution REGISTRY_STORAGE_DELETE_ENABLED), or remove it there"
)
_IMMUTABLE = (
    "tags that can't be changed keep their first image: name another one by --tag, or refer by digest"
)
_SHUT = (405, 501)
_SHUT_HINTS = {"GET": "", "HEAD": "", "DELETE": _UNDELETABLE}
_TAKEN = {"TAG_INVALID", "PRECONDITION", "CONFLICT"}
"""What ECR (moby/buildkit#3776) and Harbor say of a tag that must stay as it is."""


def of(answer: Answer, method: str, what: str, name: str, credential: Credential) -> RegistryFailure:
    """Return the error that an answer is; `what` was to be done in the repository `name`."""
    codes = error_codes(answer)
    said = told(answer.status, codes)
    if answer.status in (401, 403) and not answer.redirected:
        return _forbidden(answer, method, name, credential, said)
    if answer.status == 404 and "NAME_UNKNOWN" in codes:
        return NotFound(f"{answer.host} has no repository {name} ({said})")
    cause = f"{answer.hop.who} answers {said} for {what} of {name}"
    if answer.status in _SHUT or "UNSUPPORTED" in codes:
        return RegistryError(cause, _SHUT_HINTS.get(method, _READ_ONLY))
    if answer.status in (409, 412) or _TAKEN.intersection(codes):
        return RegistryError(cause, _IMMUTABLE)
    # A session may be unknown to the next of several servers: another one begins anew.
    again = answer.is_temporary or "BLOB_UPLOAD_UNKNOWN" in codes
    return RegistryError(cause, temporary=again, wait_seconds=answer.wait_seconds)


def of_login(error: Unauthorized | Forbidden, name: str, method: str) -> Unauthorized | Forbidden:
    """Return what the initializer says of a login, with what this command needs it for."""
    return type(error)(f"{error.cause}, so nobody may {_deed(method)} {name}", _LOGIN.format(_verb(method)))


def _forbidden(
    answer: Answer, method: str, name: str, credential: Credential, said: str
) -> Unauthorized | Forbidden:
    hint = _LOGIN.format(_verb(method))
    if not credential:
        asked = "asks for a login" if answer.status == 401 and asks(answer) else "forbids it"
        cause = f"{answer.host} lets nobody {_deed(method)} {name} without a login: it {asked} ({said})"
        return Unauthorized(cause, hint)
    return Forbidden(f"{answer.host} doesn't let {credential.who} {_deed(method)} {name} ({said})", hint)


def _verb(method: str) -> str:
    return "pull" if method in _READING else "delete" if method == "DELETE" else "push"


def _deed(method: str) -> str:
    return {"pull": "pull from", "delete": "delete from", "push": "push to"}[_verb(method)]

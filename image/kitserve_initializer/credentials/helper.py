"""Docker's credential helpers: programs called docker-credential-NAME, which hold logins or get them elsewhere.

One that isn't on PATH is passed over, as the config may come from another machine. What a helper writes may be secret,
and is shown nowhere.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from kitserve_initializer.credentials.document import decoded, parse, well_formed
from kitserve_initializer.errors import CredentialSourceFailed
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.registry.credential import Credential
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SECONDS = 30
_CAN_T_RUN = 126
_NOT_FOUND = b"credentials not found"
TOKEN_USER = "<token>"  # noqa: S105 - a word of the protocol
"""What stands where a user would if the secret is an identity token."""


def ask(helper: str, servers: Iterable[str], origin: str) -> Credential | None:
    """Return what a helper knows of a registry by the first of its names; None if it isn't there or knows nothing.

    Raises:
        CredentialSourceFailed: if it doesn't end, or answers with something else than JSON.
    """
    program = f"docker-credential-{helper}"
    if not _NAME.fullmatch(helper) or not shutil.which(program):
        say(events.HELPER_ABSENT, credentials=origin, program=program)
        return None
    for server in servers:
        ran = _run(program, server, origin)
        if ran.returncode and _NOT_FOUND not in ran.stdout:
            say(
                events.HELPER_FAILED,
                program=program,
                credentials=origin,
                registry=server,
                code=ran.returncode,
            )
            return None
        if not ran.returncode and (found := _credential(ran.stdout, program, origin)):
            return found
    say(events.HELPER_REFUSED, program=program, credentials=origin)
    return None


def _run(program: str, server: str, origin: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [program, "get"], input=server.encode(), capture_output=True, timeout=_SECONDS, check=False
        )
    except OSError:
        # For another kind of machine than this, as from a config that was copied: as if a shell had been asked.
        return subprocess.CompletedProcess([program], _CAN_T_RUN, b"")
    except subprocess.TimeoutExpired as error:
        raise CredentialSourceFailed(f"{program} of {origin} doesn't answer") from error


def _credential(written: bytes, program: str, origin: str) -> Credential | None:
    answer = parse(decoded(written), program)
    user, text = (well_formed(str(answer.get(name) or "")) for name in ("Username", "Secret"))
    secret, source = Secret(text), f"{origin}, {program}"
    if user == TOKEN_USER and secret:
        return Credential("", Secret(""), source, identity_token=secret)
    return Credential(user, secret, source) if user and secret else None

"""The engine `kit`: `kit unpack` with the same flags, with our checks, exit codes and messages around it.

Our own client resolves the ModelKit first. So faults of the reference, the credentials and the
manifest give the native engine's messages, and kit gets the digest. kit can't continue where it was killed, and
refuses its own leftovers: so it unpacks into the staging folder, and the result is renamed into place at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.config import certificates, environment
from kitserve_initializer.config.options import KIT
from kitserve_initializer.credentials.helper import TOKEN_USER
from kitserve_initializer.destination.kitfile import KITFILE
from kitserve_initializer.destination.request import UNCOMPARED
from kitserve_initializer.destination.staging import Staging
from kitserve_initializer.engines.child_process import Command, run
from kitserve_initializer.engines.prepare import (
    announce,
    demanded,
    is_complete,
    parents_of,
    request,
    tell_complete,
    tell_skipped,
)
from kitserve_initializer.engines.selection import tell_checked
from kitserve_initializer.errors import InvalidEnvironment, KitFailed, UnexpectedDigest
from kitserve_initializer.fs.os_errors import destination_errors
from kitserve_initializer.http import tls
from kitserve_initializer.log import events
from kitserve_initializer.log.lines import say
from kitserve_initializer.login import SCHEME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitserve_initializer.config.identity import Identity
    from kitserve_initializer.config.options import Options
    from kitserve_initializer.destination.place import Place
    from kitserve_initializer.destination.request import Request
    from kitserve_initializer.modelkit.resolver import ResolvedModelKit, Resolver
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.credential import Credential
    from kitserve_initializer.secret import Secret

_DOCKER_CONFIG = Path(__file__).with_name("docker")
"""config.json names a credential helper, which lies beside it and reads the environment: no file holds a secret."""

_TREE, _HOME = "kit", "kit-home"
_DOCKER_HUB = ("docker.io", "https://index.docker.io/v1/")


def plan(
    reference: Reference, place: Place, options: Options, resolver: Resolver
) -> Callable[[], None] | None:
    """Return what lets `kit unpack` unpack the ModelKit `reference` into its place, which is made if it is missing.

    Raises:
        InvalidEnvironment: if there is no `kit` on PATH, or none that can do what is asked for.
        Failure: whatever else went wrong. What is returned raises KitFailed if kit ends with an error; the destination
            is then as it was.
    """
    program = _program(options, resolver)
    found = resolver.resolve(reference, options.labels)
    announce(found, options)
    say(events.KIT_UNVERIFIED, program=program)
    wanted = demanded(reference, options)
    parents = _parents(found, options, resolver, wanted)
    asked = request(found.kit.digest, options, wanted, parents)
    if is_complete(place, asked, options):
        return None
    # A signature is about bytes that kit doesn't compare: the marker must not pass for one that does.
    asked = replace(asked, verification=UNCOMPARED)
    return partial(_deliver, program, [*parents, found], place, options, asked)


def _deliver(
    program: str, line: list[ResolvedModelKit], place: Place, options: Options, asked: Request
) -> None:
    # kit knows one credential for a host: that of the ModelKit which was asked for, else of its nearest parent.
    logins = {each.reference.registry: each.credential for each in line}
    with Staging(place, asked, verify_again=options.verify_again) as staging:
        if staging.is_done:
            tell_complete(place, asked)
            return
        begun = time.monotonic()
        staging.begin([])
        staging.tree(_TREE)
        staging.tree(_HOME)
        pinned = str(line[-1].reference.pinned(asked.digest)).removeprefix(SCHEME)
        with _certificates(options.identity) as files:
            variables = _environment(staging.path(_HOME), logins) | _proxy(options)
            variables |= {name: certificates.path(file) for name, file in files.items()}
            words = (program, "unpack", pinned, *options.kit_words)
            command = Command(words, staging.path(_TREE), variables, tuple(files.values()))
            _run(command, [secret for each in logins.values() for secret in each.secrets])
        tell_skipped(str(line[-1].reference), staging.clean(_TREE))
        staging.publish([_TREE], _taken(staging.path(_TREE) / KITFILE))
    say(
        events.UNPACKED_BY_KIT,
        destination=place.path,
        digest=asked.digest,
        program=program,
        seconds=time.monotonic() - begun,
    )


def _parents(
    found: ResolvedModelKit, options: Options, resolver: Resolver, wanted: frozenset[str] | None
) -> list[ResolvedModelKit]:
    """Resolve the parents. kit looks tags up by itself, later: where a digest is demanded they are bound to nothing."""
    parents = parents_of(found, options, resolver, wanted)
    by_tag = [] if wanted is None else [each.reference for each in parents if not each.reference.digest]
    if by_tag:
        raise UnexpectedDigest(
            f"a digest is demanded, and the engine kit looks the tag of {by_tag[0]}, a parent, up again by itself",
            "use the engine native, pack with the parent's digest as the model's path, or allow such parents "
            "(allowParentsByTag, KITSERVE_ALLOW_PARENTS_BY_TAG)",
        )
    return parents


def check(reference: Reference, options: Options, resolver: Resolver) -> None:
    """Resolve the reference and log in, as for an unpack, and fetch no layer.

    Raises:
        Failure: whatever an unpack would have met so far.
    """
    _program(options, resolver)
    found = resolver.resolve(reference, options.labels)
    announce(found, options)
    tell_checked(found, _parents(found, options, resolver, demanded(reference, options)), options)


def _refuse_what_kit_lacks(options: Options) -> None:
    if options.layout != KIT:
        raise InvalidEnvironment(
            f"the engine kit doesn't have the layout {options.layout}",
            "use the engine native, or the layout kit (KITSERVE_LAYOUT, or the annotation kitserve.io/layout)",
        )
    if options.patterns:
        raise InvalidEnvironment(
            "the engine kit has neither STORAGE_ALLOW_PATTERNS nor STORAGE_IGNORE_PATTERNS",
            "use the engine native, or filters: --filter in KIT_UNPACK_FLAGS, or the annotation kitserve.io/filter",
        )


def _program(options: Options, resolver: Resolver) -> str:
    """Return the path of `kit`, if it can do what the options ask for."""
    _refuse_what_kit_lacks(options)
    if resolver.verifier and resolver.verifier.policy.refuses:
        raise InvalidEnvironment(
            "the engine kit unpacks bytes that nobody compares with a digest, and a policy for signatures is enforced",
            "use the engine native, or rules with the mode warn",
        )
    found = shutil.which("kit")
    if not found:
        raise InvalidEnvironment(
            "KITSERVE_ENGINE is kit, and there is no `kit` on PATH",
            "use the image that was built with --target with-kit, or the engine native",
        )
    return found


def _run(command: Command, secrets: list[Secret]) -> None:
    code, last_line = run(command, lambda line: say(events.KIT_LINE, line=line), secrets)
    if code:
        raise KitFailed(f"`kit unpack` ended with {code}: {last_line or 'it said nothing'}")


def _environment(home: Path, logins: dict[str, Credential]) -> dict[str, str]:
    """Return kit's environment: our own, with a writable home and the credential helper."""
    with destination_errors(str(home)):
        (home / "disable-update-notifications").touch()
    found = {_server(host): _login(each) for host, each in logins.items() if each}
    inherited = environment.inherited()
    return {
        **inherited,
        "PATH": f"{inherited.get('PATH', os.defpath)}{os.pathsep}{_DOCKER_CONFIG}",
        "HOME": str(home),
        "KITOPS_HOME": str(home),
        "DOCKER_CONFIG": str(_DOCKER_CONFIG),
        "KITSERVE_REGISTRY_LOGINS": json.dumps(found),
    }


def _login(credential: Credential) -> tuple[str, str]:
    """Return user and secret as Docker's credential helpers say them."""
    if credential.registry_token:
        raise InvalidEnvironment(
            f"the engine kit can't send {credential.who}: no credential helper can hand one over",
            "use the engine native, or a user and password",
        )
    if credential.identity_token:
        return TOKEN_USER, credential.identity_token.reveal()
    return credential.user, credential.password.reveal()


@contextmanager
def _certificates(told: Identity) -> Iterator[dict[str, int]]:
    """Open a file in memory for each variable of kit that names a certificate or key."""
    texts = {"SSL_CERT_FILE": tls.bundle(told)} if told.authorities else {}
    if told.client:
        texts |= {
            "KITOPS_CLIENT_CERT": told.client.certificate,
            "KITOPS_CLIENT_KEY": told.client.key.reveal(),
        }
    files = {name: certificates.memory_file(text) for name, text in texts.items()}
    try:
        yield files
    finally:
        for file in files.values():
            os.close(file)


def _proxy(options: Options) -> dict[str, str]:
    """Return variables for --proxy, which may hold a password and so must not be an argument.

    In both cases: which one wins depends on the Go that kit is built with.
    """
    if not options.proxy:
        return {}
    upper = {"HTTPS_PROXY": options.proxy, "HTTP_PROXY": options.proxy, "NO_PROXY": ""}
    return upper | {name.lower(): text for name, text in upper.items()}


def _server(host: str) -> str:
    """Return the name under which Docker's credential stores know a registry."""
    return _DOCKER_HUB[1] if host == _DOCKER_HUB[0] else host


def _taken(kitfile: Path) -> bytes | None:
    """Remove the Kitfile from kit's files and return it: publishing compares it with the existing one."""
    with destination_errors(KITFILE):
        try:
            body = kitfile.read_bytes()
        except FileNotFoundError:
            return None
        kitfile.unlink()
    return body

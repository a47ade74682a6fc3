"""Certificates that the initializer gets: in variables, and in Secrets and ConfigMaps beside its object."""

import base64
import binascii
from collections.abc import Iterator
from typing import NamedTuple

from kitserve.check.initializer import Fault, certificates_fault, client_fault
from kitserve.check.object_rules.initializer.references import is_template
from kitserve.crds.examples import storage
from kitserve.crds.lookup import Data, maps, text
from kitserve.problems import Code, Path, Problem

NO_PEM = Code(
    "KS175",
    "error",
    "The initializer can't use a certificate or a key.",
    why="The initializer ends with exit code 3 before it asks a registry, so no pod with a kit:// URI starts. "
    "Certificates are read in PEM form, each with its first and last line, and a client's key belongs to its "
    "certificate and has no password (image/kitserve_initializer/config/certificates.py).",
    example=storage("env:\n  - {name: KITSERVE_CA_CERTIFICATES, value: not a certificate}\n"),
    remedy="Write the certificates as `openssl x509 -in FILE` prints them.",
)

_ENV: Path = ("spec", "container", "env")
_AUTHORITIES = ("KITSERVE_CA_CERTIFICATES", "KITSERVE_CA_BUNDLE")
_CERTIFICATE, _KEY = "KITSERVE_CLIENT_CERTIFICATE", "KITSERVE_CLIENT_KEY"
_KINDS = {"secretKeyRef": "Secret", "configMapKeyRef": "ConfigMap"}
_SIZE = 1024 * 1024
"""Characters that are looked at: neither a Secret nor a ConfigMap holds more."""


class _Text(NamedTuple):
    """A text that a variable gets: the index of its object, its path there, and how a message calls its place."""

    number: int
    path: Path
    pem: str
    place: str


def unusable(found: list[Data]) -> Iterator[tuple[int, Problem]]:
    """Yield each text that should be a certificate or a key and can't be used, with the index of its object."""
    told: set[tuple[int, Path]] = set()
    for number, item in enumerate(found):
        if item["kind"] == "ClusterStorageContainer":
            for each, fault in _faults(number, item, found):
                if (each.number, each.path) not in told:
                    told.add((each.number, each.path))
                    yield each.number, NO_PEM.problem(fault.message, path=each.path, hint=fault.hint)


def _faults(number: int, item: Data, found: list[Data]) -> Iterator[tuple[_Text, Fault]]:
    texts: dict[str, list[_Text]] = {}
    for path, variable in maps(item, _ENV):
        name = text(variable, ("name",))
        if name in (*_AUTHORITIES, _CERTIFICATE, _KEY):
            given = (*_written(number, path, variable), *_referred(variable, found))
            texts[name] = [each for each in given if each.pem.strip() and not is_template(each.pem)]
    for name in _AUTHORITIES:
        for each in texts.get(name, ()):
            if fault := certificates_fault(each.place, each.pem):
                yield each, fault
    for certificate, key in _pairs(texts.get(_CERTIFICATE, []), texts.get(_KEY, [])):
        place = certificate.place.partition(" of ")[2] or f"{_CERTIFICATE} and {_KEY}"
        if fault := client_fault(place, certificate.pem, key.pem):
            yield certificate, fault


def _written(number: int, path: Path, variable: Data) -> Iterator[_Text]:
    if (pem := text(variable, ("value",))) and len(pem) <= _SIZE:
        yield _Text(number, (*path, "value"), pem, text(variable, ("name",)))


def _referred(variable: Data, found: list[Data]) -> Iterator[_Text]:
    """Yield what the Secrets or ConfigMaps among the objects hold that a variable refers to, of any namespace."""
    for field, kind in _KINDS.items():
        name, key = (text(variable, ("valueFrom", field, part)) for part in ("name", "key"))
        for number, other in enumerate(found if name and key else ()):
            if other["kind"] == kind and text(other, ("metadata", "name")) == name:
                for path, pem in _held(other, key):
                    yield _Text(number, path, pem, f"{key} of the {kind} {name}")


def _held(item: Data, key: str) -> Iterator[tuple[Path, str]]:
    if pem := text(item, ("stringData", key)):
        yield ("stringData", key), pem[:_SIZE]
    elif (pem := text(item, ("data", key))) and item["kind"] == "ConfigMap":
        yield ("data", key), pem[:_SIZE]
    elif pem and (decoded := _decoded(pem)):
        yield ("data", key), decoded


def _decoded(data: str) -> str:
    try:
        return base64.b64decode(data[: 2 * _SIZE]).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _pairs(certificates: list[_Text], keys: list[_Text]) -> Iterator[tuple[_Text, _Text]]:
    """Yield each certificate with the key of the same object."""
    for certificate in certificates:
        yield from ((certificate, key) for key in keys if key.number == certificate.number)

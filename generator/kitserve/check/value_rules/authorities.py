"""Rules for the certificates of authorities; the chart's twin is _authorities.tpl.

Expressions judge a bundle, because the chart's templates have no parser of certificates. `validate` asks the
initializer's own parser too (KS175).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kitserve.problems import Code, Path, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.values.types import Values

_EXAMPLE = "tls: {{caConfigMapName: authorities, caBundle: {}}}\n"
_CERTIFICATE = '"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n"'

PRIVATE_KEY = Code(
    "KS257",
    "error",
    "The certificates of authorities hold a private key.",
    why="The chart makes a ConfigMap of them, in several namespaces, and everybody who may read one of them would have "
    "the key.",
    example=_EXAMPLE.format('"-----BEGIN EC PRIVATE KEY-----"'),
    remedy="Take the key out, and replace it if others could read this file. A certificate that the initializer shows "
    "to registries, and its key, belong into a Secret, which `tls.clientSecretName` names.",
)
NO_CERTIFICATES = Code(
    "KS258",
    "error",
    "The certificates of authorities aren't a bundle in PEM form.",
    why="The initializer reads certificates in PEM form, and comments between them. It ends with exit code 3 if it "
    "can't read them, so no pod with a kit:// URI starts.",
    example=_EXAMPLE.format("none"),
    remedy="Write each certificate as `openssl x509 -in FILE` prints it, and leave other things out, such as keys and "
    "revocation lists.",
)
TOO_LARGE = Code(
    "KS259",
    "error",
    "The certificates of authorities don't fit into a variable of the environment.",
    why="The initializer gets the ConfigMap's text as a variable. Linux bounds a variable, with its name, to 128 KiB "
    "(MAX_ARG_STRLEN): the container couldn't start.",
    example="$ python3 -c \"print('tls: {caConfigMapName: a, caBundle: -----BEGIN CERTIFICATE-----MI' + 'A' * 150000 + "
    "'-----END CERTIFICATE-----}')\" | kitserve validate -",
    remedy="Keep the authorities of your registries, token servers and proxies: the system's own are trusted already.",
)
NO_CONFIG_MAP = Code(
    "KS265",
    "error",
    "The ConfigMap of authorities to create has no name.",
    why="The initializer finds the ConfigMap by its name, and Kubernetes refuses an object without one.",
    example=f"tls: {{caBundle: {_CERTIFICATE}}}\n",
    remedy="Give it a name as `tls.caConfigMapName`.",
)

CODES = (PRIVATE_KEY, NO_CERTIFICATES, TOO_LARGE, NO_CONFIG_MAP)

MOST_BYTES = 128 * 1024
"""Bytes of a variable with its name, the `=`, and the zero at its end."""
_NAME = "KITSERVE_CA_BUNDLE"
_PATH: Path = ("tls", "caBundle")
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----[ \t\r\n]*MI[A-Za-z0-9+/= \t\r\n]*-----END CERTIFICATE-----")
"""A certificate. Its bytes begin with those of a sequence of more than 127 bytes (X.690, 8.1.3.5)."""
_BROKEN = re.compile(r"-----(?:BEGIN|END)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What is no comment."""


def _bundle_has_a_name(values: Values) -> Iterator[Problem]:
    if values.tls.caBundle and not values.tls.caConfigMapName:
        place, also = ("tls", "caConfigMapName"), (_PATH,)
        yield NO_CONFIG_MAP.problem("needed to create the ConfigMap", path=place, hint="name it", also=also)


def _bundle_has_certificates_alone(values: Values) -> Iterator[Problem]:
    bundle = values.tls.caBundle
    rest = _BLOCK.sub("", bundle)
    if "PRIVATE KEY" in bundle:
        message = "this holds a private key, and everybody could read the ConfigMap"
        hint = "take it out; a client's key belongs into the Secret clientSecretName"
        yield replace(PRIVATE_KEY.problem(message, path=_PATH, hint=hint), private=True)
    elif bundle and (rest == bundle or _BROKEN.search(rest)):
        message = "no bundle of certificates in PEM form"
        hint = "each has a line BEGIN CERTIFICATE, lines of base64, and a line END CERTIFICATE, as openssl prints it"
        yield replace(NO_CERTIFICATES.problem(message, path=_PATH, hint=hint), private=True)


def _bundle_fits(values: Values) -> Iterator[Problem]:
    size = len(f"{_NAME}={values.tls.caBundle}".encode()) + 1
    if size > MOST_BYTES:
        message = f"the variable {_NAME} would have {size} bytes, and {MOST_BYTES} is the most"
        yield TOO_LARGE.problem(message, path=_PATH, hint="leave out what the system trusts already")


RULES: tuple[ValueRule, ...] = (_bundle_has_a_name, _bundle_has_certificates_alone, _bundle_fits)

"""The environment variables of a run; only this module reads them, once.

Names, types, defaults, choices and secrecy come from variables.json, which is generated from the chart's values. A
variable that is empty counts as absent, because an absent annotation reaches a container's environment as "".
"""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Variable = dict[str, Any]
"""name, aliases, trimmed, type, default, choices, secret, value (its path in the chart's values), description."""


PAIRS = (("KIT_USER", "KIT_PASSWORD"), ("KITSERVE_CLIENT_CERTIFICATE", "KITSERVE_CLIENT_KEY"))
"""Variables that count only together."""

_A_DAY = 86400


@dataclass(frozen=True)
class Environment:
    """The variables' values; each field is its variable's name in lower case, whichever alias was read."""

    kit_unpack_flags: tuple[str, ...]
    kitserve_service_filter: tuple[str, ...]
    kitserve_service_unpack_flags: tuple[str, ...]
    kitserve_service_layout: str
    kitserve_service_digest: tuple[str, ...]
    kitserve_service_label: tuple[str, ...]
    kitserve_service_verification: str
    kitserve_engine: str
    kitserve_log_format: str
    kitserve_layout: str
    kitserve_allow_parents_by_tag: bool
    kitserve_first_byte_seconds: int
    kitserve_verify_again: bool
    kitserve_verification: str
    storage_allow_patterns: tuple[str, ...]
    storage_ignore_patterns: tuple[str, ...]
    kit_user: str
    kit_password: Secret
    kitserve_credentials_registries: tuple[str, ...]
    kitserve_termination_log: Path
    kitserve_docker_config_json: Secret
    kitops_home: str
    docker_config: str
    home: str
    registry_auth_file: str
    storage_config: Secret
    storage_override_config: Secret
    aws_role_arn: str
    aws_access_key_id: str
    aws_container_credentials_full_uri: str
    aws_ecr_region: str
    google_application_credentials: str
    gcp_wif: bool
    gcp_gar_location: str
    azure_client_id: str
    azure_tenant_id: str
    azure_federated_token_file: str
    azure_authority_host: str
    https_proxy: Secret
    http_proxy: Secret
    no_proxy: str
    kitserve_ca_certificates: str
    kitserve_ca_bundle: str
    kitserve_client_certificate: str
    kitserve_client_key: Secret
    kitops_client_cert: str
    kitops_client_key: str
    ca_bundle_volume_mount_point: str
    confidential_enabled: bool
    verification_digest: str


def variables() -> list[Variable]:
    """Return the definitions of variables.json."""
    definitions: list[Variable] = json.loads(Path(__file__).with_name("variables.json").read_bytes())
    return definitions


def load(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read every variable.

    Raises:
        InvalidEnvironment: naming all the variables that are wrong.
    """
    fields: dict[str, Any] = {}
    problems: list[str] = []
    for variable in variables():
        name = variable["name"]
        try:
            fields[name.lower()] = _value(variable, environ)
        except ValueError as error:
            problems.append(f"{name} {error}")
    for one, other in PAIRS:
        if bool(fields.get(one.lower())) != bool(fields.get(other.lower())):
            problems.append(f"{one} and {other} must be given together")
    if fields.get("confidential_enabled"):
        problems.append("CONFIDENTIAL_ENABLED asks for decryption, which only KServe's own initializer does")
    if fields.get("verification_digest"):
        problems.append(
            "VERIFICATION_DIGEST demands a file's digest, which only KServe's own initializer compares"
        )
    if problems:
        raise InvalidEnvironment("; ".join(problems))
    return Environment(**fields)


def termination_log(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the termination log, which errors in other variables need."""
    return Path(_alone("KITSERVE_TERMINATION_LOG", environ))


def log_format(environ: Mapping[str, str] = os.environ) -> str:
    """Return the log's format for its first line; `load` refuses an unknown one."""
    return _alone("KITSERVE_LOG_FORMAT", environ)


def inherited() -> dict[str, str]:
    """Return a copy of all variables, for a child process."""
    return dict(os.environ)


def _alone(name: str, environ: Mapping[str, str]) -> str:
    return next(_text(variable, environ) for variable in variables() if variable["name"] == name)


def _text(variable: Variable, environ: Mapping[str, str]) -> str:
    names = (variable["name"], *variable["aliases"])
    given = (environ.get(name, "") for name in names)
    # As for `kit login --password-stdin`: `echo` adds a newline.
    texts = (text.strip() if variable["trimmed"] else text for text in given)
    return next(filter(None, texts), str(variable["default"]))


def _value(variable: Variable, environ: Mapping[str, str]) -> object:
    text = _text(variable, environ)
    return Secret(text) if variable["secret"] else _TYPES[variable["type"]](text, variable)


def _words(text: str, _: Variable) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError("has a quote or a backslash that is never closed") from error


def _choice(text: str, variable: Variable) -> str:
    if text not in variable["choices"]:
        raise ValueError(f"is {text!r}, must be one of: {', '.join(variable['choices'])}")
    return text


def _flag(text: str, _: Variable) -> bool:
    if text not in ("", "true", "false"):
        raise ValueError(f"is {text!r}, must be true or false")
    return text == "true"


def _seconds(text: str, variable: Variable) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= _A_DAY):
        raise ValueError(f"is {text!r}, must be a number of seconds up to {_A_DAY}")
    return int(text) or int(variable["default"])


def _list(text: str, _: Variable) -> tuple[str, ...]:
    """Split as KServe does: a JSON list of texts, else by commas; a pattern such as `[ab]*` isn't JSON."""
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        items = text.split(",")
    return tuple(filter(None, (item.strip() for item in items)))


_TYPES: dict[str, Callable[[str, Variable], object]] = {
    "text": lambda text, _: text,
    "path": lambda text, _: Path(text),
    "words": _words,
    "list": _list,
    "choice": _choice,
    "flag": _flag,
    "seconds": _seconds,
}

"""Every environment variable of the initializer, in two tables: for the reader, and for the renderers."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from codegen.definition.env_variable import Variable
from codegen.definition.fields import Section
from codegen.definition.values import Values


@dataclasses.dataclass(frozen=True)
class Row(Variable):
    """A variable, the words that it allows, and the path of the chart's value that sets it, or an empty path."""

    choices: tuple[str, ...] = ()
    value: str = ""


# Variables that no value of the chart sets.
_OWN = (
    Row(
        "KITSERVE_TERMINATION_LOG",
        type="path",
        default="/dev/termination-log",
        description="File for the cause of a failure, which the kubelet reads. The initializer doesn't create it.",
    ),
    # Variables that KServe, a cloud's webhook or the users themselves set.
    Row(
        "CONFIDENTIAL_ENABLED",
        type="flag",
        description="Set by KServe for `model.confidential`. Refused: only KServe's own initializer decrypts.",
    ),
    Row(
        "VERIFICATION_DIGEST",
        description="Set by KServe (kserve/kserve#6051). Refused: it is a file's digest, and a ModelKit has that of "
        "its manifest, which `kitserve.io/digest` demands.",
    ),
    Row(
        "CA_BUNDLE_VOLUME_MOUNT_POINT",
        description="Folder of KServe's own bundle of certificates, `cabundle.crt`.",
    ),
    Row("KITOPS_CLIENT_CERT", description="File of a client certificate. Wins over `--cert`."),
    Row("KITOPS_CLIENT_KEY", description="File of its key. Wins over `--key`."),
    Row("KITOPS_HOME", description="Folder of kit's own `credentials.json`, a config as Docker has it."),
    Row("DOCKER_CONFIG", description="Folder of Docker's `config.json`."),
    Row("HOME", description="Folder of `.docker/config.json`, which is read if DOCKER_CONFIG isn't set."),
    Row("REGISTRY_AUTH_FILE", description="Podman's file of logins."),
    Row(
        "STORAGE_CONFIG",
        secret=True,
        description="KServe's `storage.key`: JSON of `username` and `password`, or Docker's.",
    ),
    Row(
        "STORAGE_OVERRIDE_CONFIG",
        secret=True,
        description="KServe's `storage.parameters`, beside `storage.key`.",
    ),
    Row("AWS_ROLE_ARN", description="Role of the service account (IRSA), for ECR."),
    Row("AWS_ACCESS_KEY_ID", description="AWS's access key, for ECR."),
    Row("AWS_CONTAINER_CREDENTIALS_FULL_URI", description="EKS Pod Identity, for ECR."),
    Row(
        "GOOGLE_APPLICATION_CREDENTIALS",
        description="File of a Google service account's key or federated identity.",
    ),
    Row("AZURE_CLIENT_ID", description="Azure workload identity: the application."),
    Row("AZURE_TENANT_ID", description="Azure workload identity: its tenant."),
    Row(
        "AZURE_FEDERATED_TOKEN_FILE",
        description="Azure workload identity: file of the service account's token.",
    ),
    Row(
        "AZURE_AUTHORITY_HOST",
        description="Azure workload identity: URL of Entra. Empty: the cloud's.",
    ),
)


def table() -> tuple[Row, ...]:
    """Return all variables, sorted by name."""
    return tuple(sorted((*_rows(Values, ""), *_OWN), key=lambda row: row.name))


def read_text() -> str:
    """Return the table for the reader of the variables: image/kitserve_initializer/config/variables.json."""
    rows = [dataclasses.asdict(row) for row in table()]
    for row in rows:
        del row["reference"]
    return _json(rows)


def rendered_text() -> str:
    """Return the table for the renderers, in the order of KitOps' guide: kitserve/values/variables.json."""
    rows = [
        {
            "name": row.name,
            "value": row.value.split("."),
            **(dataclasses.asdict(row.reference) if row.reference else {}),
        }
        for row in sorted(_rows(Values, ""), key=_guide)
    ]
    return _json(rows)


def _guide(row: Row) -> tuple[bool, bool]:
    """Return a sort key: flags come first, then credentials, then the others."""
    return row.name != "KIT_UNPACK_FLAGS", not row.value.startswith("credentials.")


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, indent=2) + "\n"


def _rows(section: type[Section], prefix: str) -> Iterator[Row]:
    for name, field in section.model_fields.items():
        path = prefix + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from _rows(field.annotation, path + ".")
        for variable in field.metadata:
            if isinstance(variable, Variable):
                yield _row(variable, field, path)


def _row(variable: Variable, field: FieldInfo, path: str) -> Row:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return Row(
        **{
            **vars(variable),
            "type": "choice" if choices else variable.type,
            "description": variable.description or field.description or "",
        },
        choices=tuple(choice for choice in choices if choice),
        value=path,
    )

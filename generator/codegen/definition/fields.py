"""The building blocks of the values' definition: sections, their fields, and the types of texts."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = dict[str, str]
Open = dict[str, Any]

# Patterns are anchored at both ends and use no class that engines read differently (\d, \w, \s): a contract test
# checks this.
DnsLabel = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63)]
OptionalDnsLabel = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", max_length=63)
]
OptionalDnsName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([-.a-z0-9]*[a-z0-9])?)?$", max_length=253)
]
OptionalSecretKey = Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z0-9]*$", max_length=253)]
# KServe's webhook allows these characters; at most 53, because the Service NAME-predictor is a label of at most 63.
ServiceName = Annotated[str, StringConstraints(pattern=r"^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$")]
OptionalServiceName = Annotated[str, StringConstraints(pattern=r"^([a-z]([-a-z0-9]{0,51}[a-z0-9])?)?$")]
# A word of the user's own, and a key of a map.
GroupName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$")]
# Neither blanks nor control characters: Helm writes a DEL unescaped, and no reader of YAML accepts it.
Uri = Annotated[str, StringConstraints(pattern=r"^[a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]+$")]
OptionalUri = Annotated[str, StringConstraints(pattern=r"^([a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]+)?$")]
UriPrefix = Annotated[str, StringConstraints(pattern=r"^[a-z][-+.a-z0-9]*://[^\x00-\x20\x7f]*$")]
MountPath = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f\x7f]*$", max_length=255)]
# KServe names volumes and jobs after a cache and its nodes, and labels them with its name: this leaves room for those.
CacheName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$")]
# The pattern limits the length, because these are keys of maps: Helm reports bad `propertyNames` at the wrong place.
ObjectName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$")]
RegistryHost = Annotated[str, StringConstraints(pattern=r"^[-._:/a-zA-Z0-9]+$")]
HostPort = Annotated[str, StringConstraints(pattern=r"^([-._a-zA-Z0-9]+|\[[:.a-fA-F0-9]+\])(:[0-9]{1,5})?$")]
UserName = Annotated[str, StringConstraints(pattern=r"^[^:]*$")]
Quantity = Annotated[
    str, StringConstraints(pattern=r"^[0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")
]
OptionalQuantity = Annotated[
    str, StringConstraints(pattern=r"^([0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)?$")
]
OptionalDigests = Annotated[
    str, StringConstraints(pattern=r"^(sha256:[a-f0-9]{64}( sha256:[a-f0-9]{64})*)?$")
]
VariableName = Annotated[str, StringConstraints(pattern=r"^[-._a-zA-Z][-._a-zA-Z0-9]*$")]
# int32, as in Kubernetes.
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[-._:/a-zA-Z0-9]+$")]
FilePattern = Annotated[str, StringConstraints(pattern=r"^[^,\x00-\x1f\x7f]+$")]
Repository = Annotated[str, StringConstraints(pattern=r"^(([-._a-zA-Z0-9]+(:[0-9]+)?/)?[-._/a-zA-Z0-9]+)?$")]
"""An image's repository: its tag is another value."""
ImagePart = Annotated[str, StringConstraints(pattern=r"^[-._:/a-zA-Z0-9]*$")]
ImageTag = Annotated[str, StringConstraints(pattern=r"^([_a-zA-Z0-9][-._a-zA-Z0-9]*)?$", max_length=128)]
ImageDigest = Annotated[str, StringConstraints(pattern=r"^(sha256:[a-f0-9]{64})?$")]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[a-f0-9]{64}$")]


class Section(BaseModel):
    """A map of values. It denies unknown keys, most of which are typing errors or wrongly indented."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def value(default: Any, description: str, **schema: Any) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """Return a field with the chart's default `default`; absent from the values, it is empty of the same type.

    `schema` holds further keywords for the field's JSON schema.
    """
    return Field(
        default_factory=type(default),
        description=description,
        json_schema_extra={"default": default, **schema},
    )


def unset(description: str) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """Return a number that has no default in the chart: it is rendered only if it is given, 0 included."""
    return Field(default=0, description=description)


def section(kind: type[Section], description: str) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """Return a field that is a map of further values, each with its own default."""
    return Field(default_factory=kind, description=description)


class Named(Section):
    """A reference to an object by its name."""

    name: ObjectName = Field(description="Name of the object.")


class EnvironmentVariable(Section):
    """A variable of a container's environment."""

    name: VariableName = Field(description="Name of the variable.")
    value: str = Field(default="", description="Text of the variable.")
    valueFrom: Open = Field(default={}, description="Source of its value, as in Kubernetes.")

"""The values of an LLMInferenceService."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from codegen.definition.fields import (
    Count,
    EnvironmentVariable,
    Named,
    Open,
    OptionalDnsLabel,
    OptionalDnsName,
    OptionalUri,
    Section,
    Words,
    section,
    unset,
    value,
)
from codegen.definition.model_image import ImageChoice, ModelImage
from codegen.definition.service_parts import Placement, ServiceIdentity

# vLLM gets it as `NAME=PATH` from a shell, and it names a folder. The pattern limits the length, as of each map's keys.
AdapterName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$")]


class ServedLlm(Section):
    """What is served, and how."""

    apiVersion: Literal["", "v1alpha1", "v1alpha2"] = value(
        "", "Version of KServe's API. KServe 0.16 has `v1alpha1` only. Empty: `v1alpha2`."
    )
    namespace: OptionalDnsLabel = value("", "Its namespace. Empty: the release's.")
    labels: Words = value({}, "Labels for it.")
    annotations: Words = value({}, "Annotations for it.")
    uri: OptionalUri = value(
        "",
        "The model's URI. `kit://` becomes the image that `kitserve image` makes of the ModelKit; another scheme is "
        "KServe's to fetch.",
    )
    unpacking: ImageChoice = section(ImageChoice, "Options of `kitserve image` for the model.")
    modelName: str = value("", "Name of the model in requests. Empty: the service's name.")
    adapters: dict[AdapterName, ModelImage] = value(
        {},
        "LoRA adapters by the name that requests choose them by. `kit://` is mounted at `/mnt/lora/NAME` and named to "
        "vLLM by `--lora-modules`; other schemes are KServe's to fetch (0.19), and can't be combined with `kit://`.",
    )
    replicas: Count = unset("Number of pods. Absent: KServe's default, 1.")
    baseRefs: list[Named] = value([], "LLMInferenceServiceConfigs that it is based on; the last one wins.")
    serviceAccountName: OptionalDnsName = value("", "Service account of its pods.")
    image: str = value("", "Image of the container `main`. Empty: as KServe's configuration has it.")
    args: list[str] = value(
        [], "Arguments of the container `main`, which KServe's configuration hands to vLLM."
    )
    env: list[EnvironmentVariable] = value([], "Environment of the container `main`.")
    resources: Open = value({}, "Resources of the container `main`, as in Kubernetes.")
    router: Open = value(
        {},
        "KServe's `spec.router`, such as `{gateway: {}, route: {}, scheduler: {}}`. Empty: nothing routes to it.",
    )
    spec: Open = value(
        {},
        "Any other fields of KServe's `spec`, merged over the fields that the keys above set. Its pods get the volumes "
        "of images in addition to what is written here.",
    )


class LlmInferenceService(Placement, ServedLlm, ServiceIdentity):
    """An LLMInferenceService, which has the image of its ModelKit as a volume."""

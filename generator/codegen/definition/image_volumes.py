"""The values of ModelKits that nodes pull as images."""

from typing import Literal

from codegen.definition.fields import Open, Section, section, value
from codegen.definition.prefetch import PauseImage, Prefetch, PrefetchName


class ImageVolumes(Section):
    """Settings of services with `delivery: imageVolume`, LLMInferenceServices, and models that nodes keep."""

    mountBy: Literal["", "storageUri", "volume"] = value(
        "storageUri",
        "How the image gets into the pod. `storageUri`: KServe mounts it, by the scheme `oci+native://` (KServe 0.20, "
        "if its configuration has `enableModelcar`, `enableOciModelSupport` or `ociModelMode`). `volume`: the "
        "predictor has the volume itself, for older versions of KServe and where this is off. Empty: `storageUri`.",
    )
    admissionVerifies: bool = value(
        False,
        "An admission controller verifies the signatures of images. The initializer doesn't see what a node pulls: "
        "unless this is true, image volumes are refused beside a `verification` that enforces signatures or denies "
        "digests.",
    )
    prefetch: dict[PrefetchName, Prefetch] = value(
        {}, "DaemonSets by name, whose pods keep a model's image on nodes before a service comes."
    )
    pauseImage: PauseImage = section(PauseImage, "The image of their pods: a program that waits.")
    prefetchResources: Open = value(
        {"requests": {"cpu": "1m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}},
        "Resources of their pods, as in Kubernetes.",
    )

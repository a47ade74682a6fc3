"""The values of ModelKits that nodes pull as images."""

from typing import Literal

from codegen.definition.fields import Section, value


class ImageVolumes(Section):
    """Settings of services with `delivery: imageVolume`."""

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

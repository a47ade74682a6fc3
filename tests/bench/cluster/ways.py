"""The ways in which a model reaches its server, each of them a row."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.cluster import images
from tests.bench.cluster.content import KIT_TAG, MODELKIT, part
from tests.bench.cluster.site import CLAIM, Site
from tests.e2e import files
from tests.e2e.images import PAUSE

NAME = "model"
PREFETCH = "prefetch"
_PREDICTOR = {"terminationGracePeriodSeconds": 1}
"""Python ends at no SIGTERM."""


def _nothing(_: Site) -> None:
    """Nothing is to be done."""


@dataclass(frozen=True)
class Way:
    """A row: `prepare` is what somebody does before a first start, `forget` leaves nothing of it on the node.

    `path` is what the server is asked for; `missing` says why the row can't be measured, where that is so.
    """

    name: str
    service: Callable[[Site], dict[str, Any]]
    forget: Callable[[Site], None] = _nothing
    prepare: Callable[[Site], None] = _nothing
    path: str = f"/{part(0)}"
    missing: str = ""


def ways() -> tuple[Way, ...]:
    """Return all rows in the order of the table."""
    kit = "" if shutil.which("kit") else "left out: no `kit` on PATH"
    return (
        Way(BASE_LINE, _without_model, path=""),
        Way(INITIALIZER, _initializer),
        Way("initializer, engine `kit`", _with_kit, missing=kit),
        Way(IMAGE_VOLUME, _image_volume, _forget_images),
        Way("image volume, prefetched by a DaemonSet", _image_volume, _forget_images, _prefetch),
        Way(VOLUME, _volume, Site.empty_volume),
        Way("KServe's modelcar, `oci://`", _modelcar, _forget_images),
        Way(KSERVE, _kserve),
    )


BASE_LINE = "a pod without a model"
INITIALIZER = "initializer, `kit://`"
IMAGE_VOLUME = "image volume"
VOLUME = "PersistentVolumeClaim"
KSERVE = "KServe's own initializer, `oci+fetch://`"


def _entry(site: Site, uri: str, **keys: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of an entry
    """Return the InferenceService that `kitserve render` makes of an entry."""
    entry = files.service(storageUri=uri, **{"predictor": _PREDICTOR, **keys})
    rendered = site.render(inferenceServices={NAME: entry})
    return next(each for each in rendered if each["kind"] == "InferenceService")


def _without_model(site: Site) -> dict[str, Any]:
    container = files.runtime(site.image)["spec"]["containers"][0]
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": NAME},
        "spec": {"predictor": {**_PREDICTOR, "containers": [container]}},
    }


def _initializer(site: Site) -> dict[str, Any]:
    return _entry(site, f"kit://{site.modelkit}")


def _with_kit(site: Site) -> dict[str, Any]:
    return _entry(site, f"kit://{site.registry.host}/{MODELKIT}:{KIT_TAG}")


def _image_volume(site: Site) -> dict[str, Any]:
    return _entry(site, f"kit://{site.modelkit}", delivery="imageVolume")


def _modelcar(site: Site) -> dict[str, Any]:
    return _entry(site, f"oci://{site.car}")


def _kserve(site: Site) -> dict[str, Any]:
    return _entry(site, f"{images.KSERVE_SCHEME}{site.car}")


def _volume(site: Site) -> dict[str, Any]:
    volume = {"name": "kserve-provision-location", "persistentVolumeClaim": {"claimName": CLAIM}}
    return _entry(site, f"kit://{site.modelkit}", predictor={**_PREDICTOR, "volumes": [volume]})


def _forget_images(site: Site) -> None:
    site.kubectl.run("delete", "daemonset", PREFETCH, "--ignore-not-found", "--wait", "--cascade=foreground")
    site.remove_images()


def _prefetch(site: Site) -> None:
    """Wait until a DaemonSet has brought the image."""
    repository, _, tag = PAUSE.rpartition(":")
    pause = {"registry": "", "repository": repository, "tag": tag}
    model = {"uri": f"kit://{site.modelkit}"}
    rendered = site.render(imageVolumes={"pauseImage": pause, "prefetch": {PREFETCH: model}})
    site.kubectl.apply(*(each for each in rendered if each["kind"] == "DaemonSet"))
    site.kubectl.run("rollout", "status", f"daemonset/{PREFETCH}", "--timeout=600s")

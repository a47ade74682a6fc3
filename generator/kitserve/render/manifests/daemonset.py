"""DaemonSets whose pods keep the images of models on their nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.delivery import MOUNT_PATH, Mount
from kitserve.render.manifests.image import reference
from kitserve.render.manifests.image_volume import image
from kitserve.render.manifests.initializer_env import DOMAIN
from kitserve.render.manifests.metadata import metadata, names, present
from kitserve.values.schema import defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.release import Release
    from kitserve.values.types import Prefetch, Values


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield the DaemonSets in the order of names."""
    for name, prefetch in sorted(values.imageVolumes.prefetch.items()):
        labels = {f"{DOMAIN}/prefetch": name}
        yield {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": metadata(values, release, name, prefetch.namespace or release.namespace),
            "spec": {
                "selector": {"matchLabels": labels},
                # With another image a part of the nodes pulls at a time. Nobody misses a pod that only waits.
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
                "template": {
                    "metadata": {"labels": values.commonLabels | labels},
                    "spec": _pod(values, prefetch),
                },
            },
        }


def _pod(values: Values, prefetch: Prefetch) -> dict[str, Any]:
    model = image(prefetch.uri, prefetch.layout or values.layout, prefetch.filter, prefetch.label)
    mount = Mount("model", model, MOUNT_PATH)
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 0,
        "nodeSelector": {"kubernetes.io/os": "linux", **prefetch.nodeSelector},
        **present(
            {
                "tolerations": prefetch.tolerations,
                "priorityClassName": prefetch.priorityClassName,
                "imagePullSecrets": names(values.imagePullSecrets),
            }
        ),
        "containers": [{**_pause(values), "volumeMounts": [mount.volume_mount]}],
        "volumes": [mount.volume],
    }


def _pause(values: Values) -> dict[str, Any]:
    pause = values.imageVolumes.pauseImage
    return {
        "name": "pause",
        "image": reference(values, pause),
        **present({"imagePullPolicy": pause.pullPolicy, "resources": values.imageVolumes.prefetchResources}),
        # What Pod Security's `restricted` demands, whatever the initializer is allowed.
        "securityContext": defaults()["securityContext"],
    }

"""Rules for volumes that outlive the pods of a service; the chart's twin is _persistentvolumeclaim.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.problems import Code, Path, Problem
from kitserve.render.manifests.volumes.persistentvolumeclaim import content, is_volume, volume_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.manifests.inferenceservice import Service, Services
    from kitserve.values.types import Values

    Entry = dict[str, Any]

_IRIS = (
    "    modelFormat: {name: sklearn}\n    delivery: volume\n    storageUri: kit://registry.example.com/iris:"
)
_NEW, _OLD = (f"inferenceServices:\n  {name}:\n{_IRIS}" for name in ("iris", "old"))

NO_VOLUME = Code(
    "KS285",
    "error",
    "A service unpacks its ModelKits into a volume, and no volume is named.",
    why="A claim needs a size, and a claim that is there needs to be named: the renderers ask no cluster.",
    example=f"{_NEW}v1\n",
    remedy="Give `modelVolume.size`, and a claim is made for each tag; or name one by `modelVolume.claimName`.",
)
OWN_VOLUME = Code(
    "KS286",
    "error",
    "A service's `predictor` already brings the volume that its ModelKits would be unpacked into.",
    why="A pod has one volume of a name, and KServe takes it by its name (CommonStorageInitialization in "
    "pkg/webhook/admission/pod/storage_initializer_injector.go).",
    example=f"{_NEW}v1\n    modelVolume: {{size: 1Gi}}\n"
    "    predictor: {volumes: [{name: kserve-provision-location, emptyDir: {}}]}\n",
    remedy="Leave the volume out; or leave `delivery` out, and KServe takes the one that the `predictor` brings.",
)
SHARED_CLAIM = Code(
    "KS287",
    "error",
    "Two services unpack different ModelKits, or the same one differently, into one claim.",
    why="The initializer unpacks one ModelKit into a folder. It refuses the second, which would change the files of "
    "the first under its server (exit code 33).",
    example=f"{_NEW}v2\n    modelVolume: {{claimName: models}}\n"
    f"{_OLD.partition(chr(10))[2]}v1\n    modelVolume: {{claimName: models}}\n",
    remedy="Name another claim, or give `size` instead of `claimName`.",
)
CODES = (NO_VOLUME, OWN_VOLUME, SHARED_CLAIM)


def check_services(values: Values, services: Services) -> Iterator[Problem]:
    """Yield the problems of the services' volumes."""
    first: dict[tuple[str, str], Service] = {}
    for service in sorted(services, key=lambda service: service.key):
        if is_volume(service.entry):
            path = ("inferenceServices", service.key)
            yield from _is_named(path, service.entry)
            yield from _is_the_only_one(path, service.entry)
            yield from _holds_one_content(values, path, service, first)


def _is_named(path: Path, entry: Entry) -> Iterator[Problem]:
    volume = entry.get("modelVolume", {})
    if not (volume.get("size") or volume.get("claimName")):
        message = "delivery: volume needs the size of a claim to make, or the claimName of one that is there"
        also = ((*path, "delivery"), (*path, "modelVolume", "claimName"))
        yield NO_VOLUME.problem(
            message, path=(*path, "modelVolume", "size"), hint="such as `20Gi`", also=also
        )


def _is_the_only_one(path: Path, entry: Entry) -> Iterator[Problem]:
    name, is_open = volume_name(entry), "volumes" in entry.get("predictor", {})
    volumes = entry["predictor"]["volumes"] if is_open else entry.get("volumes", [])
    given = volumes if isinstance(volumes, list) else []
    if any(isinstance(volume, dict) and volume.get("name") == name for volume in given):
        yield OWN_VOLUME.problem(
            f"delivery: volume brings the volume {name} already",
            path=(*path, "predictor", "volumes") if is_open else (*path, "volumes"),
            hint="leave it out, or leave delivery out",
            also=((*path, "delivery"),),
        )


def _holds_one_content(
    values: Values, path: Path, service: Service, first: dict[tuple[str, str], Service]
) -> Iterator[Problem]:
    claim = service.entry.get("modelVolume", {}).get("claimName")
    other = first.setdefault((service.entry.get("namespace", ""), claim), service) if claim else service
    if content(other.entry, values) != content(service.entry, values):
        yield SHARED_CLAIM.problem(
            f"the claim {claim} is for what {other.key} unpacks",
            path=(*path, "modelVolume", "claimName"),
            hint="name another claim, or give size instead",
            also=(("inferenceServices", other.key, "modelVolume", "claimName"),),
        )

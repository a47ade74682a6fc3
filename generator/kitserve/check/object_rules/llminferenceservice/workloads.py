"""Workloads of an LLMInferenceService: its own, and `prefill`."""

from collections.abc import Iterator

from kitserve.check.object_rules.quantities import amount
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import llm
from kitserve.crds.lookup import Data, at, mapping, maps, whole
from kitserve.problems import Code, Path, Problem

_SOURCE = "pkg/apis/serving/v1alpha2/llm_inference_service_validation.go"
PARALLELISM = Code(
    "KS270",
    "error",
    "A workload's parallelism doesn't fit together.",
    why="A workload with `worker` needs parallelism of data or of a pipeline, and none has both. `data` and "
    "`dataLocal` go "
    f"together (validateWorkloadParallelism in {_SOURCE}).",
    example=llm("worker: {containers: []}\n"),
    remedy="Write `parallelism` with `pipeline`, or with `data` and `dataLocal`.",
)
BACKENDS = Code(
    "KS271",
    "error",
    "A service and its `prefill` are scaled by different autoscalers.",
    why="Both use `hpa` or both use `keda`, because they need different metrics pipelines "
    "(ValidateActuatorConsistency in "
    f"{_SOURCE}).",
    example=llm(
        "scaling: {maxReplicas: 2, wva: {hpa: {}}}\nprefill:\n  scaling: {maxReplicas: 2, wva: {keda: {}}}\n"
    ),
    remedy="Use one of the two for both.",
)
KV_CACHE = Code(
    "KS272",
    "error",
    "The tiers of a KV cache aren't complete.",
    why="With `secondary` the webhook requires `cpu`, and in each tier `fileSystem` with exactly one of `emptyDir` and "
    "`pvc`, "
    f"the latter with exactly one of `spec` and `ref` (validateKVCacheOffloadingSpec in {_SOURCE}).",
    example=llm("kvCacheOffloading: {cpu: 1Gi, secondary: [{fileSystem: {}}]}\n"),
    remedy="Write the field that the message names.",
)
_WORKLOADS: tuple[Path, ...] = (("spec",), ("spec", "prefill"))


def _parallelism_fits(item: Data) -> Iterator[Problem]:
    for workload in _WORKLOADS:
        place: Path = (*workload, "parallelism")
        sizes = {name: whole(item, (*place, name)) for name in ("pipeline", "data", "dataLocal")}
        pipeline = (sizes["pipeline"] or 0) > 0
        data = (sizes["data"] or 0) > 0 or (sizes["dataLocal"] or 0) > 0
        if isinstance(at(item, (*workload, "worker")), dict) and not pipeline and not data:
            hint = "write pipeline, or data and dataLocal"
            message, also = "workers need parallelism of data or of a pipeline", ((*workload, "worker"),)
            yield PARALLELISM.problem(message, path=place, hint=hint, also=also)
        if pipeline and data:
            both = tuple((*place, name) for name, size in sizes.items() if (size or 0) > 0)
            message, hint = "is of a pipeline and of data", "keep one of them"
            yield PARALLELISM.problem(message, path=place, hint=hint, also=both)
        for field, other in (("data", "dataLocal"), ("dataLocal", "data")):
            if sizes[field] is None and sizes[other] is not None:
                message, also = f"needed beside {other}", ((*place, other),)
                yield PARALLELISM.problem(message, path=(*place, field), also=also)


def _backends_are_the_same(item: Data) -> Iterator[Problem]:
    places: list[Path] = [(*workload, "scaling", "wva") for workload in _WORKLOADS]
    used = [
        mapping(item, place).get("hpa") is not None for place in places if isinstance(at(item, place), dict)
    ]
    if len(used) == 2 and used[0] != used[1]:
        message = f"the service itself is scaled by {'hpa' if used[0] else 'keda'}"
        yield BACKENDS.problem(message, path=places[1], hint="use the same for both", also=(places[0],))


def _tiers_are_complete(item: Data) -> Iterator[Problem]:
    for workload in _WORKLOADS:
        cache: Path = (*workload, "kvCacheOffloading")
        tiers = list(maps(item, (*cache, "secondary")))
        if tiers and not amount(at(item, (*cache, "cpu")) or 0):
            message, also = "needed with secondary tiers", ((*cache, "secondary"),)
            yield KV_CACHE.problem(message, path=(*cache, "cpu"), hint="such as 10Gi", also=also)
        for path, _ in tiers:
            yield from _tier(item, (*path, "fileSystem"))


def _tier(item: Data, path: Path) -> Iterator[Problem]:
    system = at(item, path)
    if not isinstance(system, dict):
        yield KV_CACHE.problem("a tier needs this", path=path)
        return
    yield from _one_of(system, ("emptyDir", "pvc"), path)
    if isinstance(claim := system.get("pvc"), dict) and system.get("emptyDir") is None:
        yield from _one_of(claim, ("spec", "ref"), (*path, "pvc"))
        if claim.get("spec") is None and isinstance(claim.get("ref"), dict) and not claim["ref"].get("name"):
            yield KV_CACHE.problem("needed here", path=(*path, "pvc", "ref", "name"))


def _one_of(found: Data, fields: tuple[str, str], path: Path) -> Iterator[Problem]:
    if sum(found.get(field) is not None for field in fields) != 1:
        yield KV_CACHE.problem(f"needs exactly one of {' and '.join(fields)}", path=path)


RULES = (ObjectRule(_parallelism_fits), ObjectRule(_backends_are_the_same, since="0.19"))
NEWER_RULES = (ObjectRule(_tiers_are_complete, since="0.20"),)

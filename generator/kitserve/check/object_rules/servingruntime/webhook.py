"""What KServe's webhook refuses in a ServingRuntime or ClusterServingRuntime."""

from collections.abc import Iterator

from kitserve.check.object_rules.gpus import ANNOTATION, unknown_gpus
from kitserve.check.object_rules.inferenceservice.containers import PYTHONPATH
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds import codes
from kitserve.crds.lookup import Data, at, items, mapping, maps, text, whole
from kitserve.problems import Code, Path, Problem

EXAMPLE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterServingRuntime
metadata:
  name: forest
spec:
  supportedModelFormats:
{formats}  containers:
    - name: kserve-container
      image: registry.example.com/forest:1.0
{worker}"""
FORM = "    - {{name: forest, version: '{version}', autoSelect: true, priority: {priority}}}\n"

NODES = Code(
    "KS241",
    "error",
    "The webhook refuses a runtime over several nodes.",
    why="There is one worker container, and fields of `workerSpec`, not variables, set the sizes, "
    "which are at least 1. A resource other than CPU, memory and storage is a GPU that KServe knows, or that the "
    f"annotation {ANNOTATION} of the runtime's `spec` names (validateMultiNodeSpec in "
    "pkg/webhook/admission/servingruntime/servingruntime_webhook.go).",
    example=EXAMPLE.format(
        formats=FORM.format(version=1, priority=1),
        worker="  workerSpec:\n    pipelineParallelSize: 0\n    containers:\n      - name: worker-container\n"
        "        image: registry.example.com/forest:1.0\n",
    ),
    remedy="Write the sizes into `workerSpec`.",
)

_SPEC: Path = ("spec",)


def is_enabled(item: Data) -> bool:
    """Return whether KServe may use a runtime."""
    return at(item, ("spec", "disabled")) is not True


def _no_python_path(item: Data) -> Iterator[Problem]:
    for pod in (_SPEC, ("spec", "workerSpec")):
        for path, _ in maps(item, (*pod, "containers")):
            for place, variable in maps(item, (*path, "env")):
                if variable.get("name") == "PYTHONPATH" and is_enabled(item):
                    yield PYTHONPATH.problem("KServe refuses this variable", path=(*place, "name"))


def _several_nodes_are_possible(item: Data) -> Iterator[Problem]:
    worker: Path = ("spec", "workerSpec")
    if not isinstance(at(item, worker), dict) or not is_enabled(item):
        return
    if (count := len(items(item, (*worker, "containers")))) != 1 and "containers" in mapping(item, worker):
        yield NODES.problem(f"one container works on each node, not {count}", path=(*worker, "containers"))
    for field in ("pipelineParallelSize", "tensorParallelSize"):
        if (size := whole(item, (*worker, field))) is not None and size < 1:
            yield NODES.problem("must be at least 1", path=(*worker, field))
    for path, container in maps(item, ("spec", "containers")):
        for place, variable in (
            maps(item, (*path, "env")) if container.get("name") == "kserve-container" else ()
        ):
            if variable.get("name") in ("PIPELINE_PARALLEL_SIZE", "TENSOR_PARALLEL_SIZE"):
                message = "a field of workerSpec sets this"
                yield NODES.problem(message, path=(*place, "name"), also=(worker,))
    yield from _gpus_are_known(item)


def _gpus_are_known(item: Data) -> Iterator[Problem]:
    annotations: Path = ("spec", "annotations")
    places = [
        path for path, found in maps(item, ("spec", "containers")) if found.get("name") == "kserve-container"
    ]
    worker: Path = ("spec", "workerSpec", "containers", 0)
    places += [worker] if text(item, (*worker, "name")) == "worker-container" else []
    yield from unknown_gpus(item, annotations, places, NODES)


def _replicas_fit(item: Data) -> Iterator[Problem]:
    place: Path = ("spec", "replicas")
    if (count := whole(item, place)) is not None and not 0 <= count < 2**16:
        yield codes.BOUND.problem("must be 0 to 65535", path=place)


RULES = (
    ObjectRule(_replicas_fit),
    ObjectRule(_no_python_path, since="0.18"),
    ObjectRule(_several_nodes_are_possible),
)

"""What KServe's webhook refuses in a ServingRuntime or ClusterServingRuntime."""

from collections.abc import Iterator

from kitserve.check.object_rules.inferenceservice.webhook import PYTHONPATH
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.lookup import Data, at, items, maps, text, whole
from kitserve.problems import Code, Path, Problem

_EXAMPLE = """\
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
_FORM = "    - {{name: forest, version: '{version}', autoSelect: true, priority: {priority}}}\n"

PRIORITY = Code(
    "KS240",
    "error",
    "A runtime has two priorities for one format.",
    why="The webhook requires the same priority for all versions of a format that `autoSelect` is set "
    "for (validateModelFormatPrioritySame in "
    "pkg/webhook/admission/servingruntime/servingruntime_webhook.go). In a cluster without any "
    "runtime it doesn't check this.",
    example=_EXAMPLE.format(
        formats=_FORM.format(version=1, priority=1) + _FORM.format(version=2, priority=2), worker=""
    ),
    remedy="Give all versions the same priority.",
)
NODES = Code(
    "KS241",
    "error",
    "The webhook refuses a runtime over several nodes.",
    why="There is one worker container, and fields of `workerSpec`, not variables, set the sizes, "
    "which are at least 1 (validateMultiNodeSpec in "
    "pkg/webhook/admission/servingruntime/servingruntime_webhook.go).",
    example=_EXAMPLE.format(
        formats=_FORM.format(version=1, priority=1),
        worker="  workerSpec:\n    pipelineParallelSize: 0\n    containers:\n      - name: worker-container\n"
        "        image: registry.example.com/forest:1.0\n",
    ),
    remedy="Write the sizes into `workerSpec`.",
)

_SPEC: Path = ("spec",)


def _is_enabled(item: Data) -> bool:
    return at(item, ("spec", "disabled")) is not True


def _priorities_are_the_same(item: Data) -> Iterator[Problem]:
    first: dict[str, int | None] = {}
    for path, form in maps(item, ("spec", "supportedModelFormats")):
        if form.get("autoSelect") is not True or not _is_enabled(item):
            continue
        name, priority = text(form, ("name",)), whole(form, ("priority",))
        known = first.setdefault(name, priority)
        if None not in (known, priority) and known != priority:
            message = f"another version of this format has priority {known}"
            yield PRIORITY.problem(message, path=(*path, "priority"), hint="give them one priority")


def _no_python_path(item: Data) -> Iterator[Problem]:
    for pod in (_SPEC, ("spec", "workerSpec")):
        for path, _ in maps(item, (*pod, "containers")):
            for place, variable in maps(item, (*path, "env")):
                if variable.get("name") == "PYTHONPATH" and _is_enabled(item):
                    yield PYTHONPATH.problem("KServe refuses this variable", path=(*place, "name"))


def _several_nodes_are_possible(item: Data) -> Iterator[Problem]:
    worker: Path = ("spec", "workerSpec")
    if not isinstance(at(item, worker), dict) or not _is_enabled(item):
        return
    if len(items(item, (*worker, "containers"))) > 1:
        yield NODES.problem("at most one container works on each node", path=(*worker, "containers"))
    for field in ("pipelineParallelSize", "tensorParallelSize"):
        if (size := whole(item, (*worker, field))) is not None and size < 1:
            yield NODES.problem("must be at least 1", path=(*worker, field))
    for path, container in maps(item, ("spec", "containers")):
        for place, variable in (
            maps(item, (*path, "env")) if container.get("name") == "kserve-container" else ()
        ):
            if variable.get("name") in ("PIPELINE_PARALLEL_SIZE", "TENSOR_PARALLEL_SIZE"):
                yield NODES.problem("a field of workerSpec sets this", path=(*place, "name"))


RULES = (
    ObjectRule(_priorities_are_the_same),
    ObjectRule(_no_python_path, since="0.18"),
    ObjectRule(_several_nodes_are_possible),
)

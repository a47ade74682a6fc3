"""What KServe's webhook refuses in a ServingRuntime or ClusterServingRuntime."""

from collections.abc import Iterator

from kitserve.check.object_rules.gpus import ANNOTATION, further_gpus, unknown_gpus
from kitserve.check.object_rules.inferenceservice.webhook import PYTHONPATH
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds import codes, structures
from kitserve.crds.lookup import Data, at, items, mapping, maps, text, whole
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
    "pkg/webhook/admission/servingruntime/servingruntime_webhook.go).",
    example=_EXAMPLE.format(
        formats=_FORM.format(version=1, priority=1) + _FORM.format(version=2, priority=2), worker=""
    ),
    remedy="Give all versions the same priority.",
)
LATE_PRIORITY = Code(
    "KS154",
    "warning",
    "A ServingRuntime has two priorities for one format, which KServe's webhook refuses later.",
    why="The webhook only checks this if the namespace has a ServingRuntime already. So it admits the first one, and "
    "refuses the next change of it (Handle of ServingRuntimeValidator in "
    "pkg/webhook/admission/servingruntime/servingruntime_webhook.go).",
    example=_EXAMPLE.format(
        formats=_FORM.format(version=1, priority=1) + _FORM.format(version=2, priority=2), worker=""
    ).replace("ClusterServingRuntime", "ServingRuntime"),
    remedy="Give all versions the same priority.",
)
SAME_PRIORITY = Code(
    "KS242",
    "error",
    "Two runtimes have the same priority for a format, version and protocol.",
    why="KServe couldn't choose between them, so the webhook refuses the second one. It compares ServingRuntimes of a "
    "namespace, and ClusterServingRuntimes, of which KServe installs its own (validateServingRuntimePriority in "
    "pkg/webhook/admission/servingruntime/servingruntime_webhook.go).",
    example=_EXAMPLE.format(
        formats="    - {name: sklearn, version: '1', autoSelect: true, priority: 1}\n",
        worker="  protocolVersions: [v1]\n",
    ),
    remedy="Set another priority, or leave `autoSelect` out and name the runtime in the services.",
)
NODES = Code(
    "KS241",
    "error",
    "The webhook refuses a runtime over several nodes.",
    why="There is one worker container, and fields of `workerSpec`, not variables, set the sizes, "
    "which are at least 1. A resource other than CPU, memory and storage is a GPU that KServe knows, or that the "
    f"annotation {ANNOTATION} of the runtime's `spec` names (validateMultiNodeSpec in "
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
    code = PRIORITY if item["kind"] == "ClusterServingRuntime" else LATE_PRIORITY
    yield from _two_priorities(item, code)


def _two_priorities(item: Data, code: Code) -> Iterator[Problem]:
    first: dict[str, int | None] = {}
    for path, form in maps(item, ("spec", "supportedModelFormats")):
        if form.get("autoSelect") is not True or not _is_enabled(item):
            continue
        name, priority = text(form, ("name",)), whole(form, ("priority",))
        known = first.setdefault(name, priority)
        if None not in (known, priority) and known != priority:
            message = f"another version of this format has priority {known}"
            yield code.problem(message, path=(*path, "priority"), hint="give them one priority")


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
                yield NODES.problem("a field of workerSpec sets this", path=(*place, "name"))
    yield from _gpus_are_known(item)


def _gpus_are_known(item: Data) -> Iterator[Problem]:
    annotations: Path = ("spec", "annotations")
    places = [
        path for path, found in maps(item, ("spec", "containers")) if found.get("name") == "kserve-container"
    ]
    worker: Path = ("spec", "workerSpec", "containers", 0)
    places += [worker] if text(item, (*worker, "name")) == "worker-container" else []
    further = further_gpus(item, annotations)
    if further is None:
        if places:
            hint = """such as '["example.com/gpu"]'"""
            yield NODES.problem("must be a JSON list of names", path=(*annotations, ANNOTATION), hint=hint)
        return
    for container in places:
        for path in unknown_gpus(item, container, further):
            message = "KServe takes this for a GPU that it doesn't know"
            yield NODES.problem(message, path=path, hint=f"name it in the annotation {ANNOTATION} of spec")


def collisions(found: list[Data], version: str, refused: frozenset[int]) -> Iterator[tuple[int, Problem]]:
    """Yield each runtime with the priority of one that is there before it: its index and the problem."""
    before: dict[tuple[str, str], list[Data]] = {("ClusterServingRuntime", ""): kserves_own(version)}
    for number, item in enumerate(found):
        if item["kind"] not in {"ServingRuntime", "ClusterServingRuntime"}:
            continue
        others = before.setdefault(_scope(item), [])
        wrong = list(_collides(item, others)) if _is_enabled(item) else []
        yield from ((number, problem) for problem in wrong)
        if number not in refused and not wrong:
            others.append(item)


def _scope(item: Data) -> tuple[str, str]:
    cluster = item["kind"] == "ClusterServingRuntime"
    return item["kind"], "" if cluster else text(item, ("metadata", "namespace")) or "default"


def kserves_own(version: str) -> list[Data]:
    """Return the ClusterServingRuntimes that KServe installs, with the fields that the webhook compares."""
    return [
        {
            "kind": "ClusterServingRuntime",
            "metadata": {"name": name},
            "spec": {
                "protocolVersions": facts["protocols"],
                "supportedModelFormats": [
                    {"name": form, "version": of or None, "autoSelect": auto, "priority": priority}
                    for form, of, auto, priority in facts["formats"]
                ],
                **({"workerSpec": {}} if facts["nodes"] else {}),
            },
        }
        for name, facts in structures.runtimes(version).items()
    ]


def _collides(item: Data, others: list[Data]) -> Iterator[Problem]:
    if others and item["kind"] == "ServingRuntime":
        yield from _two_priorities(item, PRIORITY)
    for other in others:
        name = text(other, ("metadata", "name"))
        if name == text(item, ("metadata", "name")):
            if (
                isinstance(at(other, ("spec", "workerSpec")), dict)
                and at(item, ("spec", "workerSpec")) is None
            ):
                message = f"{name} has a workerSpec already, which can't be removed"
                yield NODES.problem(message, path=("spec",), hint="use another name")
        elif path := _same_priority(item, other):
            message = f"{name} has this priority for this format, version and protocol"
            yield SAME_PRIORITY.problem(message, path=path, hint="set another priority")


def _same_priority(item: Data, other: Data) -> Path | None:
    """Return the place of the first priority that another enabled runtime with a common protocol has."""
    several = [at(runtime, ("spec", "multiModel")) is True for runtime in (item, other)]
    protocols = set(map(str, items(item, ("spec", "protocolVersions"))))
    if several[0] != several[1] or not _is_enabled(other):
        return None
    if protocols.isdisjoint(map(str, items(other, ("spec", "protocolVersions")))):
        return None
    taken = {_claim(form) for _, form in maps(other, ("spec", "supportedModelFormats"))} - {None}
    for path, form in maps(item, ("spec", "supportedModelFormats")):
        if _claim(form) in taken:
            return (*path, "priority")
    return None


def _claim(form: Data) -> tuple[str, str | None, int] | None:
    """Return what no two runtimes may have; None if KServe never chooses the runtime for it by itself."""
    priority = whole(form, ("priority",))
    if form.get("autoSelect") is not True or priority is None:
        return None
    version = form.get("version")
    return text(form, ("name",)).lower(), version if isinstance(version, str) else None, priority


def _replicas_fit(item: Data) -> Iterator[Problem]:
    place: Path = ("spec", "replicas")
    if (count := whole(item, place)) is not None and not 0 <= count < 2**16:
        yield codes.BOUND.problem("must be 0 to 65535", path=place)


RULES = (
    ObjectRule(_replicas_fit),
    ObjectRule(_priorities_are_the_same),
    ObjectRule(_no_python_path, since="0.18"),
    ObjectRule(_several_nodes_are_possible),
)

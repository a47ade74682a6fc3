"""InferenceServices over several nodes."""

from collections.abc import Iterator

from kitserve.check.object_rules.gpus import ANNOTATION, unknown_gpus
from kitserve.check.object_rules.inferenceservice.implementations import effective_model
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import MODEL, annotated
from kitserve.crds.lookup import Data, annotation, at, items, maps, text, whole
from kitserve.problems import Code, Path, Problem

_PREDICTOR: Path = ("spec", "predictor")
_WORKER: Path = (*_PREDICTOR, "workerSpec")
_CLASS = "serving.kserve.io/autoscalerClass"

MULTI_NODE = Code(
    "KS225",
    "error",
    "The webhook refuses a service over several nodes.",
    why="With `workerSpec` a model must be on pvc:// or oci://, the annotation "
    "serving.kserve.io/autoscalerClass must be `none`, there is at most one worker container, and "
    "fields set the sizes, not variables. A resource other than CPU, memory and storage is a GPU that KServe knows, "
    f"or that the annotation {ANNOTATION} names (validateMultiNodeVariables in "
    "pkg/apis/serving/v1beta1/inference_service_validation.go). Several nodes can't load a "
    "ModelKit, and KServe 0.15 knows pvc:// only.",
    example=annotated(
        "serving.kserve.io/autoscalerClass: none",
        "workerSpec: {pipelineParallelSize: 2}\n",
        MODEL.replace("sklearn", "huggingface"),
    ),
    remedy="Put the model on a volume first, and name it by pvc://, or serve it from one node.",
)
_SIZES = ("PIPELINE_PARALLEL_SIZE", "TENSOR_PARALLEL_SIZE")


def _several_nodes_are_possible(item: Data) -> Iterator[Problem]:
    worker = _WORKER
    if not isinstance(at(item, worker), dict):
        return
    if len(items(item, (*worker, "containers"))) > 1:
        yield MULTI_NODE.problem("at most one container works on each node", path=(*worker, "containers"))
    for field in ("pipelineParallelSize", "tensorParallelSize"):
        if (size := whole(item, (*worker, field))) is not None and size < 1:
            yield MULTI_NODE.problem("must be at least 1", path=(*worker, field))
    if model_path := effective_model(item):
        yield from _model_for_several_nodes(item, model_path)
    containers = [*filter(None, [model_path]), *(path for path, _ in maps(item, (*worker, "containers")))]
    yield from unknown_gpus(item, ("metadata", "annotations"), containers, MULTI_NODE)


def _uri_is_of_a_volume(item: Data) -> Iterator[Problem]:
    yield from _uri_is_of(item, ("pvc", "oci"))


def _uri_is_of_a_claim(item: Data) -> Iterator[Problem]:
    yield from _uri_is_of(item, ("pvc",))


def _uri_is_of(item: Data, schemes: tuple[str, ...]) -> Iterator[Problem]:
    path = effective_model(item)
    if path is None or not isinstance(at(item, (*_PREDICTOR, "workerSpec")), dict):
        return
    if text(item, (*path, "storageUri")).partition("://")[0] not in schemes:
        message = f"with workerSpec KServe accepts {' and '.join(f'{scheme}://' for scheme in schemes)} only"
        hint = "put the model on a volume first"
        yield MULTI_NODE.problem(message, path=(*path, "storageUri"), hint=hint, also=(_WORKER,))


def _model_for_several_nodes(item: Data, model_path: Path) -> Iterator[Problem]:
    if annotation(item, _CLASS) != "none":
        message = "with workerSpec this must be none"
        place: Path = ("metadata", "annotations", _CLASS)
        yield MULTI_NODE.problem(message, path=place, hint="write `none`", also=(_WORKER,))
    for path, variable in maps(item, (*model_path, "env")):
        if variable.get("name") in _SIZES:
            message = "a field of workerSpec sets this"
            yield MULTI_NODE.problem(message, path=(*path, "name"), also=(_WORKER,))


RULES = (
    ObjectRule(_several_nodes_are_possible),
    ObjectRule(_uri_is_of_a_volume, since="0.16"),
    ObjectRule(_uri_is_of_a_claim, until="0.16"),
)

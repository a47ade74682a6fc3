"""The runtime that KServe finds for an InferenceService's model, and whether its resources fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.inferenceservice.scaling import mode
from kitserve.check.object_rules.inferenceservice.webhook import effective_model, is_format
from kitserve.check.object_rules.quantities import amount
from kitserve.crds import structures
from kitserve.crds.examples import model, service
from kitserve.crds.lookup import Data, at, items, mapping, text
from kitserve.problems import Code, Path, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

UNSUITED = Code(
    "KS137",
    "error",
    "The runtime that a service names doesn't support its format, version or protocol.",
    why="KServe reports NoSupportingRuntime and creates no pods. It compares versions as text, and a "
    "runtime supports only what it lists (RuntimeSupportsModel in "
    "pkg/apis/serving/v1beta1/predictor_model.go, "
    "pkg/controller/v1beta1/inferenceservice/components/predictor.go).",
    example=model("runtime: kserve-sklearnserver\n").replace("{name: sklearn}", "{name: xgboost}"),
    remedy="Name a runtime for the format, or leave `runtime` out so that KServe chooses one.",
)
UNSERVED = Code(
    "KS138",
    "warning",
    "None of KServe's own runtimes supports the format, version and protocol.",
    why="Unless the cluster has another runtime for it, KServe reports `no runtime found to support "
    "predictor` and creates no pods. Without `protocolVersion` KServe looks for v1 (v2 for triton"
    " and vLLM), which ONNX, TensorRT and MLflow don't have (GetSupportingRuntimes in "
    "pkg/apis/serving/v1beta1/predictor_model.go).",
    example=service(
        model="model:\n  modelFormat: {name: onnx}\n  storageUri: kit://registry.example.com/net:v1\n"
    ),
    remedy="Write a version and a `protocolVersion` that a runtime lists. A model without a version fits "
    "a runtime of any version.",
)
OVER_LIMIT = Code(
    "KS139",
    "error",
    "A request is above its limit.",
    why="Kubernetes refuses such pods. A limit that isn't written here comes from the runtime (1 CPU "
    "and 2Gi in KServe's own), and an initializer's from the ConfigMap inferenceservice-config, 1 "
    "CPU and 1Gi (MergeContainerWithPatch in pkg/utils/container_merge.go).",
    example=model("resources:\n  requests: {memory: 4Gi}\n"),
    remedy="Write the limit too.",
)

NO_MODEL_FORMAT = Code(
    "KS126",
    "error",
    "A model has no format.",
    why="A cluster admits it with an empty format, for which no runtime is found, also not one that the service names "
    "(RuntimeSupportsModel in pkg/apis/serving/v1beta1/predictor_model.go).",
    example=service(model="model:\n  storageUri: kit://registry.example.com/iris:v1\n"),
    remedy="Write `modelFormat: {name: sklearn}`, with the format of the model.",
)
MISSPELT_RUNTIME = Code(
    "KS154",
    "warning",
    "A runtime's name is nearly one of KServe's.",
    why="Neither KServe nor these files have a runtime of this name. Unless the cluster has one, KServe reports "
    "RuntimeNotRecognized and creates no pods (pkg/controller/v1beta1/inferenceservice/components/predictor.go).",
    example=model("runtime: kserve-sklearnsever\n"),
    remedy="Write the name that is in the hint.",
)

_NEAR = 0.9
_FOUND_V2 = {"triton", "vLLM"}
_LEGACY_V2 = {"triton", "onnx", "huggingface"}
_INITIALIZER = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_RUNTIME_KINDS = ("ClusterServingRuntime", "ServingRuntime")


_MANY = 1000
"""Runtimes with their formats and protocols: KServe brings a tenth of it, and no cluster has more."""


@dataclass(frozen=True)
class Runtime:
    """The formats and protocols of a runtime, and its resources."""

    name: str
    formats: tuple[tuple[str, str, bool], ...]
    protocols: tuple[str, ...]
    nodes: bool
    resources: dict[str, Any]

    def takes(self, form: str, version: str, *, chosen: bool) -> bool:
        """Return whether it serves a format and version; unless `chosen`, it must select the format automatically."""
        return any(
            form == own and version in {"", of} and (chosen or selected) for own, of, selected in self.formats
        )

    def speaks(self, protocol: str) -> bool:
        """Return whether it has a protocol; a runtime that lists none has all."""
        return not protocol or not self.protocols or protocol in self.protocols


class Runtimes:
    """The runtimes that services find: KServe's own, and those among some objects.

    What many services ask is looked for once: thousands of both may stand in one file.
    """

    def __init__(self, known: list[Runtime]) -> None:
        self._known = known
        self._named: dict[str, list[Runtime]] = {}
        self._by_form: dict[str, list[Runtime]] = {}
        for runtime in known:
            self._named.setdefault(runtime.name, []).append(runtime)
            for form in dict.fromkeys(form for form, _, _ in runtime.formats):
                self._by_form.setdefault(form, []).append(runtime)
        self.forms = sorted({form for runtime in known for form, _, selected in runtime.formats if selected})
        self._alike: dict[str, str] = {}
        self._found: dict[tuple[str, str, str, bool], Candidates] = {}

    @property
    def are_few(self) -> bool:
        """Whether all services can be compared with all of them."""
        return sum(1 + len(runtime.formats) + len(runtime.protocols) for runtime in self._known) <= _MANY

    def like(self, name: str) -> str:
        """Return the name of a runtime of which another is a misspelling; empty without one. `NAME-2` is none."""
        if name not in self._alike:
            close = nearest(name, list(self._named), _NEAR)
            self._alike[name] = "" if name.startswith(f"{close}-") else close
        return self._alike[name]

    def named(self, name: str) -> list[Runtime]:
        """Those of a name."""
        return self._named.get(name, [])

    def of_format(self, form: str) -> list[Runtime]:
        """Those that have a format, in whatever version."""
        return self._by_form.get(form, [])

    def candidates(self, form: str, version: str, protocol: str, *, nodes: bool) -> Candidates:
        """Those among which KServe chooses."""
        asked = (form, version, protocol, nodes)
        if asked not in self._found:
            self._found[asked] = Candidates(
                runtime
                for runtime in self.of_format(form)
                if runtime.takes(form, version, chosen=False)
                and runtime.speaks(protocol)
                and runtime.nodes == nodes
            )
        return self._found[asked]


class Candidates:
    """Runtimes of which one serves, and what is known of their limits."""

    def __init__(self, found: Iterable[Runtime]) -> None:
        self._found = list(found)
        self.has_nodes = any(runtime.nodes for runtime in self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    @cached_property
    def limits(self) -> dict[str, Fraction]:
        """The largest limit of each resource that all of them limit."""
        limits = [_amounts(mapping(runtime.resources, ("limits",))) for runtime in self._found]
        counts = Counter(name for each in limits for name in each)
        largest: dict[str, Fraction] = {}
        for each in limits:
            for name, limit in each.items():
                if counts[name] == len(limits):
                    largest[name] = max(limit, largest.get(name, limit))
        return largest


def _amounts(resources: dict[str, Any]) -> dict[str, Fraction]:
    read = {name: amount(quantity) for name, quantity in resources.items()}
    return {name: number for name, number in read.items() if number is not None}


def runtimes(found: list[Data], version: str) -> Runtimes:
    """KServe's own runtimes, and those among some objects."""
    known = [
        Runtime(
            name,
            tuple((form, of, auto) for form, of, auto, _ in facts["formats"]),
            tuple(facts["protocols"]),
            facts["nodes"],
            facts,
        )
        for name, facts in structures.runtimes(version).items()
    ]
    return Runtimes(known + [runtime for item in found if (runtime := _runtime(item))])


def _runtime(item: Data) -> Runtime | None:
    if item["kind"] not in _RUNTIME_KINDS or at(item, ("spec", "disabled")) is True:
        return None
    forms = [form for form in items(item, ("spec", "supportedModelFormats")) if isinstance(form, dict)]
    return Runtime(
        text(item, ("metadata", "name")),
        tuple(
            (text(form, ("name",)), text(form, ("version",)), form.get("autoSelect") is True)
            for form in forms
        ),
        tuple(word for word in items(item, ("spec", "protocolVersions")) if isinstance(word, str)),
        isinstance(at(item, ("spec", "workerSpec")), dict),
        mapping(item, ("spec", "containers", 0, "resources")),
    )


def unserved(item: Data, known: Runtimes) -> Iterator[Problem]:
    """Yield why no known runtime serves a service."""
    path = effective_model(item)
    if path is None or mode(item) == "ModelMesh":
        return  # ModelMesh has runtimes of its own, and chooses among them itself
    form = text(item, (*path, "modelFormat", "name")) if path[-1] == "model" else str(path[-1])
    if path[-1] == "model" and not form:
        yield from _without_format(item, path)
        return
    if named := text(item, (*path, "runtime")):
        candidates = Candidates(known.named(named))
        if not candidates and (close := known.like(named)):
            message = "neither KServe nor these files have this runtime"
            yield MISSPELT_RUNTIME.problem(message, path=(*path, "runtime"), hint=f"did you mean {close}?")
        yield from _unsuited(item, path, form, known.named(named))
    else:
        version, protocol = text(item, (*path, "modelFormat", "version")), _protocol(item, path, form)
        spread = isinstance(at(item, ("spec", "predictor", "workerSpec")), dict)
        candidates = known.candidates(form, version, protocol, nodes=spread)
        if form and not candidates:
            yield _nobody(item, path, form, known)
    if not candidates.has_nodes:
        yield from _over_limit(item, path, candidates.limits)


def _without_format(item: Data, path: Path) -> Iterator[Problem]:
    """Yield what is missing, unless the structure says so. A name beside a format without one is the format's."""
    message, hint = "the model needs a format", "such as `modelFormat: {name: sklearn}`"
    if is_format(item, (*path, "name")):
        yield NO_MODEL_FORMAT.problem(message, path=(*path, "name"), hint="indent it below modelFormat:")
    elif at(item, (*path, "modelFormat")) is None or at(item, (*path, "modelFormat", "name")) == "":
        yield NO_MODEL_FORMAT.problem(message, path=(*path, "modelFormat"), hint=hint)


def _protocol(item: Data, path: Path, form: str) -> str:
    if said := text(item, (*path, "protocolVersion")):
        return said
    return "v2" if form in (_FOUND_V2 if path[-1] == "model" else _LEGACY_V2) else "v1"


def _unsuited(item: Data, path: Path, form: str, candidates: list[Runtime]) -> Iterator[Problem]:
    """Yield what none of the runtimes with the name in the service supports."""
    version, protocol = text(item, (*path, "modelFormat", "version")), text(item, (*path, "protocolVersion"))
    fitting = [runtime for runtime in candidates if not form or runtime.takes(form, version, chosen=True)]
    if candidates and not fitting:
        runtime = candidates[-1]
        hint = f"it takes {', '.join(dict.fromkeys(f'{own} {of}'.strip() for own, of, _ in runtime.formats))}"
        message = f"{runtime.name} doesn't serve {form} {version}".strip()
        also = ((*path, "modelFormat"),)
        yield UNSUITED.problem(message, path=(*path, "runtime"), hint=hint, also=also)
    elif fitting and not any(runtime.speaks(protocol) for runtime in fitting):
        runtime = fitting[-1]
        hint = f"it speaks {', '.join(runtime.protocols)}"
        message = f"{runtime.name} doesn't speak {protocol}"
        also = ((*path, "runtime"),)
        yield UNSUITED.problem(message, path=(*path, "protocolVersion"), hint=hint, also=also)


def _nobody(item: Data, path: Path, form: str, known: Runtimes) -> Problem:
    version, protocol = text(item, (*path, "modelFormat", "version")), _protocol(item, path, form)
    fitting = [runtime for runtime in known.of_format(form) if runtime.takes(form, version, chosen=False)]
    spoken = dict.fromkeys(word for runtime in fitting for word in runtime.protocols)
    versions = dict.fromkeys(
        of
        for runtime in known.of_format(form)
        for own, of, auto in runtime.formats
        if own == form and auto and of
    )
    place: Path = (*path, "modelFormat", "name")
    if spoken:
        place = (*path, "protocolVersion")
        message, hint = (
            f"no runtime of KServe's own serves {form} by {protocol}",
            f"write {' or '.join(spoken)}",
        )
    elif versions:
        place = (*path, "modelFormat", "version")
        message = f"no runtime of KServe's own serves {form} {version}"
        hint = f"leave the version out, or write {' or '.join(versions)}"
    else:
        message, hint = (
            "no runtime of KServe's own serves this format",
            f"they serve {', '.join(known.forms)}",
        )
    return UNSERVED.problem(message, path=place, hint=hint)


def _over_limit(item: Data, path: Path, defaults: dict[str, Fraction]) -> Iterator[Problem]:
    """Yield requests that are above the limit with any of the runtimes."""
    for name, request in mapping(item, (*path, "resources", "requests")).items():
        own = at(item, (*path, "resources", "limits", name))
        limit = defaults.get(name) if own is None else amount(own)
        asked = amount(request)
        if asked is not None and limit is not None and limit < asked:
            yield _above_limit(item, path, name)


def _above_limit(item: Data, path: Path, name: str) -> Problem:
    place, limit = (*path, "resources", "requests", name), (*path, "resources", "limits", name)
    if at(item, limit) is not None:
        return OVER_LIMIT.problem("is more than its limit", path=place, hint="raise the limit", also=(limit,))
    message = "is more than the limit that it gets, because none is written here"
    return OVER_LIMIT.problem(message, path=place, hint=f"write limits.{name} too")


def initializer_fits(item: Data) -> Iterator[Problem]:
    """Yield requests of a ClusterStorageContainer above its limits, after the merge with KServe's."""
    downloads = text(item, ("spec", "workloadType")) == "localModelDownloadJob"
    path: Path = ("spec", "container")
    yield from _over_limit(item, path, {} if downloads else _amounts(_INITIALIZER["limits"]))
    if downloads:
        return
    for name, limit in mapping(item, (*path, "resources", "limits")).items():
        asked, most = amount(at(_INITIALIZER, ("requests", name))), amount(limit)
        unsaid = at(item, (*path, "resources", "requests", name)) is None
        if unsaid and asked is not None and most is not None and most < asked:
            place = (*path, "resources", "limits", name)
            message = f"is less than the request that KServe sets, {_INITIALIZER['requests'][name]}"
            yield OVER_LIMIT.problem(message, path=place, hint=f"write requests.{name} too")

"""Own runtimes that KServe never chooses by itself, because its own have a higher priority."""

from collections.abc import Iterator
from typing import Any

from kitserve.crds import structures
from kitserve.crds.lookup import Data, at, items, maps, text, whole
from kitserve.problems import Code, Problem

UNPREFERRED = Code(
    "KS155",
    "warning",
    "KServe prefers one of its own runtimes to a ClusterServingRuntime.",
    why="Of several runtimes for a format KServe chooses the one with the highest priority, and one with a priority "
    "before one without. Unless the cluster lacks KServe's own runtime, only services that name this one get it "
    "(sortSupportedRuntimeByPriority in pkg/apis/serving/v1beta1/predictor_model.go).",
    example="apiVersion: serving.kserve.io/v1alpha1\nkind: ClusterServingRuntime\nmetadata:\n  name: forest\nspec:\n"
    "  protocolVersions: [v2]\n  supportedModelFormats:\n"
    "    - {name: sklearn, version: '1', autoSelect: true}\n"
    "  containers:\n    - name: kserve-container\n      image: registry.example.com/forest:1.0\n",
    remedy="Give the format a higher priority than KServe's, or name the runtime in the services.",
)


def unpreferred(found: list[Data], version: str) -> Iterator[tuple[int, Problem]]:
    """Yield each format of a runtime that KServe serves with one of its own, with the index of the runtime.

    A ServingRuntime comes before all of the cluster's, whatever their priority.
    """
    own = [(number, item) for number, item in enumerate(found) if item["kind"] == "ClusterServingRuntime"]
    if not own:
        return
    names = {text(item, ("metadata", "name")) for _, item in own}
    kserves = {name: facts for name, facts in structures.runtimes(version).items() if name not in names}
    for number, item in own:
        if at(item, ("spec", "disabled")) is not True and at(item, ("spec", "multiModel")) is not True:
            yield from ((number, problem) for problem in _outranked(item, kserves))


def _outranked(item: Data, kserves: dict[str, dict[str, Any]]) -> Iterator[Problem]:
    protocols = [word for word in items(item, ("spec", "protocolVersions")) if isinstance(word, str)]
    spread = isinstance(at(item, ("spec", "workerSpec")), dict)
    for path, form in maps(item, ("spec", "supportedModelFormats")):
        if form.get("autoSelect") is not True:
            continue
        above = [
            (name, priority, facts["protocols"])
            for name, facts in kserves.items()
            if facts["nodes"] == spread
            for priority in _above(form, facts["formats"])
        ]
        taken = {protocol for _, _, spoken in above for protocol in spoken}
        if above and set(protocols) <= taken and (protocols or any(not spoken for _, _, spoken in above)):
            name, priority, _ = max(above, key=lambda each: each[1])
            message = f"KServe's own {name} has priority {priority} for this format, and is preferred"
            hint = f"give it a priority above {priority}, or name the runtime in the services"
            yield UNPREFERRED.problem(message, path=(*path, "priority"), hint=hint)


def _above(form: Data, formats: list[list[Any]]) -> Iterator[int]:
    """Yield the priorities of a runtime of KServe for the same format and version that are higher."""
    name, version, own = text(form, ("name",)), text(form, ("version",)), whole(form, ("priority",))
    for other, of, selected, priority in formats:
        is_same = other == name and version in {"", of}
        if is_same and selected and priority is not None and (own is None or priority > own):
            yield priority

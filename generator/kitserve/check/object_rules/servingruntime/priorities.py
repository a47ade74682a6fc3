"""Priorities of ServingRuntimes and ClusterServingRuntimes, by which KServe chooses among them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.object_rules.servingruntime.webhook import EXAMPLE, FORM, NODES, is_enabled
from kitserve.crds import structures
from kitserve.crds.lookup import Data, at, items, maps, text, whole
from kitserve.problems import Code, Path, Problem

_SOURCE = "pkg/webhook/admission/servingruntime/servingruntime_webhook.go"
_TWO = EXAMPLE.format(
    formats=FORM.format(version=1, priority=1) + FORM.format(version=2, priority=2), worker=""
)
PRIORITY = Code(
    "KS240",
    "error",
    "A runtime has two priorities for one format.",
    why="The webhook requires the same priority for all versions of a format that `autoSelect` is set "
    f"for (validateModelFormatPrioritySame in {_SOURCE}).",
    example=_TWO,
    remedy="Give all versions the same priority.",
)
LATE_PRIORITY = Code(
    "KS156",
    "warning",
    "A ServingRuntime has two priorities for one format, which KServe's webhook refuses later.",
    why="The webhook only checks this if the namespace has a ServingRuntime already. So it admits the first one, and "
    f"refuses the next change of it (Handle of ServingRuntimeValidator in {_SOURCE}).",
    example=_TWO.replace("ClusterServingRuntime", "ServingRuntime"),
    remedy="Give all versions the same priority.",
)
SAME_PRIORITY = Code(
    "KS242",
    "error",
    "Two runtimes have the same priority for a format, version and protocol.",
    why="KServe couldn't choose between them, so the webhook refuses the second one. It compares ServingRuntimes of a "
    "namespace, and ClusterServingRuntimes, of which KServe installs its own (validateServingRuntimePriority in "
    f"{_SOURCE}).",
    example=EXAMPLE.format(
        formats="    - {name: sklearn, version: '1', autoSelect: true, priority: 1}\n",
        worker="  protocolVersions: [v1]\n",
    ),
    remedy="Set another priority, or leave `autoSelect` out and name the runtime in the services.",
)
_FORMATS: Path = ("spec", "supportedModelFormats")
_Claim = tuple[str, str | None, int, str, bool]
"""A format, its version, the priority, a protocol, and whether the runtime is for many models."""


@dataclass
class _Scope:
    """The runtimes of a namespace or a cluster: by their claims, and whether they work over several nodes."""

    claims: dict[_Claim, str] = field(default_factory=dict)
    spread: dict[str, bool] = field(default_factory=dict)

    def add(self, item: Data) -> None:
        """Add a runtime that is admitted."""
        name = text(item, ("metadata", "name"))
        self.spread.setdefault(name, isinstance(at(item, ("spec", "workerSpec")), dict))
        if is_enabled(item):
            for _, claim in _claims(item):
                self.claims.setdefault(claim, name)


def _priorities_are_the_same(item: Data) -> Iterator[Problem]:
    yield from _two_priorities(item, PRIORITY if item["kind"] == "ClusterServingRuntime" else LATE_PRIORITY)


def _two_priorities(item: Data, code: Code) -> Iterator[Problem]:
    first: dict[str, tuple[int | None, Path]] = {}
    for path, form in maps(item, _FORMATS):
        if form.get("autoSelect") is not True or not is_enabled(item):
            continue
        name, priority = text(form, ("name",)), whole(form, ("priority",))
        known, other = first.setdefault(name, (priority, (*path, "priority")))
        if None not in (known, priority) and known != priority:
            message = f"another version of this format has priority {known}"
            hint = "give them one priority"
            yield code.problem(message, path=(*path, "priority"), hint=hint, also=(other,))


def collisions(found: list[Data], version: str, refused: frozenset[int]) -> Iterator[tuple[int, Problem]]:
    """Yield each runtime that those before it leave no place for: its index and the problem."""
    scopes = {("ClusterServingRuntime", ""): _kserves_own(version)}
    for number, item in enumerate(found):
        if item["kind"] not in {"ServingRuntime", "ClusterServingRuntime"}:
            continue
        scope = scopes.setdefault(_place(item), _Scope())
        wrong = list(_collides(item, scope)) if is_enabled(item) else []
        yield from ((number, problem) for problem in wrong)
        if number not in refused and not wrong:
            scope.add(item)


def _place(item: Data) -> tuple[str, str]:
    cluster = item["kind"] == "ClusterServingRuntime"
    return item["kind"], "" if cluster else text(item, ("metadata", "namespace")) or "default"


def _kserves_own(version: str) -> _Scope:
    scope = _Scope()
    for name, facts in structures.runtimes(version).items():
        forms = [
            {"name": form, "version": of or None, "autoSelect": auto, "priority": priority}
            for form, of, auto, priority in facts["formats"]
        ]
        spec = {"protocolVersions": facts["protocols"], "supportedModelFormats": forms}
        worker: Data = {"workerSpec": {} if facts["nodes"] else None}
        scope.add({"metadata": {"name": name}, "spec": {**spec, **worker}})
    return scope


def _collides(item: Data, scope: _Scope) -> Iterator[Problem]:
    name = text(item, ("metadata", "name"))
    if scope.spread and item["kind"] == "ServingRuntime":
        yield from _two_priorities(item, PRIORITY)
    if scope.spread.get(name) and not isinstance(at(item, ("spec", "workerSpec")), dict):
        message = f"{name} has a workerSpec already, which can't be removed"
        yield NODES.problem(message, path=("spec",), hint="use another name")
    for path, claim in _claims(item):
        if (other := scope.claims.get(claim, name)) != name:
            message = f"{other} has this priority for this format, version and protocol"
            yield SAME_PRIORITY.problem(message, path=path, hint="set another priority")
            return


def _claims(item: Data) -> Iterator[tuple[Path, _Claim]]:
    """Yield what no two runtimes may have, with the priority's place, for formats with `autoSelect`."""
    many = at(item, ("spec", "multiModel")) is True
    protocols = [word for word in items(item, ("spec", "protocolVersions")) if isinstance(word, str)]
    for path, form in maps(item, _FORMATS):
        priority, version = whole(form, ("priority",)), form.get("version")
        if form.get("autoSelect") is True and priority is not None:
            of = version if isinstance(version, str) else None
            for protocol in protocols:
                yield (*path, "priority"), (text(form, ("name",)).lower(), of, priority, protocol, many)


RULES = (ObjectRule(_priorities_are_the_same),)

"""The container of a ClusterStorageContainer, which KServe merges with its own."""

import json
from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import storage
from kitserve.crds.lookup import Data, at, items, mapping, maps, text
from kitserve.problems import Code, Path, Problem

CONTAINER_NAME = Code(
    "KS110",
    "error",
    "A ClusterStorageContainer's container isn't named `storage-initializer`.",
    why="KServe merges this container over its own, including the name, and then looks for "
    "`storage-initializer`. Its webhook doesn't recognize the container if it is called twice, "
    "and the service's `status.modelStatus` never reports the state of loading "
    "(MergeContainerWithPatch in pkg/utils/container_merge.go, kserve/kserve#3900).",
    example=storage(container_name="kit-initializer"),
    remedy="Name it `storage-initializer`.",
)
CONTAINER_ARGS = Code(
    "KS111",
    "error",
    "A ClusterStorageContainer sets `args`.",
    why="These arguments replace the URI and the folder that KServe passes, so the initializer "
    "doesn't get them (MergeContainerWithPatch in pkg/utils/container_merge.go).",
    example=storage("args: [--verbose]\n"),
    remedy="Leave `args` out, and use environment variables.",
)
TAKEN_NAME = Code(
    "KS122",
    "warning",
    "A ClusterStorageContainer sets a variable that KServe sets from Secrets.",
    why="KServe merges variables by name, and the ClusterStorageContainer's win over the credentials "
    "of every service. Before KServe 0.20 the merge of `value` with `valueFrom` makes the pod "
    "invalid (kserve/kserve#5516).",
    example=storage(
        "env:\n  - name: HF_TOKEN\n    valueFrom:\n      secretKeyRef: {name: hub, key: token, optional: true}\n"
    ),
    remedy="Give the variable a name that doesn't begin with `AWS_`, `HF_`, `STORAGE_` or `CA_BUNDLE_`.",
)
MOUNT = Code(
    "KS123",
    "warning",
    "A ClusterStorageContainer mounts a volume.",
    why="A ClusterStorageContainer has no volumes, so each pod needs a volume of this name. If "
    "neither the service nor its runtime has it, there are no pods (MergeContainerWithPatch in "
    "pkg/utils/container_merge.go, kserve/kserve#5705).",
    example=storage("volumeMounts:\n  - {name: docker-config, mountPath: /docker}\n"),
    remedy="Use variables from a Secret instead, with `optional: true`.",
)
SIDECAR = Code(
    "KS124",
    "error",
    "A ClusterStorageContainer has a `restartPolicy`.",
    why="With `Always` the init container becomes a sidecar: the server starts before the model is "
    "there, and the download repeats for ever "
    "(https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/).",
    example=storage("restartPolicy: Always\n"),
    remedy="Leave it out.",
)
ENGINE_LACKS = Code(
    "KS125",
    "error",
    "A ClusterStorageContainer requires of the engine `kit` what only `native` can do.",
    why="`kit unpack` has neither the layout `model` nor patterns of files, and fetches a ModelKit itself, whatever "
    "was verified before. The initializer ends with exit code 3 and no pod starts "
    "(image/kitserve_initializer/engines/kit.py).",
    example=storage(
        "env:\n  - {name: KITSERVE_ENGINE, value: kit}\n  - {name: KITSERVE_LAYOUT, value: model}\n"
    ),
    remedy="Leave out `KITSERVE_ENGINE`, or the layout, the patterns and what the policy on signatures enforces.",
)

_CONTAINER: Path = ("spec", "container")
_PATTERNS = ("STORAGE_ALLOW_PATTERNS", "STORAGE_IGNORE_PATTERNS")
_UNTAKEN = {*_PATTERNS, "AWS_ECR_REGION"}
"""What initializers read and KServe never sets."""
_TAKEN = ("AWS_", "HF_", "STORAGE_", "CA_BUNDLE_")


def _container_is_named(item: Data) -> Iterator[Problem]:
    path: Path = (*_CONTAINER, "name")
    if isinstance(name := at(item, path), str) and name != "storage-initializer":
        message = "KServe finds the container by the name storage-initializer"
        yield CONTAINER_NAME.problem(message, path=path, hint="name it storage-initializer")


def _container_has_no_args(item: Data) -> Iterator[Problem]:
    if at(item, (*_CONTAINER, "args")):
        message = "these replace the URI and the folder that KServe passes"
        yield CONTAINER_ARGS.problem(message, path=(*_CONTAINER, "args"), hint="set variables instead")


def _variables_are_its_own(item: Data) -> Iterator[Problem]:
    for path, variable in maps(item, (*_CONTAINER, "env")):
        name = text(variable, ("name",))
        if name.startswith(_TAKEN) and name not in _UNTAKEN:
            message = "KServe itself sets variables with this prefix, from Secrets"
            yield TAKEN_NAME.problem(message, path=(*path, "name"), hint="choose another name")


def _engine_can_what_is_asked(item: Data) -> Iterator[Problem]:
    variables = [
        (path, text(entry, ("name",)), text(entry, ("value",)))
        for path, entry in maps(item, (*_CONTAINER, "env"))
    ]
    if not any((name, value) == ("KITSERVE_ENGINE", "kit") for _, name, value in variables):
        return
    for path, name, value in variables:
        layout = name == "KITSERVE_LAYOUT" and value not in {"", "kit"}
        policy = name == "KITSERVE_VERIFICATION" and _enforces(value)
        if layout or policy or (name in _PATTERNS and value):
            yield ENGINE_LACKS.problem("the engine kit can't do this", path=path, hint="leave the engine out")


def _enforces(text: str) -> bool:
    """Return whether a policy on signatures may refuse a ModelKit."""
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        return False
    rules = [rule for rule in items(policy, ("rules",)) if isinstance(rule, dict)]
    enforced = any(rule.get("mode") != "warn" or rule.get("deniedDigests") for rule in rules)
    return enforced or at(policy, ("unmatched",)) == "deny"


def _it_mounts_nothing(item: Data) -> Iterator[Problem]:
    if items(item, (*_CONTAINER, "volumeMounts")):
        message = "each pod must have the volume, because this object can't"
        yield MOUNT.problem(message, path=(*_CONTAINER, "volumeMounts"), hint="use variables from a Secret")


def _it_ends(item: Data) -> Iterator[Problem]:
    if mapping(item, _CONTAINER).get("restartPolicy"):
        yield SIDECAR.problem(
            "an init container that restarts is a sidecar",
            path=(*_CONTAINER, "restartPolicy"),
            hint="leave it out",
        )


RULES = tuple(
    map(
        ObjectRule,
        (
            _container_is_named,
            _container_has_no_args,
            _variables_are_its_own,
            _engine_can_what_is_asked,
            _it_mounts_nothing,
            _it_ends,
        ),
    )
)

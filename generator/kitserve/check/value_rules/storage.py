"""Rules for the ClusterStorageContainers, their container's environment, and the models of the test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.check.initializer import HINT, MESSAGE, has_login
from kitserve.check.value_rules.rule import LOGIN, SAME_NAME
from kitserve.problems import Code, Problem, dotted
from kitserve.render.manifests.initializer_env import own
from kitserve.values.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.check.value_rules.rule import ValueRule
    from kitserve.values.types import Values

NO_IMAGE = Code(
    "KS101",
    "error",
    "The initializer has no image, so its pods are invalid.",
    why="KServe doesn't require the field, but Kubernetes refuses each pod that gets a container without an "
    "image.",
    example="image: {repository: ''}\n",
    remedy="Name the image's repository.",
)
NO_PREFIX = Code(
    "KS102",
    "error",
    "The ClusterStorageContainer has no prefix, so KServe never uses it.",
    why="KServe uses a ClusterStorageContainer for the URIs that match its formats, and this one "
    "matches none (IsStorageUriSupported in "
    "pkg/apis/serving/v1alpha1/storage_container_types.go).",
    example="clusterStorageContainer: {prefixes: []}\n",
    remedy='Write `["kit://"]`.',
)
NO_NAME = Code(
    "KS201",
    "error",
    "The ClusterStorageContainer has no name.",
    why="Kubernetes refuses an object without a name.",
    example="clusterStorageContainer: {name: null}\n",
    remedy="Give it a name; `kitops` is usual.",
)
TAKEN_VARIABLE = Code(
    "KS107",
    "error",
    "The values or KServe set a variable that `extraEnv` sets too. It is undefined which one wins.",
    why="KServe merges its own variables with these by name (MergeContainerWithPatch in "
    "pkg/utils/container_merge.go), and before 0.20 could leave `value` and `valueFrom` in one "
    "(kserve/kserve#5516).",
    example="extraEnv: [{name: KIT_USER, value: reader}]\n",
    remedy="Use the value that sets this variable.",
)
TWO_VALUES = Code(
    "KS108",
    "error",
    "A variable has both `value` and `valueFrom`, so its pods are invalid.",
    why="A cluster admits a ClusterStorageContainer with such a variable, and Kubernetes then refuses "
    "each pod that KServe adds it to.",
    example="extraEnv: [{name: A, value: '1', valueFrom: {fieldRef: {fieldPath: metadata.name}}}]\n",
    remedy="Keep one of the two.",
)
ENGINE_LACKS = Code(
    "KS117",
    "error",
    "The values require of the engine `kit` what only `native` can do.",
    why="`kit unpack` has neither the layout `model` nor patterns of files, and fetches a ModelKit itself, whatever "
    "was verified before. The initializer ends with exit code 3 and no pod starts "
    "(image/kitserve_initializer/engines/kit.py).",
    example="engine: kit\nlayout: model\n",
    remedy="Leave out `engine`, or the layout, the patterns and what `verification` enforces. Filters work with both "
    "engines.",
)


CODES = tuple(code for code in tuple(vars().values()) if isinstance(code, Code))

# Prefixes of variables that KServe, a cloud's webhook or a value sets, or may set in a later version.
_TAKEN = re.compile(r"(AWS|HF|STORAGE|CA_BUNDLE|KIT|KITSERVE)_")


def _image_has_a_repository(values: Values) -> Iterator[Problem]:
    created = values.clusterStorageContainer.create or values.localModels.create
    if created and not values.image.repository:
        yield NO_IMAGE.problem(
            "the initializer needs an image", path=("image", "repository"), hint="name its repository"
        )


def _storage_containers_are_whole(values: Values) -> Iterator[Problem]:
    storage, jobs = values.clusterStorageContainer, values.localModels
    for section, created, usual in (
        ("clusterStorageContainer", storage, "kitops"),
        ("localModels", jobs, "kitops-local-models"),
    ):
        if created.create and not created.name:
            yield NO_NAME.problem(
                "the ClusterStorageContainer needs a name", path=(section, "name"), hint=f"`{usual}` is usual"
            )
    if storage.create and jobs.create and storage.name == jobs.name != "":
        yield SAME_NAME.problem(
            "the other ClusterStorageContainer has this name too",
            path=("localModels", "name"),
            also=(("clusterStorageContainer", "name"),),
            hint="one is for pods, one for jobs: name both",
        )
    if (storage.create or jobs.create) and not storage.prefixes:
        yield NO_PREFIX.problem(
            "without a prefix KServe never uses the initializer",
            path=("clusterStorageContainer", "prefixes"),
            hint="`kit://` is usual",
        )


def _engine_can_what_is_asked(values: Values) -> Iterator[Problem]:
    created = values.clusterStorageContainer.create or values.localModels.create
    if not created or values.engine != "kit":
        return
    asked = {
        "layout": values.layout == "model",
        "allowPatterns": bool(values.allowPatterns),
        "ignorePatterns": bool(values.ignorePatterns),
    }
    for key in (key for key, is_asked in asked.items() if is_asked):
        message, hint = "the engine kit can't do this", "leave engine out"
        yield ENGINE_LACKS.problem(message, path=(key,), hint=hint, also=(("engine",),))


def _extra_variables_are_free(values: Values) -> Iterator[Problem]:
    names = {variable["name"] for variable in own(values)}
    values_of = {each.name: dotted(each.value) for each in variables() if each.value}
    for number, variable in enumerate(values.extraEnv):
        if variable.name in names or _TAKEN.match(variable.name):
            value = values_of.get(variable.name)
            yield TAKEN_VARIABLE.problem(
                f"{variable.name} is taken: the values or KServe set it",
                path=("extraEnv", number, "name"),
                hint=f"set the value {value}" if value else "look for a value that sets it",
            )
        if variable.value and variable.valueFrom:
            yield TWO_VALUES.problem(
                f"{variable.name} can't have value and valueFrom",
                path=("extraEnv", number, "valueFrom"),
                hint="keep one of the two",
                also=(("extraEnv", number, "value"),),
            )
        names.add(variable.name)


def _tested_uris_are_public(values: Values) -> Iterator[Problem]:
    if any(map(has_login, values.test.uris)):
        yield LOGIN.problem(MESSAGE, path=("test", "uris"), hint=HINT)


RULES: tuple[ValueRule, ...] = (
    _image_has_a_repository,
    _storage_containers_are_whole,
    _engine_can_what_is_asked,
    _extra_variables_are_free,
    _tested_uris_are_public,
)

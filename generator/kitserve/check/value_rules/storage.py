"""Rules for the ClusterStorageContainers, their container's environment, and local models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitserve.check.initializer import HINT, MESSAGE, has_login
from kitserve.check.value_rules.rule import SAME_NAME
from kitserve.problems import Code, Problem
from kitserve.render.manifests.initializer_env import own

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
NO_NODE_GROUP = Code(
    "KS205",
    "error",
    "A LocalModelCache has no node group, and its CRD requires one.",
    why="The CRD has `minItems: 1` (LocalModelCacheSpec in pkg/apis/serving/v1alpha1/local_model_cache_types.go).",
    example="localModels: {caches: {chat: {uri: 'kit://registry.example.com/chat:v1', size: 20Gi, nodeGroups: []}}}\n",
    remedy="Name a LocalModelNodeGroup.",
)
SAME_URI = Code(
    "KS206",
    "error",
    "Two LocalModelCaches have one URI: KServe's webhook refuses the second.",
    why="KServe finds a service's cache by the URI (validateUniqueStorageURI in "
    "pkg/webhook/admission/localmodelcache/localmodelcache_validator.go).",
    example="localModels:\n  caches:\n"
    "    a: {uri: 'kit://registry.example.com/chat:v1', size: 20Gi, nodeGroups: [gpu]}\n"
    "    b: {uri: 'kit://registry.example.com/chat:v1', size: 20Gi, nodeGroups: [gpu]}\n",
    remedy="Keep one of them, with the node groups of both.",
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

LOGIN = Code(
    "KS118",
    "error",
    "A URI of a model with a login in it.",
    why="KServe writes the URI into pods and status, and messages and logs repeat it: whoever may read one of them has "
    "the login. The initializer refuses such a reference (image/kitserve_initializer/oci/reference.py).",
    example="inferenceServices:\n  iris:\n    modelFormat: {name: sklearn}\n"
    "    storageUri: kit://reader:not-a-real-one@registry.example.com/iris:v1\n",
    remedy="Take the login out of it, and change the password: `credentials` names a Secret for it.",
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
    for variable in values.extraEnv:
        if variable.name in names or _TAKEN.match(variable.name):
            yield TAKEN_VARIABLE.problem(
                f"{variable.name} is taken: the values or KServe set it",
                path=("extraEnv",),
                hint="look for a value that sets it",
            )
        if variable.value and variable.valueFrom:
            yield TWO_VALUES.problem(
                f"{variable.name} can't have value and valueFrom",
                path=("extraEnv",),
                hint="keep one of the two",
            )
        names.add(variable.name)


def _caches_are_whole(values: Values) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, cache in sorted(values.localModels.caches.items()):
        path = ("localModels", "caches", name)
        if not cache.nodeGroups:
            yield NO_NODE_GROUP.problem(
                "the cache needs a node group", path=(*path, "nodeGroups"), hint="name a LocalModelNodeGroup"
            )
        if has_login(cache.uri):
            yield LOGIN.problem(MESSAGE, path=(*path, "uri"), hint=HINT)
        other = first.setdefault(cache.uri, name)
        if other != name:
            yield SAME_URI.problem(
                f"the cache {other} has this URI",
                path=(*path, "uri"),
                hint="keep one of them",
                also=(("localModels", "caches", other, "uri"),),
            )


def _tested_uris_are_public(values: Values) -> Iterator[Problem]:
    if any(map(has_login, values.test.uris)):
        yield LOGIN.problem(MESSAGE, path=("test", "uris"), hint=HINT)


RULES: tuple[ValueRule, ...] = (
    _image_has_a_repository,
    _storage_containers_are_whole,
    _engine_can_what_is_asked,
    _extra_variables_are_free,
    _caches_are_whole,
    _tested_uris_are_public,
)

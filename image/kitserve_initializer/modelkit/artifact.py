"""The artifact that a reference leads to, read as a ModelKit: KitOps' own, a ModelPack, or Docker Model Runner's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kitserve_initializer.errors import InvalidModelKit, NotAModelKit
from kitserve_initializer.log.amounts import apart
from kitserve_initializer.modelkit import index, kitfile, model_runner, modelpack
from kitserve_initializer.modelkit.modelkit import ModelKit
from kitserve_initializer.oci import manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kitserve_initializer.config.labels import Label
    from kitserve_initializer.oci.digest import Descriptor
    from kitserve_initializer.oci.manifest import Manifest
    from kitserve_initializer.registry.client import FetchedManifest, Repository

CONFIG_TYPE = "application/vnd.kitops.modelkit.config.v1+json"
ARTIFACT_TYPE = "application/vnd.kitops.modelkit.manifest.v1+json"

_NO_CONFIG = "application/vnd.oci.empty.v1+json"
"""The type of a config that is `{}` (image-spec, manifest.md): podman and oras give it to artifacts."""
_IMAGES = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_UNASKED = "leave out --label in KIT_UNPACK_FLAGS, and the annotation kitserve.io/label, or refer to an index"


def fetch(
    repository: Repository,
    version: str,
    labels: Sequence[Label] = (),
    judge: Callable[[FetchedManifest], None] = lambda _: None,
) -> ModelKit:
    """Fetch and read manifest and config of a tag or digest; `labels` choose from an index of ModelKits.

    `judge` gets each manifest, an index and the entry chosen from it, before anything of it is read.

    Raises:
        NotAModelKit: if the reference leads to something else, or to more than one.
        InvalidModelKit: if it can't be read.
        RegistryFailure, CorruptContent: if it can't be fetched.
    """
    resolved = repository.manifest(version)
    judge(resolved)
    document = manifest.parse(resolved.body)
    entries = index.entries(document)
    if entries is None:
        if labels:
            wanted = ", ".join(map(str, labels))
            raise NotAModelKit(
                f"the reference is no index, and only an index has labels to choose by ({wanted})", _UNASKED
            )
        return _read(repository, resolved, document)
    found = _fetch_entry(repository, _chosen(document, entries, labels))
    judge(found)
    return replace(_read(repository, found, manifest.parse(found.body)), index_digest=resolved.digest)


def _chosen(document: kitfile.Fields, entries: list[Any], labels: Sequence[Label]) -> Descriptor:
    try:
        return index.choose(entries, labels)
    except NotAModelKit:
        # Only what leads to no ModelKit is called an image: an annotation must not keep one from being judged.
        index.refuse_image(document)
        raise


def _fetch_entry(repository: Repository, entry: Descriptor) -> FetchedManifest:
    found = repository.manifest(entry.digest)
    if len(found.body) != entry.size:
        told, has = apart(entry.size, len(found.body))
        raise InvalidModelKit(f"the index says that its manifest has {told}, and it has {has}")
    return found


def _read(repository: Repository, resolved: FetchedManifest, document: kitfile.Fields) -> ModelKit:
    config, artifact = _types(document)
    if config == CONFIG_TYPE or artifact == ARTIFACT_TYPE:
        found = manifest.read(document)
        return ModelKit(resolved.digest, found, kitfile.read(_config(repository, found)))
    if config in modelpack.CONFIG_TYPES or artifact in modelpack.ARTIFACT_TYPES:
        found = manifest.read(document)
        return replace(_modelpack(resolved.digest, found, _config(repository, found)), kind="ModelPack")
    if model_runner.CONFIG_TYPE.fullmatch(config):
        found = manifest.read(document)
        derived = model_runner.kitfile(found)
        return ModelKit(
            resolved.digest,
            found,
            derived,
            has_kitfile=False,
            layer_type=model_runner.layer_type,
            kind="model of Docker Model Runner",
        )
    described, hint = _described(document, resolved)
    raise NotAModelKit(f"the reference exists and isn't a ModelKit but {described}", hint)


def _config(repository: Repository, found: Manifest) -> kitfile.Fields:
    if found.config.media_type == _NO_CONFIG:
        return {}
    return manifest.parse(repository.content(found.config, "the config"))


def _modelpack(digest: str, found: Manifest, config: kitfile.Fields) -> ModelKit:
    """Read a ModelPack; its Kitfile may be packed with it."""
    diff_ids = modelpack.diff_ids(config)
    fits = len(diff_ids) == len(found.layers)
    if text := found.annotations.get(modelpack.KITFILE):
        return ModelKit(digest, found, kitfile.read(manifest.parse(text.encode())), diff_ids if fits else ())
    if diff_ids and not fits:
        raise InvalidModelKit(f"the config has {len(diff_ids)} diffIds for {len(found.layers)} layers")
    derived = modelpack.kitfile(found)
    return ModelKit(digest, found, derived, diff_ids, has_kitfile=False, layer_type=modelpack.layer_type)


def _types(document: kitfile.Fields) -> tuple[str, str]:
    """Return the types of config and artifact, by which kinds differ: old ones have only the first, new ones either."""
    config = document.get("config")
    found = (config.get("mediaType") if isinstance(config, dict) else None, document.get("artifactType"))
    first, second = (each if isinstance(each, str) else "" for each in found)
    return first, second


def _described(document: kitfile.Fields, resolved: FetchedManifest) -> tuple[str, str]:
    """Return what an artifact is, and what to do about it, if there is something."""
    if index.entries(document) is not None:
        return "an index in an index", "refer to the inner one"
    config, artifact = _types(document)
    if config in _IMAGES and not artifact:
        return "a container image", "serve an image by KServe's oci://, or push its model as an artifact"
    return f"an artifact of type {(artifact or config or resolved.media_type)[:200]!r}", ""

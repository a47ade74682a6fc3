"""A ModelKit, as its manifest and config describe it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitserve_initializer.errors import InvalidModelKit, InvalidReference, NotAModelKit
from kitserve_initializer.modelkit import kitfile, modelpack
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.reference import holds_login, shown
from kitserve_initializer.oci.reference import parse as parse_reference

if TYPE_CHECKING:
    from kitserve_initializer.modelkit.kitfile import Entry, Kitfile
    from kitserve_initializer.oci.manifest import Manifest
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.client import FetchedManifest, Repository

CONFIG_TYPE = "application/vnd.kitops.modelkit.config.v1+json"
ARTIFACT_TYPE = "application/vnd.kitops.modelkit.manifest.v1+json"

# Limits of an error's text about an index: the number of entries, and the characters of each.
_LISTED, _DIGEST, _LABELS = 10, 80, 100


@dataclass(frozen=True)
class ModelKit:
    """The content of a ModelKit's manifest and config; `digest` is the manifest's.

    `diff_ids` are those of a ModelPack's layers. Without `has_kitfile` the Kitfile is derived from the layers.
    """

    digest: str
    manifest: Manifest
    kitfile: Kitfile
    diff_ids: tuple[str, ...] = ()
    has_kitfile: bool = True

    @property
    def entries(self) -> list[Entry]:
        """The entries with a layer, or with content elsewhere; a parent has neither."""
        return [entry for entry in self.kitfile.entries if not _is_parent(entry)]


def fetch(repository: Repository, version: str) -> ModelKit:
    """Fetch and read manifest and config of a tag or digest.

    Raises:
        NotAModelKit: if the reference leads to something else.
        InvalidModelKit: if it can't be read.
        RegistryFailure, CorruptContent: if it can't be fetched.
    """
    resolved = repository.manifest(version)
    document = manifest.parse(resolved.body)
    entries = document.get("manifests")
    if isinstance(entries, list) and len(entries) == 1:
        entry = manifest.read_entry(entries[0])
        resolved = repository.manifest(entry.digest)
        if len(resolved.body) != entry.size:
            raise InvalidModelKit(
                f"the index says that its manifest has {entry.size} bytes, and it has {len(resolved.body)}"
            )
        document = manifest.parse(resolved.body)
    is_modelkit = _is(document, ARTIFACT_TYPE, CONFIG_TYPE)
    if not (is_modelkit or _is(document, modelpack.ARTIFACT_TYPE, modelpack.CONFIG_TYPE)):
        raise NotAModelKit(
            f"the reference exists and isn't a ModelKit but {_described(document, resolved)}",
            "refer to one of them by its digest" if isinstance(entries, list) and entries else "",
        )
    found = manifest.read(document)
    config = manifest.parse(repository.content(found.config, "the config"))
    if is_modelkit:
        return ModelKit(resolved.digest, found, kitfile.read(config))
    return ModelKit(resolved.digest, found, *_modelpack(found, config))


def parent(modelkit: ModelKit) -> Reference | None:
    """Return the ModelKit that this one builds on.

    Raises:
        InvalidModelKit: if it is in a local store, which a pod doesn't have, or its reference holds a user.
    """
    text = next((entry.path for entry in modelkit.kitfile.entries if _is_parent(entry)), "")
    if not text:
        return None
    if holds_login(text):
        raise InvalidModelKit(
            f"the ModelKit builds on {shown(text)!r}, a reference that holds a user",
            "pack with a reference without one: whoever unpacks has credentials, and the Kitfile can be read",
        )
    try:
        return parse_reference(text)
    except InvalidReference as error:
        raise InvalidModelKit(
            f"the ModelKit builds on {shown(text)!r}, which names no registry",
            "push that one to a registry too, and pack with its full reference as the model's path",
        ) from error


def _modelpack(found: Manifest, config: kitfile.Fields) -> tuple[Kitfile, tuple[str, ...], bool]:
    """Return the Kitfile of a ModelPack, the layers' diffIDs, and whether the Kitfile was packed with it."""
    diff_ids = modelpack.diff_ids(config)
    fits = len(diff_ids) == len(found.layers)
    if text := found.annotations.get(modelpack.KITFILE):
        return kitfile.read(manifest.parse(text.encode())), diff_ids if fits else (), True
    if not fits:
        raise InvalidModelKit(f"the config has {len(diff_ids)} diffIds for {len(found.layers)} layers")
    return modelpack.kitfile(found), diff_ids, False


def _is(document: kitfile.Fields, artifact_type: str, config_type: str) -> bool:
    """Return whether an artifact is of a kind: old ones only have a config's type, new ones may have any."""
    config = document.get("config")
    media_type = config.get("mediaType") if isinstance(config, dict) else None
    return media_type == config_type or document.get("artifactType") == artifact_type


def _described(document: kitfile.Fields, resolved: FetchedManifest) -> str:
    if isinstance(document.get("manifests"), list):
        return f"an index of {len(document['manifests'])} manifests: {_listed(document['manifests'])}"
    config = document.get("config")
    config_type = config.get("mediaType") if isinstance(config, dict) else None
    kind = document.get("artifactType") or config_type or resolved.media_type
    return f"an artifact of type {str(kind)[:200]!r}"


def _listed(entries: list[object]) -> str:
    found = [_entry(entry) for entry in entries[:_LISTED] if isinstance(entry, dict)]
    return ", ".join(found) + (", ..." if len(entries) > _LISTED else "")


def _entry(entry: kitfile.Fields) -> str:
    """Return the digest, with the labels that kit gives entries of its indexes."""
    labels = entry.get("modelMetadata")
    told = f" ({json.dumps(labels)[:_LABELS]})" if labels else ""
    return f"{str(entry.get('digest'))[:_DIGEST]}{told}"


def _is_parent(entry: Entry) -> bool:
    """Return whether a model's path names a parent: it has no layer, and reads as a reference of kit's."""
    if entry.layer != "model" or entry.digest or not set(":@") & set(entry.path):
        return False
    return holds_login(entry.path) or _reads(entry.path) or _reads(f"localhost:0/{entry.path}")


def _reads(reference: str) -> bool:
    try:
        parse_reference(reference)
    except InvalidReference:
        return False
    return True

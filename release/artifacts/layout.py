"""An OCI image layout on disk (image-spec 1.1, "Image Layout")."""

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Document = dict[str, Any]

INDEX = "application/vnd.oci.image.index.v1+json"
NAME = "org.opencontainers.image.ref.name"


def combine(layout: Path, tag: str, annotations: Mapping[str, str]) -> str:
    """Make one index of the layout's images, in the order in which they came, tag it, and return its digest."""
    entries = [_entry(layout, each) for each in _json(layout / "index.json")["manifests"]]
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries, "annotations": dict(annotations)}
    data = json.dumps(index, sort_keys=True).encode()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    _path(layout, digest).write_bytes(data)
    named = {"mediaType": INDEX, "digest": digest, "size": len(data), "annotations": {NAME: tag}}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [named]}))
    return digest


def platforms(layout: Path) -> dict[str, str]:
    """Return the digests of the manifests in the layout's index, by platforms such as `linux/arm64`.

    oras lists beside the index, which has the tag, the manifests in it.
    """
    (named,) = (
        each for each in _json(layout / "index.json")["manifests"] if NAME in each.get("annotations", {})
    )
    entries = blob(layout, named["digest"])["manifests"]
    return {
        f"{each['platform']['os']}/{each['platform']['architecture']}": each["digest"] for each in entries
    }


def view(layout: Path, manifest: str, folder: Path) -> None:
    """Make an empty folder a layout of one of the layout's manifests alone; the blobs are the same files."""
    shutil.copyfile(layout / "oci-layout", folder / "oci-layout")
    (folder / "blobs").symlink_to((layout / "blobs").absolute())
    data = _path(layout, manifest).read_bytes()
    descriptor = {"mediaType": json.loads(data)["mediaType"], "digest": manifest, "size": len(data)}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [descriptor]}))


def blob(layout: Path, digest: str) -> Document:
    """Return a blob that is JSON."""
    return _json(_path(layout, digest))


def files(layout: Path, manifest: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and first bytes of each regular file in an image's layers, the lowest layer first."""
    for layer in blob(layout, manifest)["layers"]:
        with tarfile.open(_path(layout, layer["digest"])) as packed:
            for member in packed:
                if member.isfile() and (content := packed.extractfile(member)):
                    yield member.name.removeprefix("./"), content.read(HEAD)


HEAD = 20
"""First bytes of a file: ELF's header up to its machine."""


def _entry(layout: Path, descriptor: Document) -> Document:
    config = blob(layout, blob(layout, descriptor["digest"])["config"]["digest"])
    platform = {"architecture": config["architecture"], "os": config["os"]}
    return {key: descriptor[key] for key in ("mediaType", "digest", "size")} | {"platform": platform}


def _path(layout: Path, digest: str) -> Path:
    return layout / "blobs" / digest.replace(":", "/")


def _json(path: Path) -> Document:
    document: Document = json.loads(path.read_bytes())
    return document

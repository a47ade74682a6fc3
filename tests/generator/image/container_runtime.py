"""What container runtimes show of an image: containerd's pkg/archive/tar.go over overlayfs, by Python's tarfile.

CRI-O's (storage/pkg/archive/diff.go) differ in two things: a directory that a layer only implies has the mode 0755,
whatever it had in the layers below, and an entry for the top sets the top's mode.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from backports import zstd
from kitserve.image.documents import Image

from tests.parts.registry import Registry

LAYER = "application/vnd.oci.image.layer.v1.tar"
INFLATERS: dict[str, Callable[[bytes], bytes]] = {
    LAYER: bytes,
    f"{LAYER}+gzip": gzip.decompress,
    f"{LAYER}+zstd": zstd.decompress,
}
UMASK = 0o022
MOUNTED = "models"
"""What KServe mounts of an image."""

Parts = tuple[str, ...]
Runtime = Literal["containerd", "cri-o"]


@dataclass(frozen=True)
class Node:
    """What is at a path; a link has its target as content."""

    kind: bytes
    mode: int
    content: bytes = b""

    @property
    def is_directory(self) -> bool:
        return self.kind == tarfile.DIRTYPE

    def described(self) -> dict[str, Any]:
        """As the initializer's `listing` has it."""
        mode = oct(self.mode & ~UMASK)
        if self.is_directory:
            return {"type": "dir", "mode": mode}
        if self.kind == tarfile.SYMTYPE:
            return {"type": "link", "mode": mode}
        digest = hashlib.sha256(self.content).hexdigest()
        return {"type": "file", "mode": mode, "size": len(self.content), "sha256": digest}


Nodes = dict[Parts, Node]


@dataclass
class Upper:
    """The directory that a layer is applied to, above those of the layers before it."""

    nodes: Nodes = field(default_factory=dict)
    removed: set[Parts] = field(default_factory=set)
    opaque: set[Parts] = field(default_factory=set)
    top: Node | None = None

    def put(self, parts: Parts, node: Node, lower: Nodes) -> None:
        """Add a member with its parents, which have the modes of the directories in `lower`."""
        for depth in range(1, len(parts)):
            there = self.nodes.get(parts[:depth])
            if there and not there.is_directory:
                raise NotADirectoryError(parts)
            if not there:
                below = lower.get(parts[:depth])
                mode = below.mode if below and below.is_directory else 0o755
                self.nodes[parts[:depth]] = Node(tarfile.DIRTYPE, mode)
        there = self.nodes.get(parts)
        if there and not (there.is_directory and node.is_directory):
            self.nodes = _without(self.nodes, parts)
        self.nodes[parts] = node


def applied(layers: list[bytes], runtime: Runtime) -> Nodes:
    """Return the tree of layers on top of each other, with the top, whose path is empty."""
    lower: Nodes = {(): Node(tarfile.DIRTYPE, 0o755)}
    for layer in layers:
        lower = _over(_upper(layer, lower if runtime == "containerd" else {}), lower, runtime)
    return lower


def mounted(nodes: Nodes) -> dict[str, Any]:
    """Return the tree that a pod sees, without the link that KServe's folder may be."""
    root: Parts = (MOUNTED,)
    link = nodes[root]
    if link.kind == tarfile.SYMTYPE:
        root = tuple(
            part for part in PurePosixPath(link.content.decode(errors="surrogateescape")).parts if part != "."
        )
    assert nodes[root].is_directory
    assert nodes[root].mode & 0o555 == 0o555
    found = {parts[len(root) :]: node for parts, node in nodes.items() if parts[: len(root)] == root}
    return {"/".join(parts): node.described() for parts, node in found.items() if parts and node is not link}


def layers_of(image: Image, registry: Registry) -> list[bytes]:
    """Return an image's layers, inflated and verified as containerd does, from where they lie."""
    own = {_digest(blob): blob for blob in image.blobs}
    held = {each.descriptor.digest: each.holder.reference.repository for each in image.mounts}
    manifests = [json.loads(body) for body in image.manifests]
    assert all(each["layers"] == manifests[0]["layers"] for each in manifests)
    configs = [json.loads(own[each["config"]["digest"]]) for each in manifests]
    inflated = [
        INFLATERS[each["mediaType"]](_blob(each, own, held, registry)) for each in manifests[0]["layers"]
    ]
    for config in configs:
        assert config["rootfs"]["diff_ids"] == [_digest(layer) for layer in inflated]
    return inflated


def _blob(
    descriptor: Mapping[str, Any], own: Mapping[str, bytes], held: Mapping[str, str], registry: Registry
) -> bytes:
    digest = descriptor["digest"]
    body = own.get(digest)
    if body is None:
        body = registry.http.request("GET", f"{registry.url}/v2/{held[digest]}/blobs/{digest}").data
    assert len(body) == descriptor["size"]
    return body


def _upper(layer: bytes, lower: Nodes) -> Upper:
    upper = Upper()
    with tarfile.open(fileobj=io.BytesIO(layer), mode="r:", errors="surrogateescape") as archive:
        for member in archive:
            parts = tuple(part for part in member.name.split("/") if part not in ("", "."))
            if not parts:
                upper.top = _node(member, archive)
                continue
            name = parts[-1]
            if name == ".wh..wh..opq":
                upper.opaque.add(parts[:-1])
            elif name.startswith(".wh."):
                upper.removed.add((*parts[:-1], name.removeprefix(".wh.")))
                upper.nodes = _without(upper.nodes, (*parts[:-1], name.removeprefix(".wh.")))
            else:
                upper.put(parts, _node(member, archive), lower)
    return upper


def _node(member: tarfile.TarInfo, archive: tarfile.TarFile) -> Node:
    if member.issym():
        return Node(tarfile.SYMTYPE, member.mode, member.linkname.encode(errors="surrogateescape"))
    if member.isdir():
        return Node(tarfile.DIRTYPE, member.mode)
    assert member.isreg(), member
    content = archive.extractfile(member)
    return Node(tarfile.REGTYPE, member.mode, content.read() if content else b"")


def _over(upper: Upper, lower: Nodes, runtime: Runtime) -> Nodes:
    if upper.top and runtime == "cri-o":
        lower = lower | {(): upper.top}
    for parts in upper.removed:
        lower = _without(lower, parts)
    for parts in upper.opaque:
        lower = {path: node for path, node in lower.items() if path[: len(parts)] != parts or path == parts}
    for parts, node in upper.nodes.items():
        below = lower.get(parts)
        if below and not (below.is_directory and node.is_directory):
            lower = _without(lower, parts)
    return lower | upper.nodes


def _without(nodes: Nodes, parts: Parts) -> Nodes:
    return {path: node for path, node in nodes.items() if path[: len(parts)] != parts}


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def names(image: Image) -> Iterator[str]:
    """Yield the names in the image's own layer."""
    own = json.loads(image.manifests[0])["layers"][-1]["digest"]
    (layer,) = (blob for blob in image.blobs if _digest(blob) == own)
    with tarfile.open(fileobj=io.BytesIO(layer), mode="r:", errors="surrogateescape") as archive:
        yield from archive.getnames()

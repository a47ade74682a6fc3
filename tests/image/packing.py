"""ModelKits made to measure: layers of any members, also of those that no `kit pack` would make."""

import gzip
import io
import json
import tarfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, TypedDict, Unpack

from tests.parts.registry import Registry

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.kitops.modelkit.config.v1+json"
LAYER_TYPE = "application/vnd.kitops.modelkit.model.v1.tar"

Form = Literal[0, 1, 2]
"""tarfile's USTAR_FORMAT, GNU_FORMAT or PAX_FORMAT."""


def digest(data: bytes) -> str:
    """The digest of `data`, as descriptors spell it."""
    return f"sha256:{sha256(data).hexdigest()}"


def file(name: str, content: bytes = b"content", mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    """A regular file for `layer`."""
    return header(name, tarfile.REGTYPE, mode, len(content)), content


def folder(name: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    """A directory for `layer`."""
    return header(name, tarfile.DIRTYPE, mode), b""


def entry(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """A member of any other kind for `layer`."""
    return header(name, kind, 0o644, target=target), b""


def header(name: str, kind: bytes, mode: int, size: int = 0, target: str = "") -> tarfile.TarInfo:
    """A header as `kit pack` writes it: owner 1000, the time 0."""
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.size, info.linkname, info.uid = kind, mode, size, target, 1000
    return info


def layer(*members: tuple[tarfile.TarInfo, bytes], form: Form = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive that ends with two empty blocks, as Go's writer leaves it."""
    buffer = io.BytesIO()
    for info, content in members:
        buffer.write(info.tobuf(form))
        buffer.write(content + bytes(-len(content) % tarfile.BLOCKSIZE))
    return buffer.getvalue() + bytes(2 * tarfile.BLOCKSIZE)


@dataclass(frozen=True)
class Packed:
    """A ModelKit in a registry."""

    host: str
    repository: str
    digest: str
    config: str
    layers: tuple[str, ...]

    @property
    def uri(self) -> str:
        """Its reference by tag."""
        return f"kit://{self.host}/{self.repository}:v1"

    @property
    def pinned(self) -> str:
        """Its reference by digest."""
        return f"kit://{self.host}/{self.repository}@{self.digest}"


Change = Callable[[dict[str, Any]], None]


def as_model(path: str) -> Change:
    """Claim that the first part is the model itself."""

    def claim(config: dict[str, Any]) -> None:
        model = config["model"]
        model |= model["parts"].pop(0) | {"path": path}

    return claim


class Options(TypedDict, total=False):
    """How to pack: `paths` of the parts, else part-N; `claim` may change the config, `body` replace it.

    `twist` may change the manifest. `repository` is a new one if it isn't named.
    """

    compress: bool
    paths: Sequence[str]
    claim: Change
    body: bytes
    twist: Change
    repository: str


@dataclass(frozen=True)
class Recipe:
    """What to pack: `layers` as tar archives, each one a part."""

    layers: Sequence[bytes]
    compress: bool = False
    paths: Sequence[str] = ()
    claim: Change = field(default=lambda _: None)
    body: bytes = b""
    twist: Change = field(default=lambda _: None)
    repository: str = ""


def fresh() -> str:
    """The name of a repository that nobody has."""
    return f"made/{uuid.uuid4().hex}"


def pack(registry: Registry, *layers: bytes, **options: Unpack[Options]) -> Packed:
    """Push a ModelKit of these layers to a repository of its own, under the tag v1."""
    recipe = Recipe(layers, **options)
    repository = recipe.repository or fresh()
    blobs = [gzip.compress(data, mtime=0) if recipe.compress else data for data in recipe.layers]
    config = _config(recipe, blobs, repository)
    for blob in (config, *blobs):
        registry.push_blob(repository, blob)
    manifest = _manifest(recipe, config, blobs)
    pushed = registry.push_manifest(repository, "v1", manifest, MANIFEST_TYPE)
    return Packed(registry.host, repository, pushed, digest(config), tuple(map(digest, blobs)))


def _config(recipe: Recipe, blobs: list[bytes], name: str) -> bytes:
    paths = recipe.paths or [f"part-{index}" for index in range(len(blobs))]
    parts = [
        {"name": path, "path": path, "digest": digest(blob), "diffId": digest(data)}
        for path, blob, data in zip(paths, blobs, recipe.layers, strict=True)
    ]
    config = {
        "manifestVersion": "1.0.0",
        "package": {"name": name},
        "model": {"name": "made", "parts": parts},
    }
    recipe.claim(config)
    return recipe.body or json.dumps(config, separators=(",", ":")).encode()


def _manifest(recipe: Recipe, config: bytes, blobs: list[bytes]) -> bytes:
    kind = LAYER_TYPE.replace("model.v1", "modelpart.v1") + "+gzip" * recipe.compress
    manifest = {
        "schemaVersion": 2,
        "config": {"mediaType": CONFIG_TYPE, "digest": digest(config), "size": len(config)},
        "layers": [{"mediaType": kind, "digest": digest(blob), "size": len(blob)} for blob in blobs],
    }
    recipe.twist(manifest)
    return json.dumps(manifest, separators=(",", ":")).encode()

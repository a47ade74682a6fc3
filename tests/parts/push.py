"""Pushes blobs, manifests and OCI layouts to a registry (OCI distribution specification 1.1, "Push")."""

import hashlib
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import urllib3

ACCEPTED = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Repository:
    """Where to push, and the headers that allow it."""

    http: urllib3.PoolManager
    url: str
    name: str
    headers: dict[str, str] = field(repr=False)

    def request(
        self, method: str, path: str, expected: int, body: bytes = b"", **headers: str
    ) -> dict[str, str]:
        """The answer's headers, their names in lower case.

        Raises:
            RuntimeError: the status isn't `expected`.
        """
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.http.request(method, urljoin(self.url, path), body=body, headers=sent)
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.data.decode(errors='replace')}")
        return {name.lower(): value for name, value in answer.headers.items()}


def layout(repository: Repository, archive: Path, tag: str) -> str:
    """Push an OCI image layout of one manifest, packed as .tar.gz; returns the manifest's digest."""
    with tarfile.open(archive) as packed:
        files = {member.name: _content(packed, member) for member in packed if member.isfile()}
    (descriptor,) = json.loads(files["index.json"])["manifests"]
    data = files[_blob_path(descriptor["digest"])]
    for needed in _blobs(json.loads(data)):
        blob(repository, files[_blob_path(needed["digest"])])
    return manifest(repository, tag, data, descriptor["mediaType"])


def blob(repository: Repository, data: bytes) -> str:
    """Push one blob in a single request after opening an upload session; returns its digest."""
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    session = repository.request("POST", f"/v2/{repository.name}/blobs/uploads/", 202)["location"]
    separator = "&" if "?" in session else "?"
    octets = "application/octet-stream"
    repository.request("PUT", f"{session}{separator}digest={digest}", 201, data, Content_Type=octets)
    return digest


def manifest(repository: Repository, reference: str, data: bytes, media_type: str) -> str:
    """Push a manifest under a tag or its digest; returns the digest the registry computed."""
    path = f"/v2/{repository.name}/manifests/{reference}"
    return repository.request("PUT", path, 201, data, Content_Type=media_type)["docker-content-digest"]


def descriptor(repository: Repository, reference: str) -> dict[str, Any]:
    """What a registry says of a manifest, by its tag or digest: media type, digest and size."""
    path = f"/v2/{repository.name}/manifests/{reference}"
    told = repository.request("HEAD", path, 200, Accept=ACCEPTED)
    size = int(told["content-length"])
    return {"mediaType": told["content-type"], "digest": told["docker-content-digest"], "size": size}


def _blobs(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [document["config"], *document["layers"]]


def _blob_path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _content(packed: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = packed.extractfile(member)
    if file is None:
        raise RuntimeError(f"{member.name} is no regular file")
    with file:
        return file.read()

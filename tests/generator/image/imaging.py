"""Runs of `kitserve image`, and what is in the registry after them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

from tests.generator.command_line import CommandLine, Result
from tests.image.packing import Packed, digest
from tests.image.scripted import Asked, Reply, Scripted
from tests.parts.push import ACCEPTED
from tests.parts.registry import Registry
from tests.parts.signing.keys import SigningKey

Document = dict[str, Any]
Bend = Callable[[Asked, Callable[[], Reply]], Reply]
"""Answers a request; the function gives what the registry behind answers, which then has been asked."""

SCHEME = "oci+native://"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Imaging:
    """Runs `kitserve image` for a ModelKit in a registry without TLS."""

    kitserve: CommandLine
    folder: Path

    def __call__(self, reference: str, *arguments: object) -> Result:
        return self.kitserve("image", reference, "--plain-http", *arguments)

    def made(self, reference: str, *arguments: object) -> str:
        """HOST/REPOSITORY:TAG of an image that has to be there by then."""
        ran = self(reference, *arguments)
        assert ran.exit_code == 0, ran.err
        uri = ran.out.splitlines()[-1]
        assert uri.startswith(SCHEME)
        return uri.removeprefix(SCHEME)

    def key(self, key: SigningKey) -> tuple[str, Path]:
        """The option for a key's file."""
        made = self.folder / f"{key.fingerprint[:8]}.pub"
        made.write_text(key.public)
        return "--key", made


@dataclass(frozen=True)
class Repository:
    """A repository of a registry that anybody may read."""

    registry: Registry
    name: str

    def manifest(self, version: str) -> Document | None:
        """A manifest's document; None if there is none."""
        answer = self._get(f"manifests/{version}", Accept=ACCEPTED)
        found: Document | None = json.loads(answer.data) if answer.status == 200 else None
        return found

    def digest(self, version: str) -> str:
        """What a tag names; empty for nothing."""
        answer = self._get(f"manifests/{version}", Accept=ACCEPTED)
        return digest(answer.data) if answer.status == 200 else ""

    def has(self, blob: str) -> bool:
        return self._get(f"blobs/{blob}").status == 200

    def tags(self) -> set[str]:
        return {*(json.loads(self._get("tags/list").data)["tags"] or ())}

    def put(self, version: str, document: Document) -> str:
        """Put a manifest or an index, and return its digest."""
        body = json.dumps(document).encode()
        return self.registry.push_manifest(self.name, version, body, document["mediaType"])

    def delete(self, version: str) -> None:
        url = f"{self.registry.url}/v2/{self.name}/manifests/{version}"
        assert self.registry.http.request("DELETE", url).status == 202

    def _get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        url = f"{self.registry.url}/v2/{self.name}/{path}"
        return self.registry.http.request("GET", url, headers=headers)


def repository(registry: Registry, made: Packed) -> Repository:
    return Repository(registry, made.repository)


@contextmanager
def front(registry: Registry, bend: Bend = lambda _, answer: answer()) -> Iterator[Scripted]:
    """A registry by another name, whose answers may be bent; it keeps what it was asked."""
    with urllib3.PoolManager() as http, Scripted() as server:

        def passed(asked: Asked) -> Reply:
            headers = {name: text for name, text in asked.headers.items() if name != "Host"}
            answer = http.request(
                asked.method, registry.url + asked.path, body=asked.body, headers=headers, redirect=False
            )
            told = {name: text for name, text in answer.headers.items() if name != "Content-Length"}
            if "Location" in told:
                told["Location"] = told["Location"].replace(registry.url, server.url)
            return Reply(answer.status, told | _length(asked, answer), answer.data)

        server.script = lambda asked: bend(asked, lambda: passed(asked))
        yield server


def _length(asked: Asked, answer: urllib3.BaseHTTPResponse) -> dict[str, str]:
    return {"Content-Length": answer.headers["Content-Length"]} if asked.method == "HEAD" else {}


def at(server: Scripted, made: Packed) -> str:
    """The reference of a ModelKit by a front's name."""
    return f"kit://{server.host}/{made.repository}:v1"


def writes(server: Scripted) -> list[Asked]:
    """The requests that change something."""
    return [asked for asked in server.asked if asked.method not in ("GET", "HEAD")]


def uploaded(server: Scripted) -> dict[str, int]:
    """The digests of blobs that were uploaded, and their bytes."""
    puts = [asked for asked in server.asked if asked.method == "PUT" and "/blobs/" in asked.path]
    return {parse_qs(urlsplit(asked.path).query)["digest"][0]: len(asked.body) for asked in puts}


def read(server: Scripted) -> list[str]:
    """The digests of blobs that were fetched."""
    gets = [asked.path for asked in server.asked if asked.method == "GET" and "/blobs/" in asked.path]
    return [path.rpartition("/")[2] for path in gets]


def where(asked: Asked) -> str:
    """What a request is: its method, and `start`, `upload`, `blob`, `tag`, `digest`, `fallback` or something else."""
    path = asked.path.partition("?")[0]
    if path.endswith("/blobs/uploads/"):
        return f"{asked.method} start"
    kinds = {"/blobs/uploads/": "upload", "/blobs/": "blob", "/manifests/sha256:": "digest"}
    kinds |= {"/manifests/sha256-": "fallback", "/manifests/": "tag", "/referrers/": "referrers"}
    return f"{asked.method} {next((kind for part, kind in kinds.items() if part in path), 'other')}"


def headed(reply: Reply, **headers: str) -> Reply:
    """The same answer with other headers."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(reply.status, reply.headers | named, reply.body)

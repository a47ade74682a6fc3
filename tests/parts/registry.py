"""A real registry (CNCF distribution) in a process of its own, its storage in a temporary folder."""

import json
import os
import re
import subprocess
import tempfile
import threading
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

import bcrypt
import urllib3

from tests.parts import push
from tests.parts.storage import Storage
from tests.parts.token_server import TokenServer
from tests.parts.tools import tool

START_SECONDS = 30
LISTENING = re.compile(r"listening on (?:\S+?):(\d+)")
# The Combined Log Format of Apache, as distribution writes it to its standard output.
ACCESS = re.compile(
    r'^\S+ \S+ \S+ \[[^\]]*\] "(?P<method>\S+) (?P<path>\S+) [^"]*" (?P<status>\d+) (?P<size>\d+)'
)


@dataclass(frozen=True)
class Basic:
    """The one user of a registry with basic authentication."""

    user: str
    password: str


@dataclass(frozen=True)
class Tls:
    """Files in PEM form: the registry's certificate and key, the authority that signed it, and perhaps a client's.

    With a `client`, its certificate and key, the registry wants one that the same authority signed.
    """

    certificate: Path
    key: Path
    authority: Path
    client: tuple[Path, Path] | None = None

    def configuration(self) -> dict[str, object]:
        """The `http.tls` section."""
        files: dict[str, object] = {"certificate": str(self.certificate), "key": str(self.key)}
        return files | ({"clientcas": [str(self.authority)]} if self.client else {})

    def pool(self) -> urllib3.PoolManager:
        """Connections of somebody who is let in."""
        certificate, key = map(str, self.client) if self.client else (None, None)
        return urllib3.PoolManager(ca_certs=str(self.authority), cert_file=certificate, key_file=key)


@dataclass(frozen=True)
class Access:
    """A line of the registry's access log; `size` counts the body's bytes."""

    method: str
    path: str
    status: int
    size: int


class Registry:
    """A running registry, as a context manager.

    Args:
        auth: nobody is asked (None), basic authentication, or tokens of a running TokenServer.
        address: what to listen on; port 0 is a free one, chosen by the system.
        tls: to speak https.
    """

    def __init__(
        self,
        auth: Basic | TokenServer | None = None,
        address: str = "127.0.0.1:0",
        tls: Tls | None = None,
    ) -> None:
        self.auth = auth
        self._tls = tls
        self._address = address
        self._port = 0
        self._log: list[str] = []
        self._accesses: list[str] = []
        self._news = threading.Condition()

    @property
    def host(self) -> str:
        """The registry in a reference: `localhost:PORT`, or the address it was told to listen on."""
        name = self._address.rpartition(":")[0]
        return f"{'localhost' if name == '127.0.0.1' else name}:{self._port}"

    @property
    def url(self) -> str:
        """Where HTTP requests go, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://{self.host}"

    @property
    def log(self) -> str:
        """What the registry has written to its own log so far."""
        with self._news:
            return "".join(self._log)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kitserve-registry-")))
            self.storage = Storage(folder / "storage")
            self.http = self._tls.pool() if self._tls else urllib3.PoolManager()
            stack.callback(self.http.clear)
            self._start(folder, stack)
            self._await_port()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()

    def accesses(self) -> list[Access]:
        """All requests answered so far, in the order in which they were finished."""
        marker = f"/v2/?{uuid.uuid4()}"
        self.http.request("GET", self.url + marker)
        with self._news:
            if not self._news.wait_for(lambda: any(marker in line for line in self._accesses), START_SECONDS):
                raise RuntimeError("the registry doesn't write its access log")
            lines = [line for line in self._accesses if "GET /v2/?" not in line]
        found = [match.groupdict() for match in map(ACCESS.match, lines) if match]
        return [Access(row["method"], row["path"], int(row["status"]), int(row["size"])) for row in found]

    def push_layout(self, archive: Path, repository: str, tag: str) -> str:
        """Push an OCI layout (.tar.gz); returns the manifest's digest."""
        return push.layout(self._uploads(repository), archive, tag)

    def push_blob(self, repository: str, data: bytes) -> str:
        """Push one blob; returns its digest."""
        return push.blob(self._uploads(repository), data)

    def push_manifest(self, repository: str, reference: str, data: bytes, media_type: str) -> str:
        """Push a manifest whose blobs are there; returns its digest."""
        return push.manifest(self._uploads(repository), reference, data, media_type)

    def descriptor(self, repository: str, reference: str) -> dict[str, Any]:
        """A manifest's media type, digest and size."""
        return push.descriptor(self._uploads(repository), reference)

    def _uploads(self, repository: str) -> push.Repository:
        headers = {}
        if isinstance(self.auth, Basic):
            headers = urllib3.make_headers(basic_auth=f"{self.auth.user}:{self.auth.password}")
        elif self.auth:
            headers = {"Authorization": f"Bearer {self.auth.token(f'repository:{repository}:pull,push')}"}
        return push.Repository(self.http, self.url, repository, dict(headers))

    def _start(self, folder: Path, stack: ExitStack) -> None:
        # One thread at a time: others would look for work in vain after each request.
        environment = {**os.environ, "OTEL_TRACES_EXPORTER": "none", "GOMAXPROCS": "1"}
        self._process = subprocess.Popen(
            self._command(folder),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        stack.callback(self._stop)
        streams = ((self._process.stdout, self._accesses), (self._process.stderr, self._log))
        self._readers = [threading.Thread(target=self._read, args=each, daemon=True) for each in streams]
        for reader in self._readers:
            reader.start()

    def _command(self, folder: Path) -> list[Path | str]:
        """What to run; `folder` is the run's own."""
        configuration = folder / "config.json"
        configuration.write_text(json.dumps(self._configuration(folder)))
        return [tool("registry"), "serve", configuration]

    def _configuration(self, folder: Path) -> dict[str, object]:
        configuration: dict[str, object] = {
            "version": "0.1",
            "log": {"level": "info", "formatter": "text"},
            "storage": {"filesystem": {"rootdirectory": str(self.storage.root)}, "delete": {"enabled": True}},
            "http": {"addr": self._address, "secret": uuid.uuid4().hex}
            | ({"tls": self._tls.configuration()} if self._tls else {}),
        }
        if isinstance(self.auth, Basic):
            configuration["auth"] = {
                "htpasswd": {"realm": "kitserve", "path": str(_htpasswd(folder, self.auth))}
            }
        elif self.auth:
            configuration["auth"] = {"token": self.auth.registry_options(folder)}
        return configuration

    def _read(self, stream: IO[str], lines: list[str]) -> None:
        with stream:
            for line in stream:
                with self._news:
                    lines.append(line)
                    self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _await_port(self) -> None:
        """The kernel queues connections as soon as the port is in the log, so nothing is left to wait for."""
        with self._news:
            self._news.wait_for(lambda: self._listening() or not self._readers[1].is_alive(), START_SECONDS)
            if not self._listening():
                raise RuntimeError(f"the registry did not start:\n{''.join(self._log)}")

    def _listening(self) -> bool:
        match = LISTENING.search("".join(self._log))
        self._port = int(match[1]) if match else 0
        return bool(match)

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join()


def _htpasswd(folder: Path, user: Basic) -> Path:
    path = folder / "htpasswd"
    path.write_bytes(
        user.user.encode() + b":" + bcrypt.hashpw(user.password.encode(), bcrypt.gensalt(4)) + b"\n"
    )
    return path

"""An API server that answers what a recording says, on loopback."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from kitserve.serving.gathering import Reader

from tests.generator.serving.recording import KINDS

LIST = re.compile(r"(?P<api>/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<kind>[a-z]+)")
LOG = re.compile(r"/api/v1/namespaces/(?P<namespace>[^/]+)/pods/(?P<pod>[^/]+)/log")


class ApiServer(BaseHTTPRequestHandler):
    """Lists and logs of recordings, one after the other for each look; `refused` has the code for a kind."""

    recording: ClassVar[Reader]
    refused: ClassVar[dict[str, int]]
    asked: ClassVar[list[str]]
    page: ClassVar[int]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        self.asked.append(self.path)
        if found := LOG.fullmatch(url.path):
            self._log(found["namespace"], found["pod"], query)
        elif found := LIST.fullmatch(url.path):
            self._list(found["api"], found["kind"], found["namespace"] or "", query)
        else:
            self._status(404, "not found")

    def _list(self, api: str, kind: str, namespace: str, query: dict[str, str]) -> None:
        if kind not in KINDS or kind in self.refused:
            code = self.refused.get(kind, 404)
            self._status(code, f'{kind} is forbidden: User "viewer" cannot list resource "{kind}"')
            return
        selectors = {"labels": query.get("labelSelector", ""), "fields": query.get("fieldSelector", "")}
        found = self.recording.items(api, kind, namespace, **selectors)
        start = int(query.get("continue", 0))
        size = min(int(query["limit"]), self.page)
        more = {"continue": str(start + size)} if start + size < len(found) else {}
        self._answer({"kind": f"{KINDS[kind]}List", "metadata": more, "items": found[start : start + size]})

    def _log(self, namespace: str, pod: str, query: dict[str, str]) -> None:
        if "log" in self.refused:
            self._status(self.refused["log"], "pods is forbidden: cannot get resource pods/log")
            return
        container = query.pop("container")
        options: dict[str, Any] = {
            key: int(value) if value.isdigit() else True for key, value in query.items()
        }
        self._send(200, self.recording.log(namespace, pod, container, **options).encode(), "text/plain")

    def _status(self, code: int, message: str) -> None:
        body = {"kind": "Status", "code": code, "message": message}
        self._send(code, json.dumps(body).encode(), "application/json")

    def _answer(self, body: dict[str, Any]) -> None:
        self._send(200, json.dumps(body).encode(), "application/json")

    def _send(self, code: int, content: bytes, kind: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(
    recording: Reader, refused: dict[str, int] | None = None, page: int = 1000
) -> Iterator[tuple[str, type[ApiServer]]]:
    """The server's address, and its class, whose attributes may change meanwhile."""
    fields = {"recording": recording, "refused": refused or {}, "asked": [], "page": page}
    handler = type("Answering", (ApiServer,), fields)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()

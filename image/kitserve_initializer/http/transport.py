"""HTTP to a registry and its token server: one pool of connections, and every fault of theirs as one of ours."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    InsecureRequestWarning,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ResponseError,
    SSLError,
)

from kitserve_initializer.errors import RegistryError, RegistryUnreachable, UntrustedRegistry
from kitserve_initializer.http.proxy import pools
from kitserve_initializer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitserve_initializer.http.proxy import Proxies

STEP = 256 * 1024
"""Bytes per read: large enough for few calls, small enough to stay in a core's cache."""

RANGES_AT_A_TIME = 8
"""Ranges of blobs fetched or waiting for their turn at a time, over all blobs: each may take a connection."""

_CONNECT_SECONDS = 15
_STALL_SECONDS = 20
_BODY_LIMIT = 8 * 1024 * 1024
_REDIRECTS = 5


class Answer:
    """A response whose body is still to be read; leaving its `with` gives the connection back."""

    def __init__(self, response: urllib3.BaseHTTPResponse, url: str) -> None:
        self._response = response
        self.status = response.status
        self.headers = response.headers
        self.host = urlsplit(url).netloc
        self.redirected = urlsplit(response.url or url).netloc not in ("", self.host)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # After a whole body urllib3 has taken the connection back already; a half-read one can't be used again.
        self._response.close()

    @property
    def is_temporary(self) -> bool:
        """Whether the status says that the same request may work a moment later."""
        return self.status in (408, 429) or self.status >= 500

    @property
    def wait_seconds(self) -> float:
        """What Retry-After asks for, as seconds or as a date; 0 without one that can be read."""
        try:
            return urllib3.Retry(0).get_retry_after(self._response) or 0
        except (InvalidHeader, ValueError, OverflowError):
            return 0

    def read(self) -> bytes:
        """Return the body of a small answer: a manifest, a config, a token.

        Raises:
            RegistryError: if it has more than 8 MiB.
        """
        body = b""
        for chunk in self.chunks():
            body += chunk
            if len(body) > _BODY_LIMIT:
                raise RegistryError(f"{self.host} answers with more than {_BODY_LIMIT} bytes of JSON")
        return body

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it was sent, in steps of at most STEP bytes."""
        with _faults(self.host):
            try:
                while chunk := self._response.read(STEP, decode_content=False):
                    yield chunk
            except ProtocolError as error:
                if come := _come(error):
                    yield come
                raise


class Transport:
    """A pool of connections; an Authorization header never follows a redirect to another host (urllib3 sees to it)."""

    def __init__(self, context: ssl.SSLContext, proxies: Proxies, *, connections: int) -> None:
        # One connection at a time is what --concurrency 1 asks for.
        self.slots = threading.Semaphore(min(connections, RANGES_AT_A_TIME) if connections > 1 else 0)
        if context.verify_mode is ssl.CERT_NONE:
            urllib3.disable_warnings(InsecureRequestWarning)
        self.pool = pools(
            proxies,
            maxsize=connections + RANGES_AT_A_TIME,
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_STALL_SECONDS),
            retries=urllib3.Retry(
                _REDIRECTS,
                connect=0,
                read=0,
                redirect=_REDIRECTS,
                status=0,
                other=0,
                respect_retry_after_header=False,
            ),
            ssl_context=context,
            headers={"User-Agent": f"kitserve-initializer/{VERSION}"},
        )

    def get(self, url: str, headers: dict[str, str]) -> Answer:
        """Send a GET, and follow redirects.

        Raises:
            RegistryUnreachable: if there is no connection, or it breaks or stalls.
            UntrustedRegistry: if TLS fails.
        """
        with _faults(_host(url)):
            response = self.pool.request(
                "GET",
                url,
                headers={**self.pool.headers, **headers},
                preload_content=False,
                decode_content=False,
            )
        return Answer(response, url)

    def post(self, url: str, form: dict[str, str]) -> Answer:
        """Send a form. Redirects aren't followed: a form holds secrets, and they are for this host.

        Raises:
            RegistryUnreachable, UntrustedRegistry: as `get`.
        """
        headers = {**self.pool.headers, "Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", url, headers, urlencode(form).encode())

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send a request as it is, and follow no redirect.

        Raises:
            RegistryUnreachable, UntrustedRegistry: as `get`.
        """
        with _faults(_host(url)):
            response = self.pool.request(
                method,
                url,
                headers=headers,
                body=body,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        return Answer(response, url)


def _come(error: ProtocolError) -> bytes:
    """Return what came of a step before a chunked body broke; of other bodies urllib3 hands it out by itself."""
    # From http.client's IncompleteRead; urllib3's own has a number there.
    come = getattr(error.args[-1], "partial", b"")
    return come if isinstance(come, bytes) else b""


def _host(url: str) -> str:
    """Return where a URL leads; registries name some, and not all can be read."""
    try:
        host = urlsplit(url).netloc
    except ValueError:
        host = ""
    if not host:
        raise RegistryError("the registry names an address that is no URL")
    return host


@contextmanager
def _faults(host: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise RegistryError(f"{host} names an address that is no URL") from error
    except HTTPError as error:
        reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        if isinstance(reason, SSLError) or isinstance(_cause(reason), ssl.SSLError):
            raise UntrustedRegistry(f"TLS with {host} failed: {_root(reason)}", _hint(reason)) from error
        if isinstance(reason, ProxyError):
            raise RegistryUnreachable(
                f"the proxy on the way to {host} doesn't let us through",
                "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            ) from error
        if isinstance(reason, ResponseError):
            raise RegistryError(f"{host} redirects more than {_REDIRECTS} times") from error
        # A NewConnectionError counts as a timeout for urllib3, also if the connection was refused at once.
        if isinstance(reason, urllib3.exceptions.TimeoutError) and not isinstance(reason, NewConnectionError):
            raise RegistryUnreachable(
                f"{_whom(host, error)} doesn't answer in time", temporary=True
            ) from error
        raise RegistryUnreachable(
            f"the connection to {_whom(host, error)} failed: {_root(reason)}", temporary=True
        ) from error


def _whom(host: str, error: HTTPError) -> str:
    """Name the host that a request got no further at, without the rest of its address, which may be signed."""
    if not isinstance(error, MaxRetryError) or not isinstance(error.pool, HTTPConnectionPool):
        return host
    # A proxy is asked for whole addresses.
    asked = urlsplit(error.url or "")
    name, port = (asked.hostname, asked.port) if asked.netloc else (error.pool.host, error.pool.port)
    there = urlsplit(f"//{host}")
    same = name == there.hostname and port in (there.port, None if there.port else error.pool.port)
    if same:
        return host
    return f"{name}:{port}, where {host} redirects to," if port else f"{name}, where {host} redirects to,"


def _cause(error: BaseException) -> BaseException:
    """Return the first error of a chain, which urllib3 keeps as an argument here and there."""
    inner = error.__cause__ or error.__context__ or next(filter(_is_error, error.args), None)
    # A status that is no number has a ValueError below it, as a chunk without a size has.
    if isinstance(error, BadStatusLine) or not isinstance(inner, BaseException):
        return error
    return _cause(inner)


def _is_error(argument: object) -> bool:
    return isinstance(argument, BaseException)


def _hint(error: BaseException) -> str:
    """Return a hint for an alert by which a server requires a client certificate."""
    found = _cause(error)
    asks = isinstance(found, ssl.SSLError) and (found.reason or "").endswith("CERTIFICATE_REQUIRED")
    return "give a client certificate: --cert and --key, or KITSERVE_CLIENT_CERTIFICATE" if asks else ""


def _root(error: BaseException) -> str:
    """Return what the operating system or TLS said, without the wrapping."""
    error = _cause(error)
    if isinstance(error, OSError):
        return "it ended early" if isinstance(error, RemoteDisconnected) else _said(error)
    if isinstance(error, IncompleteRead | ValueError):  # ValueError: a chunk whose size doesn't come
        return "it ended early"
    if isinstance(error, HTTPException | HTTPError):
        return "the answer isn't HTTP"
    return type(error).__name__


def _said(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return error.strerror or type(error).__name__

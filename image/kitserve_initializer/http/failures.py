"""Every fault of urllib3, TLS and the operating system as one of ours, passing or final by what it is."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, TypeVar

from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError
from urllib3.exceptions import IncompleteRead as ShortRead
from urllib3.exceptions import TimeoutError as Timeout

from kitserve_initializer.errors import RegistryError, RegistryUnreachable
from kitserve_initializer.http import tls_faults
from kitserve_initializer.wire.connection import TunnelError
from kitserve_initializer.wire.pace import HeadError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve_initializer.errors import RegistryFailure

_PROXY_HINT = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
_NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
"""What a name server says for good; EAI_AGAIN is none of it."""

E = TypeVar("E", bound=BaseException)


@contextmanager
def told(who: str, *, known: bool = False) -> Iterator[None]:
    """Turn what goes wrong with the host that `who` names into a RegistryFailure.

    A host that is `known` has answered in this run: if its name is gone now, as that of a service without pods is, it
    may come back.
    """
    try:
        yield
    except ValueError as error:
        raise RegistryError(f"{who} names an address that is no URL") from error
    except HTTPError as error:
        raise _failure(who, [*_chain(error)], known=known) from error


def is_passing(status: int) -> bool:
    """Return whether a status says that the same request may work a moment later."""
    return status in (408, 421, 425, 429) or status >= 500


def proxy_refusal(who: str, status: int) -> RegistryUnreachable:
    """Return the failure for a proxy that doesn't let us through to `who`."""
    if status == 407:
        return RegistryUnreachable(
            f"the proxy on the way to {who} asks for a login, or refuses ours (407)",
            "check user and password in HTTPS_PROXY and HTTP_PROXY",
        )
    return RegistryUnreachable(
        f"the proxy on the way to {who} doesn't let us through ({status})",
        _PROXY_HINT,
        temporary=is_passing(status),
    )


def _failure(who: str, chain: list[BaseException], *, known: bool) -> RegistryFailure:
    tunnel = _found(TunnelError, chain)
    if tunnel and tunnel.status:
        return proxy_refusal(who, tunnel.status)
    hint, is_proxy = "", bool(tunnel or _found(ProxyError, chain))
    if is_proxy:
        who, hint = f"the proxy on the way to {who}", _PROXY_HINT
    if fault := _found(HeadError, chain):
        return RegistryError(f"{who} answers with {fault}")
    return tls_faults.failure(who, chain, is_proxy=is_proxy) or _broken(who, chain, hint, known=known)


def _broken(who: str, chain: list[BaseException], hint: str, *, known: bool) -> RegistryUnreachable:
    if slow := _found(TooSlowError, chain):
        return RegistryUnreachable(f"{who} answers too slowly: {slow}", hint, temporary=True)
    if _is_timeout(chain):
        return RegistryUnreachable(f"{who} doesn't answer in time", hint, temporary=True)
    name = _found(socket.gaierror, chain)
    final = name and name.errno in _NO_SUCH_NAME and not known
    cause = f"the connection to {who} failed: {_said(name or chain[-1])}"
    return RegistryUnreachable(cause, hint, temporary=not final)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those below it, which urllib3 keeps as a cause or as an argument."""
    below: BaseException | None = error
    while below is not None:
        yield below
        inner = (argument for argument in below.args if isinstance(argument, BaseException))
        context = None if below.__suppress_context__ else below.__context__
        below = below.__cause__ or context or next(inner, None)


def _found(kind: type[E], chain: list[BaseException]) -> E | None:
    return next((error for error in chain if isinstance(error, kind)), None)


def _is_timeout(chain: list[BaseException]) -> bool:
    # A NewConnectionError counts as a timeout for urllib3, also if the connection was refused at once.
    return any(
        isinstance(error, (Timeout, TimeoutError, ConnectTimeoutError))
        and not isinstance(error, NewConnectionError)
        for error in chain
    )


def _said(error: BaseException) -> str:
    """Return what the operating system said, or what a connection lacks."""
    if isinstance(error, RemoteDisconnected | IncompleteRead | ShortRead):
        return "it ended early"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, HTTPException | HTTPError):
        return "the answer isn't HTTP"
    return type(error).__name__

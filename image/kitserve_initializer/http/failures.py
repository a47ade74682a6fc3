"""Every fault of urllib3, TLS and the operating system as one of ours."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING

import urllib3
from urllib3.exceptions import (
    HTTPError,
    IncompleteRead,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from kitserve_initializer.errors import RegistryError, RegistryUnreachable, UntrustedRegistry
from kitserve_initializer.http.pace import EndlessHeadError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def told(who: str) -> Iterator[None]:
    """Turn what goes wrong with the host that `who` names into a RegistryFailure."""
    try:
        yield
    except ValueError as error:
        raise RegistryError(f"{who} names an address that is no URL") from error
    except HTTPError as error:
        reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        cause = _cause(reason)
        if isinstance(reason, SSLError) or isinstance(cause, ssl.SSLError):
            raise UntrustedRegistry(f"TLS with {who} failed: {_root(reason)}", _hint(reason)) from error
        if isinstance(reason, ProxyError):
            raise RegistryUnreachable(
                f"the proxy on the way to {who} doesn't let us through",
                "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
            ) from error
        if isinstance(cause, EndlessHeadError):
            raise RegistryError(f"{who} answers with {cause}") from error
        if isinstance(cause, TooSlowError):
            raise RegistryUnreachable(f"{who} answers too slowly: {cause}", temporary=True) from error
        # A NewConnectionError counts as a timeout for urllib3, also if the connection was refused at once.
        if isinstance(reason, urllib3.exceptions.TimeoutError) and not isinstance(reason, NewConnectionError):
            raise RegistryUnreachable(f"{who} doesn't answer in time", temporary=True) from error
        raise RegistryUnreachable(
            f"the connection to {who} failed: {_root(reason)}", temporary=True
        ) from error


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

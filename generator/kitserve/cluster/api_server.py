"""Requests to the API server of a kubeconfig's context.

Only this module imports `kubernetes` (the extra `kitserve[cluster]`), and only when a cluster is asked.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from kitserve.errors import ClusterUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    Data = dict[str, Any]
    Request = Callable[..., Data]

_SECONDS = 30
_UNAVAILABLE = {429, 502, 503, 504}
"""Status codes of answers that aren't about the object."""
_SIGNS = {"kind", "gitVersion", "node"}
"""An object's member, that of the API server's version, and that of a node's statistics: an answer has one of them."""
_HINT = "`kubectl auth whoami` tries the same login"


class Refused(Exception):  # noqa: N818 - carries an answer, and ends nothing
    """The API server refuses an object, with its `Status`."""

    def __init__(self, status: Data) -> None:
        super().__init__()
        self.status = status


def connect(context: str) -> tuple[Request, str]:
    """Return the function that sends a request to the API server, and the context's namespace."""
    try:
        from kubernetes import config  # noqa: PLC0415 - the extra
        from kubernetes.dynamic import DynamicClient  # noqa: PLC0415
        from urllib3 import disable_warnings  # noqa: PLC0415 - the client's
    except ImportError as error:
        message = "asking a cluster needs the Kubernetes client, which isn't installed"
        raise ClusterUnavailable(message, hint="pip install 'kitserve[cluster]'") from error
    try:
        client = config.new_client_from_config(context=context or None, persist_config=False)
        namespace = _namespace(context)
    except Exception as error:  # errors of YAML, of files, and the client's own
        raise _unusable(_cause(error)) from error
    disable_warnings()  # about a kubeconfig that turns TLS's checks off
    # Its own discovery leaves a file in the common temporary folder.
    dynamic = DynamicClient(client, discoverer=lambda *_: None)
    return _request(dynamic, client.configuration.host), namespace


def _unusable(said: str) -> ClusterUnavailable:
    """Return the error for a kubeconfig, by what the client says of it."""
    if said.endswith("No configuration found."):
        named = os.environ.get("KUBECONFIG")
        place = f"{named}, which KUBECONFIG names, isn't there" if named else "~/.kube/config isn't there"
        return ClusterUnavailable(
            f"there is no kubeconfig: {place}",
            hint="set KUBECONFIG to the file that your cluster's administrator, or its tool, has written",
        )
    hint = (
        "`kubectl config get-contexts` lists the contexts"
        if "contexts" in said
        else "`kubectl config view` reads the same file"
    )
    return ClusterUnavailable(f"the kubeconfig can't be used: {said}", hint=hint)


def _namespace(context: str) -> str:
    from kubernetes.config import kube_config  # noqa: PLC0415

    merged = kube_config.KubeConfigMerger(kube_config.KUBE_CONFIG_DEFAULT_LOCATION).config
    # As config.list_kube_config_contexts() does, which always requires a current context.
    loader = kube_config.KubeConfigLoader(config_dict=merged, active_context=context or None)
    return loader.current_context["context"].get("namespace") or "default"


def _request(dynamic: Any, host: str) -> Request:  # noqa: ANN401 - the client has no types
    """Return the function; with `serialize=False` it gives `text` of an answer that is no document, as a log."""
    from kubernetes.dynamic.exceptions import DynamicApiError  # noqa: PLC0415

    def request(*words: str, **options: Any) -> Data:  # noqa: ANN401 - the client's own
        try:
            answer = dynamic.request(
                *words, serializer=lambda _, data: data, _request_timeout=_SECONDS, **options
            )
        except DynamicApiError as error:
            raise Refused(_status(host, error.status, error.body)) from error
        except Exception as error:  # transport, TLS and plugins for logins have no error in common
            raise ClusterUnavailable(f"{host} doesn't answer: {_cause(error)}", hint=_HINT) from error
        if options.get("serialize") is False:
            return {"kind": "Text", "text": answer.data.decode("utf-8", "replace")}
        return _document(host, answer)

    return request


def _cause(error: BaseException) -> str:
    """Return the innermost error as one line."""
    while isinstance(inner := getattr(error, "reason", None) or error.__cause__, BaseException):
        error = inner
    return " ".join(str(error).split()) or type(error).__name__


def _status(host: str, code: int, body: bytes | str | None) -> Data:
    """Return the API server's `Status`. Raises ClusterUnavailable if the answer isn't about the object."""
    if code == 401:
        raise ClusterUnavailable(f"{host} refuses the login (401)", hint=_HINT)
    if code in _UNAVAILABLE:
        raise ClusterUnavailable(f"{host} can't answer now ({code})", hint="try again later")
    try:
        found = json.loads(body or "")
    except (ValueError, RecursionError):
        # For an unknown group the API server answers 404 in plain text.
        found = {"kind": "Status", "code": code} if code == 404 else None
    return _document(host, found)


def _document(host: str, answer: object) -> Data:
    if not isinstance(answer, dict) or not _SIGNS & answer.keys():
        raise ClusterUnavailable(f"{host} doesn't answer as an API server does", hint=_HINT)
    return answer

"""A cluster's verdict on objects: a server-side dry run of each, with admission webhooks, which changes nothing.

Beside it, what the cluster's settings do to them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from kitserve.check.cluster_settings import SWITCHED_OFF, unmounted
from kitserve.cluster.api_server import Refused
from kitserve.cluster.objects import Objects, misleading
from kitserve.crds.lookup import maps, text
from kitserve.problems import Code, Path, Problem, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Data = dict[str, Any]

REFUSED = Code(
    "KS299",
    "error",
    "The cluster that is asked refuses the object.",
    why="The API server answers a server-side dry run, with its admission webhooks, as it answers "
    "`kubectl apply --server-side`. `kitserve validate --cluster` and `kitserve diff` ask it.",
    example="$ kitserve validate --cluster inferenceservice.yaml",
    remedy="The message is the cluster's own. If KServe itself doesn't refuse the object, look for a "
    "policy of the cluster, a missing namespace or CRD, or a permission that the login lacks.",
)
CODES = (REFUSED, SWITCHED_OFF)

Answer = TypeVar("Answer")
_STEP = re.compile(r"\[([0-9]{1,9})\]|\[([^]]*)\]|([^.\[\]]+)")
_FIXED = re.compile(r"immutable|updates? to .* (?:are|is) forbidden", re.IGNORECASE)
_ANEW = "a field that can't change needs a new object: delete this one, or give it another name"
# The field in the message of server-side apply, for a status without causes.
_FIELD = re.compile(r": \.([^\s:]+): ")


class Cluster:
    """The cluster of a kubeconfig's context, by default the current one."""

    def __init__(self, context: str = "") -> None:
        """Connect. Raises ClusterUnavailable: no client, no kubeconfig, no such context."""
        self._objects = Objects(context)

    def refusals(self, objects: Sequence[Data]) -> Iterator[tuple[int, Problem]]:
        """Yield each refusal with the index of its object. Raises ClusterUnavailable."""
        for number, item in enumerate(objects):
            answer = ask(self._objects, item, self._objects.applied)
            if isinstance(answer, Problem):
                yield number, answer
        yield from unmounted(objects, self._get)

    def _get(self, path: str) -> Data | None:
        try:
            return self._objects.stored(path)
        except Refused:
            return None


def ask(objects: Objects, item: Data, question: Callable[[str, Data], Answer]) -> Answer | Problem:
    """Return the answer to a question about an object at its path, or why the cluster doesn't take the object."""
    if place := misleading(item):
        message = "isn't asked about: this can't be a part of a path at the API server"
        return REFUSED.problem(message, path=place)
    try:
        path = objects.path(item)
        if path is None:
            return REFUSED.problem(
                f"the cluster has no {item['kind']} of {item['apiVersion']}", path=("kind",)
            )
        return question(path, item)
    except Refused as refused:
        return _problem(item, refused.status)


def _problem(item: Data, status: Data) -> Problem:
    """Return the refusal at the first field that it names. A Secret's has no message, which could repeat the Secret."""
    private = item["kind"] == "Secret"
    reason = f"{status.get('reason', '')} ({status.get('code', '')})"
    said = reason if private else str(status.get("message") or reason)
    hint = _ANEW if _FIXED.search(str(status.get("message", ""))) else ""
    message = f"the cluster refuses it: {' '.join(said.split())}"
    return REFUSED.problem(message, path=_field(item, status), hint=hint)


def _field(item: Data, status: Data) -> Path:
    """Return the path of the fault, as far as the object has it."""
    fields = (text(cause, ("field",)) for _, cause in maps(status, ("details", "causes")))
    named = next(filter(None, fields), "")
    if not named and (match := _FIELD.search(str(status.get("message", "")))):
        named = match[1]
    path = path_of(named)
    return path[: known(item, path)]


def path_of(field: str) -> Path:
    """Parse a field as the API server writes it: `spec.predictor.model.env[0].name`, `metadata.labels[a.b/c]`."""
    return tuple(
        int(match[1]) if match[1] else (match[2] or match[3] or "").strip('"')
        for match in _STEP.finditer(field)
    )

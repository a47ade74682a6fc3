"""A language model that loads, as a cluster would tell it: one recording for each look of `kitserve status --wait`."""

from dataclasses import dataclass, field
from typing import Any

from kitserve_initializer.log.events import PROGRESS, RESOLVED

from tests.generator.serving.objects import DONE, RUNNING, pod, service
from tests.generator.serving.recording import Recording

NAMESPACE = "models"
_SIZE, _RATE = 16_060_000_000, 118_000_000
_URI = "kit://registry.example.com/models/llama:v2"
_DIGEST = f"sha256:{'4d0a5cfc83b9e21f' * 4}"


@dataclass
class Loading:
    """A cluster that is one recording further whenever services are listed; it stays at the last one."""

    looks: list[Recording]
    _number: int = field(default=-1, init=False)

    def items(
        self, api: str, kind: str, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> list[dict[str, Any]]:
        """As cluster/reading.py's."""
        if kind == "inferenceservices":
            self._number = min(self._number + 1, len(self.looks) - 1)
        return self.looks[self._number].items(api, kind, namespace, labels=labels, fields=fields)

    def may_list(self, kind: str, namespace: str) -> bool:
        """As cluster/reading.py's."""
        return self.looks[self._number].may_list(kind, namespace)

    def log(self, namespace: str, pod: str, container: str, **options: str | int | bool) -> str:
        """As cluster/reading.py's."""
        return self.looks[self._number].log(namespace, pod, container, **options)


def looks() -> list[Recording]:
    """The model is fetched, then its server starts, then it is ready."""
    fetched = [_look(RUNNING, percent=percent) for percent in (6, 62)]
    return [*fetched, _look(DONE, RUNNING), _look(DONE, RUNNING, ready=True)]


def _look(
    initializer: dict[str, Any],
    server: dict[str, Any] | None = None,
    *,
    percent: int = 100,
    ready: bool = False,
) -> Recording:
    names = {"name": "llama", "namespace": NAMESPACE}
    objects = (
        service(_URI, ready=ready, metadata=names),
        pod(initializer, server, name="llama", namespace=NAMESPACE, ready=ready, uri=_URI),
    )
    lines = "".join(f"2026-01-01T00:00:00Z INFO {each}\n" for each in (_resolved(), _progress(percent)))
    return Recording(objects, {f"{NAMESPACE}/llama-predictor-1/storage-initializer": lines})


def _resolved() -> str:
    fields: dict[str, Any] = dict.fromkeys(RESOLVED.fields, "")
    return RESOLVED.message(fields | {"reference": _URI, "digest": _DIGEST, "filters": (), "layout": "kit"})


def _progress(percent: int) -> str:
    done = _SIZE * percent // 100
    return PROGRESS.message(
        {
            "bytes": done,
            "total_bytes": _SIZE,
            "percent": percent,
            "bytes_per_second": _RATE,
            "seconds_left": (_SIZE - done) // _RATE,
        }
    )

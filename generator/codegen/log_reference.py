"""The page of the initializer's log: its events and fields, and lines as the code writes them."""

import logging
import re
from collections.abc import Iterator

from kitserve.version import VERSION
from kitserve_initializer.log import events
from kitserve_initializer.log.event import TRACE, Event
from kitserve_initializer.log.fields import FIELDS
from kitserve_initializer.log.lines import formatter

from codegen.reference import page, table

_INTRO = """\
The initializer writes its log to standard error: lines of text, or with `logFormat: json` (KITSERVE_LOG_FORMAT) an
object a line. The last line of a run that failed is its cause, and the pod's termination message is the same sentence.

An object has `ts` (RFC 3339, UTC), `level`, `event`, the event's fields, and `message`, the sentence that the text has.
Names of events and fields are stable, and a field has one meaning wherever it occurs. Sizes are in bytes and times in
seconds; in sentences they are rounded, with units of 1024 bytes. Sentences may change: let programs read the fields.

| Flag in `unpackFlags` or `kitserve.io/unpack-flags` | Lines |
| --- | --- |
| none, `--log-level info` | what is unpacked, its progress, warnings, and the failure |
| `-v`, `--log-level debug` | each request and its answer, each source of credentials, and each layer's place too |
| `-vv`, `--log-level trace` | each file too |
| `--log-level warn`, `--log-level error` | warnings and the failure, or the failure alone |
| `--progress none` | none of the events that are marked as progress |

No line holds a password, a token, a URL's query or a header."""

_READ = """\
The layers that took longest:

```console
$ kubectl -n models logs -l serving.kserve.io/inferenceservice=iris -c storage-initializer --tail=-1 | \\
  jq -r 'select(.event == "layer-unpacked") | [.seconds, .layer, .digest] | @tsv' | sort -rn
```"""

_REFERENCE = "kit://registry.example.com/models/iris:v1"
_DIGEST = "sha256:" + "2a8f" * 16
_LAYER = {"layer": "model 'model/model.joblib'", "digest": "sha256:" + "71c3" * 16}
_EXAMPLE: tuple[tuple[Event, dict[str, object]], ...] = (
    (
        events.STARTED,
        {"version": VERSION, "reference": _REFERENCE, "engine": "native", "destination": "/mnt/models"},
    ),
    (
        events.RESOLVED,
        {
            "reference": _REFERENCE,
            "digest": _DIGEST,
            "index": "",
            "credentials": "KIT_USER",
            "filters": ("model",),
            "layout": "kit",
            "allowed": (),
            "ignored": (),
        },
    ),
    (events.FETCHING, {"layers": 1, "bytes": 4_294_967_296}),
    (
        events.RETRYING,
        {
            "cause": "registry.example.com doesn't answer in time",
            "host": "registry.example.com",
            "attempt": 2,
            "wait_seconds": 0.263,
        },
    ),
    (
        events.PROGRESS,
        {
            "bytes": 2_147_483_648,
            "total_bytes": 4_294_967_296,
            "percent": 50,
            "bytes_per_second": 120_586_240,
            "seconds_left": 18,
        },
    ),
    (
        events.LAYER_UNPACKED,
        {**_LAYER, "bytes": 4_294_967_296, "seconds": 36.127, "bytes_per_second": 118_885_250},
    ),
    (
        events.UNPACKED,
        {
            "destination": "/mnt/models",
            "digest": _DIGEST,
            "layers": 1,
            "bytes": 4_294_967_296,
            "fetched_bytes": 4_294_967_296,
            "seconds": 36.21,
            "bytes_per_second": 118_612_739,
        },
    ),
)


def text() -> str:
    """Return the page."""
    return page(
        "The initializer's log",
        _INTRO,
        "## A run",
        _lines("text"),
        "The same with `logFormat: json`:",
        _lines("json"),
        _READ,
        "## Events",
        table(("Event", "Level", "When", "Sentence", "Fields"), map(_row, events.EVENTS)),
        "## Fields",
        table(("Field", "Meaning"), ((f"`{name}`", meaning) for name, meaning in FIELDS.items())),
    )


def _lines(form: str) -> str:
    shown = "\n".join(_formatted(form))
    return f"```{form}\n{shown}\n```"


def _formatted(form: str) -> Iterator[str]:
    logging.addLevelName(TRACE, "TRACE")
    for number, (event, fields) in enumerate(_EXAMPLE):
        record = logging.makeLogRecord({"event": event, "fields": fields, "created": 1_767_225_600 + number})
        record.levelno, record.levelname = event.level, logging.getLevelName(event.level)
        yield formatter(form).format(record)


def _row(event: Event) -> tuple[str, ...]:
    level = "trace" if event.level == TRACE else logging.getLevelName(event.level).lower()
    optional = re.sub(r"\{(\w+):\?([^}]*)\}", r"[\2{\1}]", event.sentence)
    counted = re.sub(r"\{(\w+):count (\w+)\}", r"{\1} \2s", optional)
    sentence = re.sub(r"\{(\w+)[^}]*\}", r"{\1}", counted)
    fields = ", ".join(f"`{field}`" for field in event.fields)
    return f"`{event.name}`", level + ", progress" * event.is_progress, event.when, f"`{sentence}`", fields

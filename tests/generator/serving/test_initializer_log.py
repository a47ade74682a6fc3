"""The reader of the initializer's log reads what the initializer writes, in both forms."""

import pytest
from kitserve.serving.pod.initializer_log import digests, latest, lines
from kitserve_initializer.log import events
from kitserve_initializer.log import lines as log

REFERENCE = "kit://registry.example.com/models/iris:v1"
PLAIN = REFERENCE.removeprefix("kit://")
DIGEST, OTHER = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def started(form: str) -> None:
    log.start(form)
    log.say(events.STARTED, version="0.1.0", reference=REFERENCE, destination="/mnt/models", engine="native")


def resolved(index: str = "") -> None:
    log.say(
        events.RESOLVED,
        reference=REFERENCE,
        digest=DIGEST,
        index=index,
        credentials="KIT_USER",
        filters=("model",),
        layout="kit",
        allowed=(),
        ignored=(),
    )


@pytest.mark.parametrize("index", ["", OTHER], ids=["a manifest", "of an index"])
def test_a_reference_has_the_digest_that_it_resolved_to(
    form: str, index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    started(form)
    resolved(index)
    log.say(
        events.PARENT_RESOLVED, child=REFERENCE, reference="kit://a.b/c:v1", digest=OTHER, credentials="none"
    )

    found = digests(capsys.readouterr().err)

    assert found == {PLAIN: DIGEST}


def test_what_is_there_already_has_its_digest(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    started(form)
    log.say(events.ALREADY_THERE, destination="/mnt/models", digest=DIGEST)

    assert digests(capsys.readouterr().err) == {"": DIGEST}


def test_a_layer_s_digest_is_not_the_modelkit_s(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    started(form)
    log.say(events.LAYER_UNPACKED, layer="model 'a'", digest=OTHER, bytes=3, seconds=1.0, bytes_per_second=3)

    assert digests(capsys.readouterr().err) == {}


def progress() -> None:
    log.say(
        events.PROGRESS,
        bytes=2 << 30,
        total_bytes=4 << 30,
        percent=50,
        bytes_per_second=115 << 20,
        seconds_left=18,
    )


def test_the_last_line_that_is_no_detail_says_what_goes_on(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    started(form)
    log.tune("debug", "plain")
    progress()
    log.say(events.REQUEST_SENT, method="GET", host="a", path="/v2/", attempt=1, proxy="none")

    line = latest(capsys.readouterr().err)

    assert line is not None
    assert (line.level, line.percent) == ("info", 50)
    assert line.sentence == "2.0 GiB of 4.0 GiB (50%), 115.0 MiB/s, 18 s left"


def test_a_failure_has_its_cause(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    started(form)
    log.say(events.FAILED, cause="no such tag", hint="push it", code=12, error="NotFound")

    line = latest(capsys.readouterr().err)

    assert line is not None
    assert line.level == "error"
    assert (line.sentence, line.hint) in {("no such tag", "push it"), ("no such tag; push it", "")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Traceback (most recent call last):",
        '{"event": "progress", "percent": 5',
        "[1]",
        '{"message": 5}',
        '{"message": "a", "percent": "x", "digest": 7, "reference": [1], "event": "resolved", "level": null}',
        "2026-01-01T00:00:00Z INFO",
        "GiB of 4.0 GiB (50%)",
        "[" * 100_000,
        '{"a":' * 50_000,
        "2026-01-01T00:00:00Z INFO x is sha256:12, credentials",
    ],
    ids=lambda text: repr(text)[:30],
)
def test_lines_of_others_are_no_error(text: str) -> None:
    assert all(not line.digest and line.percent is None for line in lines(text))


def test_nothing_in_a_line_speaks_to_a_terminal() -> None:
    (line,) = lines("2026-01-01T00:00:00Z WARNING \x1b[2Jgone \u202eand\u0007 https://user:s3cr3t@host/a")

    assert line.sentence == "gone and https://***@host/a"

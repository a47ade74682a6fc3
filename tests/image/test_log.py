"""What a run says: in both forms, at each level, warm and cold, and when it fails."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from kitserve_initializer.log import events
from kitserve_initializer.log.event import Event
from kitserve_initializer.version import VERSION

from tests.image.initializer import Initializer, Run
from tests.image.packing import file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry

INVALID_REFERENCE = 5

ALWAYS = {"ts", "level", "event", "message"}
BY_NAME = {event.name: event for event in events.EVENTS}


def iris(registry: Registry, tag: str = "v1") -> str:
    return f"kit://{registry.host}/golden/iris:{tag}"


def objects(run: Run) -> list[dict[str, Any]]:
    """The lines of JSON, each of which has what the table says."""
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    for line in lines:
        assert line.keys() - ALWAYS == {*BY_NAME[line["event"]].fields}, line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["ts"])
    return lines


def names(run: Run) -> list[str]:
    return [line["event"] for line in objects(run)]


def named(lines: list[dict[str, Any]], event: Event) -> list[dict[str, Any]]:
    return [line for line in lines if line["event"] == event.name]


def test_a_cold_run_tells_its_layers_with_digest_bytes_and_seconds(
    registry: Registry, initializer: Initializer
) -> None:
    lines = objects(run := initializer(iris(registry), KITSERVE_LOG_FORMAT="json"))

    assert run.exit == 0
    assert [line["event"] for line in lines[:3]] == ["started", "resolved", "fetching"]
    assert lines[0]["version"] == VERSION
    assert lines[0]["destination"] == str(initializer.destination)
    unpacked = named(lines, events.LAYER_UNPACKED)
    assert len(unpacked) == lines[2]["layers"]
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", line["digest"]) for line in unpacked)
    assert sum(line["bytes"] for line in unpacked) == lines[2]["bytes"]
    last = lines[-1]
    assert last["event"] == "unpacked"
    assert last["digest"] == modelkits()["iris"].expected["manifest_digest"]
    assert last["bytes"] == last["fetched_bytes"] == lines[2]["bytes"]
    assert last["seconds"] >= 0


def test_the_text_has_the_sentences_of_the_json(registry: Registry, tmp_path: Path) -> None:
    text = Initializer(tmp_path)(iris(registry, "nope"))
    lines = objects(Initializer(tmp_path)(iris(registry, "nope"), KITSERVE_LOG_FORMAT="json"))

    sentences = [line.split(" ", 2)[2] for line in text.stderr.splitlines()]
    assert sentences == [line["message"] for line in lines]


def test_the_last_line_says_total_seconds_and_rate(registry: Registry, initializer: Initializer) -> None:
    run = initializer(iris(registry))

    assert re.fullmatch(
        rf"INFO \d+ layers of [\d.]+ KiB verified and unpacked to {initializer.destination} "
        r"in [\d.]+ m?s: [\d.]+ KiB fetched, [\d.]+ [KM]iB/s",
        run.last_line,
    )


def test_a_warm_run_says_that_nothing_is_to_do(registry: Registry, initializer: Initializer) -> None:
    initializer(iris(registry))

    assert names(initializer(iris(registry), KITSERVE_LOG_FORMAT="json")) == [
        "started",
        "resolved",
        "already-there",
    ]


def test_a_check_says_ok_with_layers_and_size(registry: Registry, initializer: Initializer) -> None:
    run = initializer("--check", iris(registry), KITSERVE_LOG_FORMAT="json")

    lines = objects(run)
    assert [line["event"] for line in lines] == ["check-started", "resolved", "checked"]
    assert lines[-1]["message"].startswith(f"ok: {iris(registry)} has ")
    assert (lines[-1]["layers"], lines[-1]["bytes"]) > (1, 1000)


def test_a_check_counts_what_filters_leave(registry: Registry, initializer: Initializer) -> None:
    run = initializer("--check", iris(registry), flags="--plain-http -f docs", KITSERVE_LOG_FORMAT="json")

    assert objects(run)[-1]["layers"] == 1


def test_a_run_that_hangs_has_said_what_it_is(registry: Registry, initializer: Initializer) -> None:
    with (
        Proxy(registry.url, lambda _: Fault(stall=True, cut=0)) as proxy,
        initializer.start(iris(registry).replace(registry.host, proxy.host)) as process,
    ):
        assert process.stderr
        first = process.stderr.readline()
        process.kill()

    assert f"INFO kitserve-initializer {VERSION}: kit://{proxy.host}/golden/iris:v1 goes to " in first


@pytest.mark.parametrize(
    ("tag", "code", "error"), [("nope", 12, "NotFound"), ("v1@x", 5, "InvalidReference")]
)
def test_a_failure_has_cause_hint_and_code(
    tag: str, code: int, error: str, registry: Registry, initializer: Initializer
) -> None:
    run = initializer(iris(registry, tag), KITSERVE_LOG_FORMAT="json")

    last = objects(run)[-1]
    assert run.exit == last["code"] == code
    assert (last["event"], last["level"], last["error"]) == ("failed", "error", error)
    assert last["message"] == f"{last['cause']}; {last['hint']}" == run.termination.rstrip("\n")


def test_a_try_again_has_its_number(registry: Registry, initializer: Initializer) -> None:
    failed = iter([Fault(status=503)])
    with Proxy(registry.url, lambda _: next(failed, None)) as proxy:
        run = initializer(
            iris(registry).replace(registry.host, proxy.host),
            flags="--plain-http -v",
            KITSERVE_LOG_FORMAT="json",
        )

    lines = objects(run)
    (again,) = named(lines, events.RETRYING)
    assert again["attempt"] == 2
    manifests = [line for line in named(lines, events.REQUEST) if "/manifests/" in line["path"]]
    assert [(line["status"], line["attempt"]) for line in manifests] == [(503, 1), (200, 2)]


def test_debug_tells_requests_credentials_and_places(
    private_registry: Registry, initializer: Initializer
) -> None:
    auth = private_registry.auth
    assert auth
    run = initializer(
        iris(private_registry),
        flags="--plain-http -v",
        KIT_USER=auth.user,
        KIT_PASSWORD=auth.password,
        KITSERVE_LOG_FORMAT="json",
    )

    lines = objects(run)
    (found,) = named(lines, events.CREDENTIALS_FOUND)
    assert found["credentials"] == "KIT_USER"
    requests = named(lines, events.REQUEST)
    assert {(line["method"], line["host"], line["proxy"]) for line in requests} == {
        ("GET", private_registry.host, "none")
    }
    assert {200, 401} == {line["status"] for line in requests}
    placed = named(lines, events.LAYER_PLACED)
    sent = {line["path"].rpartition("/")[2]: line["bytes"] for line in requests if line["status"] == 200}
    assert {(line["digest"], line["bytes"]) for line in placed} <= {*sent.items()}
    assert "model.joblib" in {line["file"] for line in placed}
    assert auth.password not in run.everything


def test_sources_without_a_login_are_told_in_their_order(
    registry: Registry, initializer: Initializer
) -> None:
    run = initializer(iris(registry), flags="--plain-http -v", KITSERVE_LOG_FORMAT="json")

    asked = [line["credentials"] for line in named(objects(run), events.CREDENTIALS_ABSENT)]
    assert asked[0] == "KIT_USER"
    assert {"STORAGE_CONFIG", "Amazon ECR", "Google", "Azure workload identity"} <= {*asked}


def test_each_level_says_more_than_the_one_above(registry: Registry, tmp_path: Path) -> None:
    said = []
    for flag in ("--log-level error", "--log-level warn", "", "-v", "-vv"):
        initializer = Initializer(tmp_path / (flag or "info"))
        initializer.folder.mkdir()
        run = initializer(iris(registry), flags=f"--plain-http {flag}", KITSERVE_LOG_FORMAT="json")
        said.append({*names(run)})

    error, warn, info, debug, trace = said
    assert error == warn == set()
    assert info < debug < trace
    assert debug - info == {"request-sent", "request", "credentials-absent", "layer-placed"}
    assert trace - debug == {"file-written"}


def test_progress_none_leaves_the_milestones_out(registry: Registry, initializer: Initializer) -> None:
    run = initializer(iris(registry), flags="--plain-http --progress none", KITSERVE_LOG_FORMAT="json")

    assert names(run) == ["started", "resolved", "unpacked"]


def test_the_proxy_is_named_without_its_login(registry: Registry, initializer: Initializer) -> None:
    """What it answers doesn't matter here."""
    with Proxy(registry.url) as proxy:
        run = initializer(
            "kit://registry.example.com/golden/iris:v1",
            flags="--plain-http -vv",
            HTTP_PROXY=f"http://me:s3cr3t@{proxy.host}",
            KITSERVE_LOG_FORMAT="json",
        )

    requests = named(objects(run), events.REQUEST_SENT)
    assert {(line["host"], line["proxy"]) for line in requests} == {("registry.example.com", proxy.host)}
    assert "s3cr3t" not in run.everything


def test_a_query_is_in_no_line(registry: Registry, initializer: Initializer) -> None:
    def redirect(path: str) -> Fault | None:
        away = {"Location": f"http://{store.host}{path}?X-Amz-Signature=s3cr3t"}
        return Fault(status=307, headers=away, cut=0) if "/blobs/" in path else None

    with Proxy(registry.url) as store, Proxy(registry.url, redirect) as front:
        run = initializer(
            iris(registry).replace(registry.host, front.host),
            flags="--plain-http -vv",
            KITSERVE_LOG_FORMAT="json",
        )

    assert run.exit == 0, run.stderr
    assert store.host in {line["host"] for line in named(objects(run), events.REQUEST)}
    assert any("s3cr3t" in seen.path for seen in store.seen)
    assert "s3cr3t" not in run.everything


def test_a_layer_that_a_run_before_left_is_counted_as_done(
    registry: Registry, initializer: Initializer
) -> None:
    """One at a time: the second is asked for when the first is finished."""
    made = pack(registry, layer(file("one", b"1" * 300_000)), layer(file("two", b"2" * 300_000)))

    def stall(path: str) -> Fault | None:
        return Fault(cut=1000, stall=True) if made.layers[1] in path else None

    with (
        Proxy(registry.url, stall) as proxy,
        initializer.start(
            f"kit://{proxy.host}/{made.repository}:v1", flags="--plain-http --concurrency 1"
        ) as process,
    ):
        proxy.stalled.wait()
        process.kill()
    lines = objects(initializer(made.uri, KITSERVE_LOG_FORMAT="json"))

    (kept,) = named(lines, events.LAYERS_KEPT)
    (last,) = named(lines, events.UNPACKED)
    assert kept["layers"] == 1
    assert kept["bytes"] + last["fetched_bytes"] == last["bytes"]


def test_a_form_that_is_none_is_refused(tmp_path: Path) -> None:
    run = Initializer(tmp_path)("kit://localhost:1/x:1", KITSERVE_LOG_FORMAT="xml")

    assert run.exit == 3
    assert "KITSERVE_LOG_FORMAT" in run.last_line


@pytest.mark.parametrize(("tag", "code"), [("v1", 0), ("nope", 12)])
def test_a_log_that_can_t_be_written_changes_nothing(
    tag: str, code: int, registry: Registry, tmp_path: Path
) -> None:
    """Full as a disk, or closed as by a reader that went: Python alone would exit with 120."""
    initializer = Initializer(tmp_path)
    source = iris(registry, tag)
    for stream in ("2>/dev/full", "2>&-"):
        shell = ("sh", "-c", f'exec {sys.executable} -m kitserve_initializer "$0" "$1" {stream}')
        assert initializer.run_command(shell, source).exit == code, stream


@pytest.mark.parametrize("path", ["/" + "n" * 300, "/dev/full", "/dev/null", "/proc/version", "/"])
def test_a_termination_log_that_can_t_be_written_is_no_fault(initializer: Initializer, path: str) -> None:
    """The same sentence is the log's last line."""
    run = initializer("nonsense", KITSERVE_TERMINATION_LOG=path)

    assert run.exit == INVALID_REFERENCE, run.stderr
    assert "write kit://" in run.last_line
    assert "Traceback" not in run.stderr

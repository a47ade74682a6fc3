"""Bad input and bad surroundings: a code of their own, one sentence last on stderr and in the termination log."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.image.answering import Answering
from tests.image.initializer import Initializer, Run, listing
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

USAGE, ENVIRONMENT, FLAGS, REFERENCE = 2, 3, 4, 5
NOT_FOUND, UNREACHABLE, REGISTRY_ERROR, UNTRUSTED = 12, 13, 14, 15
ANY = "kit://localhost:1/any/thing:v1"


def assert_failed(initializer: Initializer, run: Run, code: int, words: str) -> None:
    assert run.exit == code, run.stderr
    assert words in run.last_line
    assert run.last_line == f"ERROR {run.termination.strip()}"
    assert "Traceback" not in run.everything
    assert listing(initializer.folder).keys() == {"termination-log"}


@pytest.mark.parametrize("arguments", [(), (ANY, "/a", ANY), (ANY, "")])
def test_arguments_that_are_no_pairs(initializer: Initializer, arguments: tuple[str, ...]) -> None:
    assert_failed(initializer, initializer(*arguments), USAGE, "usage: kitserve-initializer SRC DEST")


def test_every_wrong_variable_is_named(initializer: Initializer) -> None:
    wrong = {
        "KITSERVE_ENGINE": "steam",
        "KIT_PASSWORD": "planted-secret",
        "KITSERVE_FIRST_BYTE_SECONDS": "1m",
    }
    run = initializer(ANY, flags="-f 'open", **wrong)

    for words in (
        "KIT_UNPACK_FLAGS has a quote or a backslash that is never closed",
        "KITSERVE_ENGINE is 'steam', must be one of: native, kit",
        "KITSERVE_FIRST_BYTE_SECONDS is '1m', must be a number of seconds up to 86400",
        "KIT_USER and KIT_PASSWORD must be given together",
    ):
        assert_failed(initializer, run, ENVIRONMENT, words)
    assert "planted-secret" not in run.everything


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--fast", "unknown flag --fast in KIT_UNPACK_FLAGS; known are: "),
        ("-d /elsewhere", "-d is refused"),
        ("--dir=/elsewhere", "--dir is refused"),
        ("--include-remote", "--include-remote is refused"),
        ("-f", "-f in KIT_UNPACK_FLAGS needs a value"),
        ("-f weights", "filter 'weights' has the type 'weights', must be one of: kitfile, model, "),
        ("model", "KIT_UNPACK_FLAGS takes flags only, not 'model'"),
        ("--concurrency 0", "--concurrency is '0', must be a number from 1 on"),
        ("--plain-http=maybe", "--plain-http is 'maybe', must be true or false"),
    ],
)
def test_wrong_flags(initializer: Initializer, flags: str, words: str) -> None:
    assert_failed(initializer, initializer(ANY, flags=flags), FLAGS, words)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("kit://team/model:v1", "write kit://registry.example.com/team/model:v1"),
        ("kit://localhost/model:v1", "names no registry"),
        ("s3://bucket/model", "isn't a kit:// reference"),
        ("kit://", "names no registry"),
    ],
)
def test_wrong_references(initializer: Initializer, source: str, words: str) -> None:
    assert_failed(initializer, initializer(source), REFERENCE, words)


def test_a_wrong_second_reference_is_found_before_the_first_is_fetched(
    registry: Registry, initializer: Initializer
) -> None:
    first = f"kit://{registry.host}/golden/iris:v1"

    run = initializer(first, initializer.destination, "kit://nowhere", initializer.folder / "b")

    assert_failed(initializer, run, REFERENCE, "names no registry")


@pytest.mark.parametrize(
    ("name", "part"),
    [("golden/iris:v2", "tag"), (f"golden/iris@sha256:{'0' * 64}", "digest")],
    ids=["tag", "digest"],
)
def test_what_the_registry_doesn_t_have(
    registry: Registry, initializer: Initializer, name: str, part: str
) -> None:
    run = initializer(f"kit://{registry.host}/{name}")

    assert_failed(
        initializer, run, NOT_FOUND, f"(404, MANIFEST_UNKNOWN); check the repository and the {part},"
    )


def test_nobody_listens(initializer: Initializer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        run = initializer(f"kit://127.0.0.1:{port}/a/b:v1")

    assert_failed(
        initializer, run, UNREACHABLE, f"the connection to 127.0.0.1:{port} failed: Connection refused"
    )


def test_a_host_without_an_address(initializer: Initializer) -> None:
    run = initializer("kit://registry.invalid/a/b:v1")

    assert_failed(initializer, run, UNREACHABLE, "the connection to registry.invalid failed: ")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_in_trouble(registry: Registry, initializer: Initializer, status: int) -> None:
    with Proxy(registry.url, lambda _: Fault(status=status)) as proxy:
        run = initializer(f"kit://{proxy.host}/golden/iris:v1")

    assert_failed(initializer, run, REGISTRY_ERROR, f"{proxy.host} answers {status} for 'v1'")


def test_redirects_without_end(registry: Registry, initializer: Initializer) -> None:
    with Proxy(registry.url, lambda path: Fault(status=307, headers={"Location": path})) as proxy:
        run = initializer(f"kit://{proxy.host}/golden/iris:v1")

    assert_failed(initializer, run, REGISTRY_ERROR, f"{proxy.host} redirects more than 10 times")


def test_a_web_page_instead_of_a_manifest(initializer: Initializer) -> None:
    """A login page of a proxy, or a web server at the registry's name: what was pushed isn't at fault."""
    with Answering(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\n<!DOCTYPE html><p>Sign in") as host:
        run = initializer(f"kit://{host}/a/b:v1")
        pinned = initializer(f"kit://{host}/a/b@sha256:{'0' * 64}")

    for each in (run, pinned):
        assert each.exit == REGISTRY_ERROR, each.stderr
        assert f"{host} answers with a web page instead of the manifest" in each.last_line
    assert "proxy" in run.last_line


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail ESMTP\r\n",
        b"HTTP/1.1 OK 200\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
    ],
    ids=["another protocol", "no status", "another version"],
)
def test_what_isn_t_http_is_said_so(initializer: Initializer, answer: bytes) -> None:
    with Answering(answer) as host:
        run = initializer(f"kit://{host}/a/b:v1")

    assert_failed(initializer, run, UNREACHABLE, f"the connection to {host} failed: the answer isn't HTTP")


def test_a_host_that_a_redirect_leads_to_is_named(registry: Registry, initializer: Initializer) -> None:
    """The registry is fine: who reads its name only would look at the wrong end. The address may hold a signature."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{taken.getsockname()[1]}"
        moved = Fault(status=307, headers={"Location": f"http://user:word@{gone}/blob?signature=s3cr3t"})
        with Proxy(registry.url, lambda path: moved if "/blobs/" in path else None) as proxy:
            run = initializer(f"kit://{proxy.host}/golden/iris:v1")

    words = f"the connection to {gone}, where {proxy.host} redirects to, failed: Connection refused"
    assert_failed(initializer, run, UNREACHABLE, words)
    assert "s3cr3t" not in run.everything
    assert "word" not in run.everything


def test_https_with_a_registry_that_speaks_http(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", flags="")

    words = f"{registry.host} speaks http, and was asked by https; put --plain-http into KIT_UNPACK_FLAGS"
    assert_failed(initializer, run, UNTRUSTED, words)


def test_http_with_a_registry_that_speaks_https(tls_registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{tls_registry.host}/golden/iris:v1")

    words = "take --plain-http out of KIT_UNPACK_FLAGS (the value unpackFlags) if this port speaks https"
    assert_failed(initializer, run, REGISTRY_ERROR, words)


def test_a_termination_log_is_written_only_where_there_is_one(initializer: Initializer) -> None:
    missing = initializer.folder / "nowhere"

    run = initializer(ANY, KITSERVE_TERMINATION_LOG=str(missing))

    assert run.exit == UNREACHABLE
    assert not missing.exists()


def test_a_termination_log_that_can_t_be_written_changes_nothing(initializer: Initializer) -> None:
    run = initializer(ANY, KITSERVE_TERMINATION_LOG="/proc/version")

    assert run.exit == UNREACHABLE
    assert "Connection refused" in run.last_line


def test_control_characters_don_t_reach_the_log(initializer: Initializer) -> None:
    run = initializer("kit://x\n\x1b[2Jy")

    assert run.exit == REFERENCE
    assert len(run.stderr.splitlines()) == 1
    assert "\x1b" not in run.everything


def test_installed_command_is_the_module() -> None:
    command = Path(sys.executable).with_name("kitserve-initializer")
    ran = subprocess.run(
        [command], capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )

    assert ran.returncode == USAGE

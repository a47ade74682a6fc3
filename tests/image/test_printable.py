"""What comes from outside reaches the log and the termination log in one printable line, without a login."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from kitserve_initializer.errors import Failure, InvalidReference, sentence
from kitserve_initializer.oci.reference import parse, shown
from kitserve_initializer.printable import LIMIT, printable

from tests.image.initializer import Initializer, Run
from tests.image.packing import file, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

FORGED = "x\n2026-01-01T00:00:00Z INFO forged\r"
EVIL = f"{FORGED}\x1b[2J\x1b]0;t\x07\x00\x7f\x85\x9b31m\u2028\u2029\u202e\u2066\u200f\ufeffz"
PASSWORD = "hunter2-S3cret"


@pytest.mark.parametrize(
    "code", [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066, 0x200B, 0xD800, 0xE0001]
)
def test_no_character_that_is_obeyed_is_left(code: int) -> None:
    assert printable(f"a{chr(code)}b").isprintable()
    assert sentence(Failure(f"a{chr(code)}b")).isprintable()


@pytest.mark.parametrize("text", ["caf\u00e9 \u6a21\u578b", "", "a\\nb", "{'x': 1}"])
def test_what_is_printable_stays(text: str) -> None:
    assert printable(text) == text


def test_a_long_text_is_cut() -> None:
    assert printable("x" * (LIMIT + 5)).endswith("x... (5 more characters)")


LOGINS = [
    f"kit://user:{PASSWORD}@r.example.com/a:v1",
    f"https://user:{PASSWORD}@r.example.com",
    f"at http://{PASSWORD}@proxy:3128, and more",
    f"'user:{PASSWORD}@r.example.com:5000/a:v1'",
    f"user:p@{PASSWORD}@r.example.com/a",
    f"user:{PASSWORD}/x@r.example.com/a",
]


@pytest.mark.parametrize("text", LOGINS)
def test_a_login_in_a_text_is_left_out(text: str) -> None:
    assert PASSWORD not in printable(text)
    assert "***@" in printable(text)


@pytest.mark.parametrize(
    "text",
    [
        "kit://r.example.com:5000/a:v1@sha256:abc",
        "model a@b",
        "a:b@c",
        "r:5000/a@sha512:00 is sha256:11",
        "https://example.com/models/train.yaml@refs/heads/main",
    ],
)
def test_what_is_no_login_stays(text: str) -> None:
    assert printable(text) == text


def test_a_text_made_to_take_long_is_read_at_once() -> None:
    """A bound on each part of the pattern holds: else this takes hours."""
    for text in ("a:" * LIMIT, "//" * LIMIT, "a:b@" * LIMIT, ":" * LIMIT + "@"):
        printable(text)


SOURCES = [
    f"kit://user:{PASSWORD}@r.example.com/a:v1",
    f"user:{PASSWORD}@r.example.com/a:v1",
    f"kit://{PASSWORD}@r.example.com/a:v1",
    f"kit://user:{PASSWORD}@r.example.com",
    f"kit://user:{PASSWORD}/x@r.example.com/a:v1",
    f"kit://user:p@{PASSWORD}@r.example.com/a:v1",
    f"kit://user:p {PASSWORD}@r.example.com/a:v1",
    f"kit://user:'{PASSWORD}@r.example.com/a:v1",
    f"kit://user%3A{PASSWORD}%40r.example.com/a:v1",
    f"kit://user:{PASSWORD}@r.example.com/a@sha256:{'0' * 64}",
    f"kit://r.example.com/a:v1?password={PASSWORD}",
    f"kit://r.example.com/a:v1#{PASSWORD}",
    f"https://user:{PASSWORD}@r.example.com/a:v1",
    f"KIT://user:{PASSWORD}@r.example.com/a:v1",
    f"kit://kit://user:{PASSWORD}@r.example.com/a:v1",
    f"kit://user:{PASSWORD}@R.example.com/A:v1,v2",
]


@pytest.mark.parametrize("source", SOURCES)
def test_no_error_repeats_a_password_in_a_source(source: str) -> None:
    with pytest.raises(InvalidReference) as caught:
        parse(source)

    assert PASSWORD not in f"{caught.value.cause}{caught.value.hint}"
    assert PASSWORD not in shown(source)


def said(run: Run) -> list[str]:
    """Every line of text that a run wrote, and what its JSON holds."""
    return [*run.stderr.split("\n"), *run.termination.rstrip("\n").split("\n"), *run.stdout.split("\n")]


def assert_printable(run: Run) -> None:
    assert run.stderr
    assert all(line.isprintable() for line in said(run)), run.stderr
    assert not [line for line in said(run) if line.startswith("2026-01-01")]
    assert run.termination.count("\n") == bool(run.termination)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "source", [f"kit://user:{PASSWORD}@localhost:1/a:v1", f"kit://localhost:1/{EVIL}"[:60].replace("\0", "")]
)
def test_a_source(initializer: Initializer, source: str, form: str) -> None:
    run = initializer(source, KITSERVE_LOG_FORMAT=form)

    assert run.exit == 5
    assert_printable(run)
    assert PASSWORD not in run.everything


PARENTS = [
    f"kit://user:{PASSWORD}@localhost:1/a:v1",
    f"user:{PASSWORD}@localhost:1/a:v1",
    f"u:{PASSWORD}@b:v1",
]


@pytest.mark.parametrize("parent", PARENTS)
def test_a_parent(registry: Registry, initializer: Initializer, parent: str) -> None:
    made = pack(registry, layer(file("x")), claim=lambda config: config["model"].update(path=parent))

    run = initializer(made.uri)

    assert run.exit == 21, run.stderr
    assert PASSWORD not in run.everything


def evil(config: dict[str, Any]) -> None:
    config["datasets"] = [{"name": EVIL, "path": EVIL, "remotePath": f"https://u:{PASSWORD}@h/{EVIL}"}]
    config["model"]["parts"][0] |= {"path": EVIL, "name": EVIL}


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_kitfile(registry: Registry, initializer: Initializer, form: str) -> None:
    made = pack(
        registry,
        layer(file("x")),
        claim=evil,
        twist=lambda manifest: manifest["layers"].append(manifest["layers"][0] | {"mediaType": EVIL}),
    )

    run = initializer(made.uri, KITSERVE_LOG_FORMAT=form)

    assert run.exit == 0, run.stderr
    assert "forged" in run.stderr
    assert PASSWORD not in run.everything
    assert_printable(run)
    if form == "json":
        lines = [json.loads(line) for line in run.stderr.splitlines()]
        texts = [text for line in lines for text in line.values() if isinstance(text, str)]
        assert all(text.isprintable() for text in texts)


def test_more_entries_that_lie_elsewhere_than_fit_are_counted(
    registry: Registry, initializer: Initializer
) -> None:
    def claim(config: dict[str, Any]) -> None:
        config["datasets"] = [{"path": str(number), "remotePath": "s3://x/y"} for number in range(5000)]

    run = initializer(pack(registry, layer(file("x")), claim=claim).uri)

    assert run.exit == 0, run.stderr
    assert "4990 more entries lie in no layer" in run.stderr
    assert run.stderr.count("\n") < 30


@pytest.mark.parametrize("code", [0o0, 0o1])
def test_a_layer(registry: Registry, initializer: Initializer, code: int) -> None:
    """Names that are in the way, and one that is refused."""
    name = EVIL.replace("\0", "")
    initializer.destination.mkdir()
    (initializer.destination / name).touch()
    run = initializer(pack(registry, layer(file(name if code else f"../{name}"))).uri)

    assert run.exit == (30 if code else 23), run.stderr
    assert_printable(run)


@pytest.mark.parametrize(
    "variable",
    [
        "KITSERVE_SERVICE_FILTER",
        "KITSERVE_SERVICE_UNPACK_FLAGS",
        "KITSERVE_SERVICE_LAYOUT",
        "KITSERVE_SERVICE_DIGEST",
    ],
)
def test_an_annotation(registry: Registry, initializer: Initializer, variable: str) -> None:
    text = EVIL.replace("\0", "").replace("]", "")

    run = initializer(f"kit://{registry.host}/golden/iris:v1", **{variable: f"'model:{text}'"})

    assert_printable(run)


HEADERS = {
    "a challenge": Fault(status=401, headers={"WWW-Authenticate": 'Bearer realm="http://x\x1b[2J\x9b\x85/"'}),
    "a length": Fault(headers={"Content-Length": "\x1b[2J\x9b1"}),
    "a type": Fault(headers={"Content-Type": "\x1b[2J\x9b"}),
    "a digest": Fault(headers={"Docker-Content-Digest": "sha256:\x1b[2J\x9b"}),
    "a place": Fault(status=307, headers={"Location": "http://x\x1b[2J\x9b/"}),
    "a place on the registry": Fault(status=307, headers={"Location": "/v2/\x1b[2J\x9b"}),
    "a time": Fault(status=503, headers={"Retry-After": "\x1b[2J\x9b"}),
    "a range": Fault(status=206, headers={"Content-Range": "\x1b[2J\x9b"}),
    "a name": Fault(headers={"X\x9b-\x1b": "x"}),
}


@pytest.mark.parametrize("part", ["/manifests/", "/blobs/"])
@pytest.mark.parametrize("fault", HEADERS.values(), ids=HEADERS)
def test_a_header(registry: Registry, initializer: Initializer, fault: Fault, part: str) -> None:
    made = pack(registry, layer(file("x")))
    with Proxy(registry.url, lambda path: fault if part in path else None) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1")

    assert_printable(run)
    assert "Traceback" not in run.everything


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("code", [0, 1])
def test_kit_s_own_lines(registry: Registry, initializer: Initializer, form: str, code: int) -> None:
    program = initializer.folder / "bin/kit"
    program.parent.mkdir()
    evil = (
        EVIL.encode().replace(b"\0", b"")
        + b" \xff\xc2\x9b kit://u:"
        + PASSWORD.encode()
        + b"@h/r:t last\x1b[0m"
    )
    (initializer.folder / "evil").write_bytes(evil)
    program.write_text(f"#!/bin/sh\ncat {initializer.folder}/evil\nexit {code}\n")
    program.chmod(0o755)
    engine = {"KITSERVE_ENGINE": "kit", "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}

    run = initializer(f"kit://{registry.host}/golden/iris:v1", KITSERVE_LOG_FORMAT=form, **engine)

    assert run.exit == (40 if code else 0), run.stderr
    assert "forged" in run.stderr
    assert PASSWORD not in run.everything
    assert_printable(run)


LIBRARY = """
import logging
from kitserve_initializer.log import lines
lines.start("text")
logging.getLogger("urllib3.connectionpool").warning("Failed to parse headers (url=%s)", "\\x1b[2J")
"""


def test_libraries_write_nothing() -> None:
    """Python writes warnings that nobody handles by itself."""
    ran = subprocess.run([sys.executable, "-c", LIBRARY], capture_output=True, text=True, check=True)

    assert ran.stdout + ran.stderr == ""

"""What a `kit` unpacked is looked through before it is published, for links and for names that are ours."""

import os
from pathlib import Path

import pytest

from tests.image.initializer import MARKER, Initializer
from tests.image.packing import Packed, file, layer, pack
from tests.parts.registry import Registry

UNSAFE, PATH_EXISTS = 23, 30


def kit(initializer: Initializer, script: str) -> dict[str, str]:
    """The variables for a `kit` that runs this instead of unpacking."""
    program = initializer.folder / "bin/kit"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"KITSERVE_ENGINE": "kit", "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, layer(file("w")))


def test_markers_are_taken_away_and_told_once(initializer: Initializer, made: Packed) -> None:
    script = f"mkdir -p a/b; echo w >a/w; for at in . a a/b; do echo '{{}}' >$at/{MARKER}; done"

    run = initializer(made.uri, **kit(initializer, script))

    assert run.exit == 0, run.stderr
    assert [*initializer.destination.rglob(MARKER)] == [initializer.destination / MARKER]
    assert made.digest in (initializer.destination / MARKER).read_text()
    assert run.stderr.count("holds the marker of an earlier unpack (.kitserve.json, 3 times)") == 1


@pytest.mark.parametrize(
    "script",
    [
        "mkdir -p a/.kitserve-staging/result",
        "mkdir -p a; echo x >a/.KITSERVE.json",
        f"mkdir -p a/{MARKER}",
        f"mkdir a; ln -s /etc/passwd a/{MARKER}",
        "ln -s /etc a",
        "ln -s /etc/passwd Kitfile",
        "mkfifo a",
        "for _ in $(seq 300); do mkdir d; cd d; done",
    ],
)
def test_what_no_layer_may_hold_is_refused(initializer: Initializer, made: Packed, script: str) -> None:
    run = initializer(made.uri, **kit(initializer, script))

    assert run.exit == UNSAFE, run.stderr
    assert not initializer.destination.exists()


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
def test_nothing_is_put_into_another_destination(initializer: Initializer, made: Packed, flags: str) -> None:
    """The second one is the same `kit`, which leaves no file at the top."""
    inner = initializer.destination / "adapter"

    run = initializer(
        made.uri,
        initializer.destination,
        made.uri,
        inner,
        flags=f"--plain-http {flags}",
        **kit(initializer, "mkdir adapter; echo evil >adapter/w"),
    )

    assert run.exit == PATH_EXISTS, run.stderr
    assert not Path(inner / "w").exists()

"""KServe's own verdicts: a program that links a release's defaulters, CRDs and validators.

`python -m tests.parts.kserve_judge [VERSION...]` builds the judges ahead of a run and prints where they are.
"""

import atexit
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from codegen.go_module import MODULE, RELEASES

from tests.parts.cache import make_once
from tests.parts.go import Linked, build_linked
from tests.parts.tools import go

SOURCES = Path(__file__).with_name("judge")
DATA = ("config/crd/full", "config/webhook", "config/runtimes", "config/configmap")
"""Folders of KServe's module that the program embeds."""
FIRST = 15
"""The oldest minor version, for the build tags: `kserve17` is set for 0.17 and all later ones."""


@dataclass(frozen=True)
class Verdict:
    """KServe's answer to an object.

    `step` is what refuses it: fields, defaulter, schema, cel or validator. `varies` says that a cluster with another
    default deployment mode answers otherwise.
    """

    allowed: bool
    step: str = ""
    message: str = ""
    varies: bool = False


def versions() -> tuple[str, ...]:
    """The minor versions that have a judge, oldest first, such as `0.20`."""
    return tuple(release.rpartition(".")[0] for release in RELEASES)


@cache
def judge(version: str) -> Path:
    """The judge of a minor version, built when it isn't in the cache.

    Raises:
        GoError: it can't be built.
    """
    (release,) = (release for release in RELEASES if release.rpartition(".")[0] == version)
    minor = int(version.rpartition(".")[2])
    tags = ",".join(f"kserve{number}" for number in range(FIRST, minor + 1))
    linked = Linked(MODULE, release, SOURCES, DATA, tags)
    return (
        make_once(f"tools/kserve-judge-{release}-{linked.recipe}", lambda product: _build(linked, product))
        / "judge"
    )


def verdicts(version: str, clusters: Iterable[Sequence[dict[str, Any]]]) -> list[list[Verdict]]:
    """KServe's answers to the objects of each cluster, which are created one after another.

    Raises:
        GoError: the judge can't be built.
    """
    process = _started(version)
    try:
        return [_ask(process, objects) for objects in clusters]
    except BaseException:
        # A signal may have come anywhere: nobody knows which answers are still to come.
        _started.cache_clear()
        process.kill()
        raise


@cache
def _started(version: str) -> subprocess.Popen[str]:
    """A judge, which takes a second to start and answers until its input ends."""
    process = subprocess.Popen([judge(version)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate)
    return process


def _ask(process: subprocess.Popen[str], objects: Sequence[dict[str, Any]]) -> list[Verdict]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{json.dumps(objects)}\n")
    process.stdin.flush()
    if answer := process.stdout.readline():
        return [Verdict(**verdict) for verdict in json.loads(answer)]
    raise RuntimeError("KServe's judge has ended")


def _build(linked: Linked, product: Path) -> None:
    print(
        f"building KServe's judge {linked.version}, about 240 s the first time:", file=sys.stderr, flush=True
    )
    build_linked(go(), linked, product / "judge")
    print(f"  built KServe's judge {linked.version}", file=sys.stderr, flush=True)


def main(wanted: list[str]) -> int:
    """Print each version's judge, building it first; all versions without arguments."""
    for version in wanted or versions():
        print(judge(version))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

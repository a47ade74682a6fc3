"""The log's forms."""

import json
import sys
from pathlib import Path

import pytest

from tests.image.initializer import Initializer
from tests.parts.registry import Registry

INVALID_REFERENCE = 5


@pytest.mark.parametrize(("tag", "code", "level"), [("v1", 0, "info"), ("nope", 12, "error")])
def test_json_is_an_object_a_line(
    tag: str, code: int, level: str, registry: Registry, tmp_path: Path
) -> None:
    run = Initializer(tmp_path)(f"kit://{registry.host}/golden/iris:{tag}", KITSERVE_LOG_FORMAT="json")

    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert run.exit == code
    assert {tuple(line) for line in lines} == {("ts", "level", "event")}
    assert lines[-1]["level"] == level


def test_the_termination_log_is_a_sentence_whatever_the_form(registry: Registry, tmp_path: Path) -> None:
    run = Initializer(tmp_path)(f"kit://{registry.host}/golden/iris:nope", KITSERVE_LOG_FORMAT="json")

    assert run.termination.rstrip("\n") == json.loads(run.stderr.splitlines()[-1])["event"]


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
    source = f"kit://{registry.host}/golden/iris:{tag}"
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

"""`make demo`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.process import Process
from tests.parts.tools import tool

# What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
DEMO = ["env", "--default-signal=INT", sys.executable, "-m", "tests.demo"]


def environment(folder: Path) -> dict[str, str]:
    """The demo's, with a folder of its own for what is temporary."""
    tool("registry")
    return {**os.environ, "TMPDIR": str(folder)}


def test_ends_in_the_prediction_and_leaves_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(DEMO, env=environment(tmp_path), capture_output=True, text=True, check=True)

    assert ran.stdout.endswith("\n[0, 2]\n")
    assert "model.joblib" in ran.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_interrupted_it_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    with Process(
        DEMO, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        assert demo.stdout
        for line in demo.stdout:
            if "holds the ModelKit" in line:
                demo.send_signal(number)
        code = demo.wait()

    assert code == 128 + number
    assert list(tmp_path.iterdir()) == []

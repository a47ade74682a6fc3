"""A test that fails leaves no program running."""

import signal
import subprocess
import sys

import pytest

from tests.parts.process import Process

# Waits for its standard input for ever.
WAITING = [sys.executable, "-c", "input()"]


def test_a_block_that_fails_ends_its_process() -> None:
    process = Process(WAITING, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with pytest.raises(RuntimeError, match="the test failed"), process:
        raise RuntimeError("the test failed")

    assert process.returncode == -signal.SIGKILL

"""Forked runs are as runs of Python from the start."""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from tests.parts.fork_server import ForkServer

SEEN = """
import json, os, sys
print(json.dumps([sys.argv, dict(os.environ), sys.stdin.read(), sorted(os.listdir("/proc/self/fd"))]))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer("json", {"PATH": os.environ["PATH"]}) as started:
        yield started


def test_a_run_sees_its_own_arguments_environment_and_streams(server: ForkServer) -> None:
    ran = server.run(["a", "ä b"], {"ONLY": "this"}, SEEN)

    arguments, environment, stdin, files = json.loads(ran.stdout)
    assert (arguments, environment, stdin) == (["-c", "a", "ä b"], {"ONLY": "this"}, "")
    assert files == ["0", "1", "2", "3"], "3 is the folder that is listed"


@pytest.mark.parametrize(
    ("program", "code", "stderr"),
    [
        ("", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('no')", 1, "no\n"),
        ("import os; os.kill(os.getpid(), 9)", -9, ""),
        (
            "import threading, sys; threading.Thread(target=print, args=['x'], kwargs={'file': sys.stderr}).start()",
            0,
            "x\n",
        ),
    ],
    ids=["nothing", "code", "text", "killed", "thread"],
)
def test_its_end_is_told(server: ForkServer, program: str, code: int, stderr: str) -> None:
    ran = server.run([], {}, program or "pass")

    assert (ran.code, ran.stdout, ran.stderr) == (code, "", stderr)


def test_what_a_run_changes_the_next_doesn_t_see(server: ForkServer) -> None:
    server.run([], {}, "import json, os; json.dumps = None; os.umask(0); os.chdir('/')")

    ran = server.run([], {}, "import json, os; print(json.dumps([os.umask(0), os.getcwd() == '/']))")

    assert ran.stdout == "[18, false]\n"


def test_a_run_ends_with_its_test(server: ForkServer) -> None:
    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGUSR1, late)
    try:
        with pytest.raises(TimeoutError):
            server.run(
                [],
                {"TEST": str(os.getpid())},
                "import os, signal; os.kill(int(os.environ['TEST']), 10); signal.pause()",
            )
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert server.run([], {}, "print('next')").stdout == "next\n"

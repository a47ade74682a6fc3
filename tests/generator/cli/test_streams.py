"""The command among pipes: inputs that can be read only once, and outputs that nobody takes."""

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from tests.parts.process import Process

KITSERVE = (sys.executable, "-m", "kitserve")
WRONG = "image: {tga: v1}\n"
UNTAKEN = {"--help": 3, "--version": 3, "render": 3, "schema": 3, "validate --format json -": 3}


def shell(command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A line of bash, in which `kitserve` is ours."""
    function = f'kitserve() {{ {" ".join(KITSERVE)} "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", function + command], input=stdin, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ["validate", "validate --merged", "render -f"])
def test_a_pipe_is_read_once(command: str) -> None:
    ran = shell(f"kitserve {command} <(printf '{WRONG}')")

    assert ran.returncode == 1
    assert "1:9: error[KS020] image.tga: unknown key\n  1 | image: {tga: v1}\n" in ran.stderr


@pytest.mark.parametrize("command", ["validate", "validate --merged", "render -f"])
def test_a_fifo_is_read_once(command: str, tmp_path: Path) -> None:
    fifo = tmp_path / "values.yaml"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_text, args=[WRONG], daemon=True)
    writer.start()

    ran = subprocess.run([*KITSERVE, *command.split(), fifo], capture_output=True, text=True, check=False)

    assert ran.returncode == 1
    assert f"{fifo}:1:9: error[KS020] image.tga: unknown key\n  1 | image: {{tga: v1}}\n" in ran.stderr


@pytest.mark.parametrize("command", ["validate -", "validate --merged -", "render -f -"])
def test_closed_standard_input_is_no_empty_file(command: str) -> None:
    ran = shell(f"kitserve {command} <&-")

    assert ran.returncode == 1
    assert ran.stderr.startswith("<stdin>:1:1: error[KS001] can't be read: it is closed\n")


@pytest.mark.parametrize(("command", "code"), UNTAKEN.items())
def test_a_full_device_is_told(command: str, code: int) -> None:
    ran = shell(f"kitserve {command} > /dev/full")

    assert ran.returncode == code
    assert ran.stderr.splitlines()[-1].startswith("error: can't write ")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", ["render", "schema", "validate --format json -"])
def test_closed_standard_output_is_told(command: str) -> None:
    ran = shell(f"kitserve {command} >&-")

    assert ran.returncode == 3
    assert ran.stderr.splitlines()[-1] == "error: can't write to standard output: it is closed"


@pytest.mark.parametrize(("values", "code"), [("{}", 0), (WRONG, 1)])
def test_closed_standard_error_changes_no_verdict(values: str, code: int) -> None:
    assert shell("kitserve validate - 2>&-", values).returncode == code
    assert shell("kitserve render -f - 2>&-", values).returncode == code


def test_a_report_that_cant_be_written_is_no_verdict() -> None:
    assert shell("kitserve validate - 2> /dev/full", "{}").returncode == 3


@pytest.mark.parametrize("command", ["--help", "render", "schema", "validate --format json - <<< 'a: 1'"])
def test_a_reader_that_has_seen_enough_is_no_error(command: str) -> None:
    ran = shell(f"kitserve {command} | head -c 1")

    assert (len(ran.stdout), ran.stderr.count("Traceback")) == (1, 0)
    assert "can't write" not in ran.stderr


def test_ctrl_c_ends_without_a_word(tmp_path: Path) -> None:
    """While it waits for more of a file: the file's end, which might come first, never comes."""
    fifo = tmp_path / "values.yaml"
    os.mkfifo(fifo)
    # What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
    command = ["env", "--default-signal=INT", *KITSERVE, "validate", str(fifo)]
    with (
        Process(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran,
        fifo.open("wb", buffering=0) as writer,
    ):
        writer.write(b"image: ")
        await_reader(ran.pid, writer.fileno())
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate()

    assert (ran.returncode, out, err) == (130, "", "")


def await_reader(pid: int, pipe: int) -> None:
    """Return once a process has read all that is in a pipe, and sleeps until there is more.

    A signal that comes while Python is between two calls of the system is seen only after the second.
    """
    while unread(pipe) or state(pid) != "S":
        time.sleep(0.01)


def unread(pipe: int) -> int:
    """The bytes in a pipe (ioctl_tty(2), FIONREAD)."""
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    assert isinstance(count, int)
    return count


def state(pid: int) -> str:
    """One letter: S for a process that sleeps until something happens (proc_pid_stat(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_nothing_that_a_terminal_obeys_is_written() -> None:
    ran = shell("kitserve validate -", '"a\\x9b2J\\e]0;x\\a\\n::error::b": 1\n')

    assert ran.returncode == 1
    assert '<stdin>:1:1: error[KS020] ["a\ufffd2J\\u001b]0;x\\u0007\\n::error::b"]' in ran.stderr
    assert {char for char in ran.stderr if not char.isprintable()} == {"\n"}


def test_names_of_objects_are_one_line() -> None:
    ran = shell(
        "kitserve validate -", 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "a\\n::error::b\\e[0m"}\n'
    )

    assert ran.stderr.splitlines()[0].endswith(": not checked: kitserve doesn't know its kind")
    assert "\x1b" not in ran.stderr


def test_a_name_that_is_too_long_is_told() -> None:
    ran = shell(f"kitserve validate {'x' * 5000}")

    assert ran.returncode == 1
    assert "error[KS001] can't be read: File name too long" in ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_data_is_utf_8_in_every_locale(encoding: str) -> None:
    ran = subprocess.run(
        [*KITSERVE, "render", "-f", "-"],
        input="commonAnnotations: {a: é 漢 😀}\n".encode(),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
    )

    assert ran.returncode == 0
    assert '    a: "é 漢 😀"\n'.encode() in ran.stdout

"""Which files are read: those that were named, of a bounded size, whoever made what lies around them."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from kitserve.helm.files import MOST

from tests.generator.command_line import CommandLine

SECRET = "machine example.com password hunter2"
WRONG = "image: {tga: v1}\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with somebody's secrets beside it."""
    folder = tmp_path / "checkout"
    (folder / "manifests" / "deep").mkdir(parents=True)
    (folder / "shared").mkdir()
    (folder / "shared" / "values.yaml").write_text(WRONG)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "netrc.yaml").write_text(f"{SECRET}: {SECRET}\n")
    (tmp_path / "checkout-of-another").mkdir()
    (tmp_path / "checkout-of-another" / "netrc.yaml").write_text(f"{SECRET}: {SECRET}\n")
    monkeypatch.chdir(folder)
    return folder


# The links that are planted in the checkout, and what is asked for.
NAMED: dict[str, tuple[dict[str, str], str]] = {
    "file": ({"values.yaml": "../secrets/netrc.yaml"}, "values.yaml"),
    "two links": ({"a": "../secrets", "values.yaml": "a/netrc.yaml"}, "values.yaml"),
    "folder above": ({"conf": "../secrets"}, "conf/netrc.yaml"),
    "neighbour of a like name": ({"values.yaml": "../checkout-of-another/netrc.yaml"}, "values.yaml"),
    "device": ({"values.yaml": "/dev/zero"}, "values.yaml"),
    "process": ({"values.yaml": "/proc/self/environ"}, "values.yaml"),
    "back up": ({"manifests/up": "../.."}, "manifests/up/secrets/netrc.yaml"),
    "up and in again": ({"up": ".."}, "up/secrets/netrc.yaml"),
    "dots": ({"conf": "../secrets"}, "./manifests/../conf/./netrc.yaml"),
}
FOUND: dict[str, tuple[dict[str, str], str]] = {
    "folder": ({"conf": "../secrets"}, "conf"),
    "folder with a slash": ({"conf": "../secrets"}, "conf/"),
    "file": ({"manifests/a.yaml": "../../secrets/netrc.yaml"}, "manifests"),
    "deep": ({"manifests/deep/a.json": "../../../secrets/netrc.yaml"}, "manifests"),
    "out of the folder, within the checkout": ({"manifests/a.yml": "../shared/values.yaml"}, "manifests"),
    "device": ({"manifests/a.yaml": "/dev/zero"}, "manifests"),
}


@pytest.mark.parametrize("command", [["validate"], ["validate", "--merged"], ["render", "-f"]], ids=" ".join)
@pytest.mark.parametrize(("links", "named"), NAMED.values(), ids=NAMED)
def test_no_link_leads_from_a_file_out_of_the_checkout(
    links: dict[str, str], named: str, command: list[str], checkout: Path, kitserve: CommandLine
) -> None:
    _refused(checkout, links, kitserve, *command, named)


@pytest.mark.parametrize(("links", "named"), FOUND.values(), ids=FOUND)
def test_no_link_leads_out_of_a_folder(
    links: dict[str, str], named: str, checkout: Path, kitserve: CommandLine
) -> None:
    _refused(checkout, links, kitserve, "validate", named)


def _refused(checkout: Path, links: dict[str, str], kitserve: CommandLine, *arguments: str) -> None:
    for path, target in links.items():
        (checkout / path).symlink_to(target)

    ran = kitserve(*arguments)

    assert ran.exit_code == 1
    assert ":1:1: error[KS019] isn't read: a link leads from it out of what was named\n" in ran.err
    assert "hunter2" not in ran.out + ran.err
    assert ran.err.count("KS0") == 1


@pytest.mark.parametrize(
    ("target", "path", "named"),
    [
        ("shared/values.yaml", "values.yaml", "values.yaml"),
        ("../shared/values.yaml", "manifests/a.yaml", "manifests/a.yaml"),
        ("../../shared/values.yaml", "manifests/deep/a.yaml", "./manifests/../manifests/deep/a.yaml"),
        ("shared", "conf", "conf"),
        ("deep/values.yaml", "manifests/a.yaml", "manifests"),
    ],
)
def test_links_within_what_was_named_are_followed(
    target: str, path: str, named: str, checkout: Path, kitserve: CommandLine
) -> None:
    if target == "deep/values.yaml":
        (checkout / "manifests" / target).write_text(WRONG)
    (checkout / path).symlink_to(target)

    assert "error[KS020] image.tga: unknown key" in kitserve("validate", named).err


def test_a_file_of_another_place_is_read_by_its_own_path(checkout: Path, kitserve: CommandLine) -> None:
    (checkout.parent / "other.yaml").write_text(WRONG)
    (checkout.parent / "linked.yaml").symlink_to("secrets/netrc.yaml")
    (checkout.parent / "secrets" / "linked.yaml").symlink_to("../other.yaml")

    for named in ("../other.yaml", str(checkout.parent / "other.yaml")):
        assert "error[KS020] image.tga" in kitserve("validate", named).err
    # What a `..` was written for may be linked to; a folder that was written out may not be left.
    assert "KS019" not in kitserve("validate", "../linked.yaml").err
    assert "KS019" in kitserve("validate", checkout.parent / "secrets" / "linked.yaml").err


def test_what_is_no_file_in_a_folder_is_told_and_waited_for_by_nobody(
    checkout: Path, kitserve: CommandLine
) -> None:
    os.mkfifo("manifests/pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("manifests/socket.yml")
        (checkout / "manifests" / ".#lock.yaml").symlink_to("nobody@nowhere")
        (checkout / "manifests" / "folder.yaml").mkdir()
        (checkout / "manifests" / "loop.yaml").symlink_to("loop.yaml")
        ran = kitserve("validate", "manifests")

    assert ran.exit_code == 1
    told = "isn't read: it is no file, but a device, a socket or a pipe"
    assert f"manifests/pipe.yaml:1:1: error[KS019] {told}\n" in ran.err
    assert f"manifests/socket.yml:1:1: error[KS019] {told}\n" in ran.err
    assert ran.err.count("KS0") == 2


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/urandom"])
def test_a_device_is_no_file(device: str, kitserve: CommandLine) -> None:
    ran = kitserve("validate", device)

    assert (ran.exit_code, f"{device}:1:1: error[KS019] isn't read: " in ran.err) == (1, True)


def test_the_null_device_is_an_empty_file(kitserve: CommandLine) -> None:
    assert kitserve("render", "-f", "/dev/null").exit_code == 0
    assert kitserve("validate", "--merged", "/dev/null").exit_code == 0
    assert kitserve("validate", "/dev/null").exit_code == 5


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("name", ["values.yaml", "-", "pipe"])
def test_what_is_too_large_is_told(name: str, kitserve: CommandLine) -> None:
    if name == "pipe":
        os.mkfifo(name)
        content = b"#" * (MOST + 1)
        threading.Thread(target=lambda: Path(name).write_bytes(content), daemon=True).start()
    elif name != "-":
        with Path(name).open("wb") as sparse:
            sparse.truncate(1 << 40)

    ran = kitserve("validate", name, stdin="#" * (MOST + 1))

    assert ran.exit_code == 1
    assert "error[KS019] isn't read: it is larger than 16 MiB" in ran.err


def test_all_files_together_are_bounded(
    checkout: Path, kitserve: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitserve.helm.file_cache.MOST_IN_ALL", 1000)
    for number in range(5):
        (checkout / "manifests" / f"{number}.yaml").write_text(f"#{'x' * 300}\n")

    ran = kitserve("validate", "manifests")

    assert ran.exit_code == 1
    assert [line.partition(":")[0] for line in ran.err.splitlines() if "KS019" in line] == [
        "manifests/3.yaml",
        "manifests/4.yaml",
    ]


def test_standard_input_that_never_ends_is_told_without_all_memory() -> None:
    with Path("/dev/zero").open("rb") as endless:
        ran = subprocess.run(
            ["prlimit", f"--as={2 << 30}", sys.executable, "-m", "kitserve", "validate", "-"],
            stdin=endless,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ran.returncode == 1
    assert ran.stderr.startswith("<stdin>:1:1: error[KS019] isn't read: it is larger than 16 MiB\n")


def test_a_tree_of_any_depth_is_looked_through(checkout: Path, kitserve: CommandLine) -> None:
    above = os.open("manifests/deep", os.O_RDONLY)
    for _ in range(1200):  # more than Python calls itself
        os.mkdir("d", dir_fd=above)
        below = os.open("d", os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = below
    file = os.open("values.yaml", os.O_WRONLY | os.O_CREAT, dir_fd=above)
    os.write(file, b"image: {registry: r.example.com, tag: v1}")
    os.close(file)
    os.close(above)

    ran = kitserve("validate", "manifests")
    subprocess.run(["rm", "-r", checkout / "manifests/deep"], check=True)

    assert ran.err == "1 file: no problems\n"

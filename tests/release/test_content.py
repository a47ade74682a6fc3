"""An image of the platform that can't be run is looked at: the same files, and only its own machine's code."""

from pathlib import Path

import pytest

from release.artifacts.content import check, comparable
from release.artifacts.layout import combine, platforms
from release.errors import ReleaseError
from tests.release.layouts import elf, layout

AMD64, ARM64 = "linux/amd64", "linux/arm64"
X86, ARM, RISCV = 62, 183, 243
PACKAGE = {"opt/kitserve/a/__init__.py": b"", "opt/kitserve/a/__pycache__/__init__.cpython-313.pyc": b"\0"}
FIRST = PACKAGE | {
    "usr/bin/python3": elf(X86),
    "opt/kitserve/_rust.abi3.so": elf(X86),
    "opt/kitserve/z/zlib.cpython-313-x86_64-linux-gnu.so": elf(X86),
    "opt/kitserve/a.libs/libsodium-1234.so.26": elf(X86),
}
SECOND = PACKAGE | {
    "usr/bin/python3": elf(ARM),
    "opt/kitserve/_rust.abi3.so": elf(ARM),
    "opt/kitserve/z/zlib.cpython-313-aarch64-linux-gnu.so": elf(ARM),
    "opt/kitserve/a.libs/libsodium-5678.so.23": elf(ARM),
}
WRONG = {
    "the first platform's library": (
        SECOND | {"opt/kitserve/_rust.abi3.so": elf(X86)},
        "another machine's code",
    ),
    "a base of the first platform": (
        SECOND | {"usr/bin/python3": elf(X86)},
        "another machine's code: usr/bin/python3",
    ),
    "a third platform's code": (SECOND | {"opt/kitserve/x.so": elf(RISCV)}, "another machine's code"),
    "the right machine in the wrong byte order": (
        SECOND | {"usr/bin/python3": elf(ARM << 8, big_endian=False)},
        "another machine's code",
    ),
    "a file is missing": (
        {name: data for name, data in SECOND.items() if not name.endswith("__init__.py")},
        "hasn't the files of linux/amd64: a/__init__.py",
    ),
    "a file more": (SECOND | {"opt/kitserve/b.py": b""}, "hasn't the files of linux/amd64: b.py"),
    "a native module is missing": (
        {name: data for name, data in SECOND.items() if "zlib" not in name},
        "hasn't the files of linux/amd64: z/zlib.so",
    ),
}
NAMES = {
    "a native module": ("a/_x.cpython-313-aarch64-linux-gnu.so", {"a/_x.so"}),
    "one for all Pythons": ("a/_x.abi3.so", {"a/_x.so"}),
    "one without a suffix": ("a/_x.so", {"a/_x.so"}),
    "a bundled library": ("a.libs/libx-12ab.so.1.2.3", set()),
    "a licence beside it": ("a.libs/LICENSE", {"a.libs/LICENSE"}),
    "code": ("a/so.py", {"a/so.py"}),
    "data": ("a/x.so.txt", {"a/x.so.txt"}),
}


def test_the_same_files_of_each_machine_pass(tmp_path: Path) -> None:
    both = layout(tmp_path, {AMD64: FIRST, ARM64: SECOND})
    combine(both, "v1", {})

    assert check(both) == len(FIRST) - 2  # neither Python nor the bundled library


@pytest.mark.parametrize(("second", "says"), WRONG.values(), ids=WRONG)
def test_another_image_is_refused(tmp_path: Path, second: dict[str, bytes], says: str) -> None:
    both = layout(tmp_path, {AMD64: FIRST, ARM64: second})
    combine(both, "v1", {})

    with pytest.raises(ReleaseError, match=says):
        check(both)


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_a_name_is_compared_without_what_is_a_platform_s_own(name: str, expected: set[str]) -> None:
    assert comparable([name]) == expected


def test_the_index_depends_on_the_images_alone(tmp_path: Path) -> None:
    once = layout(tmp_path / "once", {AMD64: FIRST, ARM64: SECOND})
    again = layout(tmp_path / "again", {AMD64: FIRST, ARM64: SECOND})
    other = layout(tmp_path / "other", {AMD64: FIRST, ARM64: FIRST})

    digests = [combine(each, "v1", {"a": "b"}) for each in (once, again, other)]

    assert digests[0] == digests[1] != digests[2]
    assert [*platforms(once)] == [AMD64, ARM64]

"""The image installs what its distribution declares, by content."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

IMAGE = Path(__file__).parents[2] / "image"
LOCKED = re.compile(
    r"(?m)^([a-z0-9-]+)==(\S+)(?: ; [^\n]+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)


LOCKS = {"requirements.lock": (), "requirements-keyless.lock": ("keyless",)}


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items(), ids=LOCKS)
def test_lock_pins_every_dependency_with_hashes(lock: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((IMAGE / "pyproject.toml").read_text())["project"]
    locked = {name: version for name, version, _ in LOCKED.findall((IMAGE / lock).read_text())}
    wanted = [
        *project["dependencies"],
        *(text for name in extras for text in project["optional-dependencies"][name]),
    ]
    for requirement in map(Requirement, wanted):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"run `make lock` for {requirement}"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_nothing_but_pins_and_hashes(lock: str) -> None:
    text = (IMAGE / lock).read_text()
    assert re.sub(r"(?m)^#.*\n", "", LOCKED.sub("", text)).strip() == ""


def test_all_that_the_dockerfile_copies_is_sent_to_the_builder() -> None:
    copied = re.findall(r"(?m)^COPY (?!--from)(\S+) ", (IMAGE / "Dockerfile").read_text())
    sent = (IMAGE / ".dockerignore").read_text().splitlines()

    assert copied
    assert [name for name in copied if f"!{name}" not in sent] == []

"""The image installs what its distribution declares, by content."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

IMAGE = Path(__file__).parents[2] / "image"
LOCKED = re.compile(
    r"(?m)^([a-z0-9-]+)==(\S+)(?: ; [^\n]+?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
)


def test_lock_pins_every_dependency_with_hashes() -> None:
    document = tomllib.loads((IMAGE / "pyproject.toml").read_text())
    locked = {name: version for name, version, _ in LOCKED.findall((IMAGE / "requirements.lock").read_text())}
    for requirement in map(Requirement, document["project"]["dependencies"]):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"run `make lock` for {requirement}"


def test_lock_holds_nothing_but_pins_and_hashes() -> None:
    text = (IMAGE / "requirements.lock").read_text()
    assert re.sub(r"(?m)^#.*\n", "", LOCKED.sub("", text)).strip() == ""

"""A git repository of a test's own, and what a release needs to know of one."""

import os
import subprocess
from pathlib import Path

from release.plan import Bases, Commit, Destination, Plan

WHEN = 1_800_000_000
_DATES = {f"GIT_{who}_DATE": f"{WHEN} +0000" for who in ("AUTHOR", "COMMITTER")}
_NAMES = {f"GIT_{who}_{what}": "kitserve" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
DIGEST = "sha256:" + "5a" * 32


def git(folder: Path, *arguments: str) -> str:
    """Run git, as nobody in particular and at no particular time, and return what it prints."""
    environment = os.environ | _DATES | _NAMES
    ran = subprocess.run(
        ["git", "-C", folder, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def repository(folder: Path, files: dict[str, str]) -> Path:
    """Commit files in a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all")
    return folder


def plan(
    registry: str = "registry.example.com",
    version: str = "0.1.0",
    source: str = "",
    organisation: str = "team",
) -> Plan:
    """A release into a registry, which speaks plain HTTP."""
    bases = Bases(f"registry.example.com/python:3@{DIGEST}", f"registry.example.com/python:3@{DIGEST}")
    return Plan(
        version, Commit("0" * 40, WHEN), Destination(registry, organisation, plain_http=True), bases, source
    )

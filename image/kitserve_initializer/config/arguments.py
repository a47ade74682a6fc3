"""The command line: pairs as KServe passes them, or an option such as --version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitserve_initializer.errors import UsageError
from kitserve_initializer.oci import reference
from kitserve_initializer.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.oci.reference import Reference

HELP = """\
usage: kitserve-initializer SRC DEST [SRC DEST ...]
       kitserve-initializer --check SRC [SRC ...]

Unpack ModelKits from a registry into folders, every byte verified. KServe runs it before a model server starts.

  SRC   a ModelKit: kit://REGISTRY/REPOSITORY:TAG or kit://REGISTRY/REPOSITORY@sha256:DIGEST; the registry is a host
        with a dot or a port, kit:// may be missing, and the tag is `latest` if none is given
  DEST  its folder, made if it is missing; what is there already is kept, and files in the way end the run

options:
  --check        only log in and resolve each SRC: fetch manifest and config, write nothing, and say what there is
  --version      print the version
  -h, --help     print this help

All other settings come by variables, as KServe passes them:
  KIT_UNPACK_FLAGS          flags of `kit unpack`: --filter, -o, -i, --plain-http, --tls-cert, --concurrency, and for
                            the log -v (debug), -vv (trace), --log-level and --progress none
  KIT_USER, KIT_PASSWORD    the login; docker configs and clouds' identities are read too
  KITSERVE_LOG_FORMAT       `text` or `json`
  HTTPS_PROXY, NO_PROXY     the proxies
The whole list is docs/reference/environment.md. The log goes to stderr: docs/reference/log.md has its events.

The exit code is 0 if every ModelKit is in its folder, and otherwise stands for the cause, which is the log's last line:
2 to 5 what was asked for, 10 to 16 the registry, 20 to 25 the ModelKit, 30 to 32 the folder, 50 to 56 signatures,
130 and 143 a signal.
All of them are in docs/reference/exit-codes.md.

examples:
  kitserve-initializer kit://registry.example.com/models/iris:v1 /mnt/models
  kitserve-initializer --check kit://registry.example.com/models/iris:v1
  KIT_UNPACK_FLAGS='-v --filter model' kitserve-initializer kit://registry.example.com/models/iris:v1 ./iris
  KIT_UNPACK_FLAGS=--plain-http kitserve-initializer kit://localhost:5000/iris:v1 ./iris
"""

_CHECK = "--check"
_ANSWERS = {"--help": HELP, "-h": HELP, "--version": f"kitserve-initializer {VERSION}\n"}
_OPTIONS = (_CHECK, *_ANSWERS)
_SEE_HELP = "see kitserve-initializer --help"


@dataclass(frozen=True)
class Work:
    """A ModelKit and its destination; None if it is only to be resolved."""

    source: Reference
    destination: Path | None


def answer(arguments: Sequence[str]) -> str:
    """Return what --help or --version print, whatever stands beside them; empty without one."""
    return next((_ANSWERS[word] for word in arguments if word in _ANSWERS), "")


def parse(arguments: Sequence[str]) -> list[Work]:
    """Read the command line; a pair that stands there twice counts once.

    Raises:
        UsageError: if the arguments aren't pairs, or have an unknown option.
        InvalidReference: if a source is no reference.
    """
    words = [word for word in arguments if word != _CHECK]
    for word in words:
        if word.startswith("-"):
            raise _unknown(word)
    works = _checks(words) if _CHECK in arguments else _pairs(words)
    return [*dict.fromkeys(works)]


def _checks(words: Sequence[str]) -> list[Work]:
    if not words:
        raise UsageError(f"{_CHECK} needs a source", _SEE_HELP)
    for word in words:
        if word.startswith(("/", ".")):
            raise UsageError(f"{_CHECK} takes sources only, and {word!r} is a folder", _SEE_HELP)
    return [Work(reference.parse(word), None) for word in words]


def _pairs(words: Sequence[str]) -> list[Work]:
    if not words or len(words) % 2:
        raise UsageError(f"{len(words)} arguments can't be paired")
    if "" in words[1::2]:
        raise UsageError("a destination is empty")
    pairs = zip(words[::2], words[1::2], strict=True)
    return [Work(reference.parse(source), Path(destination)) for source, destination in pairs]


def _unknown(word: str) -> UsageError:
    """Return the error for an option: flags of `kit unpack` aren't arguments."""
    import difflib  # noqa: PLC0415 - a run doesn't need it

    name = word.partition("=")[0] if word.startswith("--") else word[:2]
    near = difflib.get_close_matches(name, _OPTIONS, 1)
    hint = f"did you mean {near[0]}? {_SEE_HELP}" if near else f"flags go into KIT_UNPACK_FLAGS; {_SEE_HELP}"
    return UsageError(f"unknown option {name!r}", hint)

"""The folder of the image in which its files lie as the initializer unpacks them: KServe mounts one folder."""

from collections import Counter
from collections.abc import Iterable, Iterator

from kitserve.image.differences import Differences, shortened
from kitserve.image.trees.paths import SKIPPED, below, is_directory
from kitserve.image.trees.reading import ReadLayer

_OLD = "lies at {!r} in the layer: kit before 0.5 packed it relative to another folder"
_ELSEWHERE = "lies at {!r} in the image, of which a pod would see the folder {!r}"
_PACK_AGAIN = "pack it again by a newer kit"
_OTHER_LAYOUT = (
    "leave it out (--filter model takes the model alone), or keep the ModelKit's own layout (--layout kit)"
)


def folder(layers: Iterable[ReadLayer], differences: Differences) -> str:
    """Return the folder, empty for the image's top; files that lie otherwise are differences."""
    placed = [pair for each in layers for pair in _pairs(each)]
    counted = Counter(_folder(seen, lies) for seen, lies in placed)
    found = min(
        (name for name in counted if name is not None),
        key=lambda name: (-counted[name], -len(name), name),
        default="",
    )
    for seen, lies in placed:
        if lies != below(found, seen):
            _tell(seen, lies, found, differences)
    return found


def _pairs(layer: ReadLayer) -> Iterator[tuple[str, str]]:
    """Yield for each file where the initializer has it, and where a runtime; nothing if they have others."""
    if not layer.laid.differences.count:
        seen = (path for path, mode in layer.written.paths.items() if not is_directory(mode))
        lies = (path for path, mode in layer.laid.paths.items() if not (is_directory(mode) or mode & SKIPPED))
        yield from zip(seen, lies, strict=True)


def _folder(seen: str, lies: str) -> str | None:
    """Return the folder that a path lies in if it is `seen` there; None if it is nowhere."""
    if seen == lies:
        return ""
    return lies[: -len(seen) - 1] if lies.endswith(f"/{seen}") else None


def _tell(seen: str, lies: str, found: str, differences: Differences) -> None:
    if _folder(seen, lies) is None:
        differences.add(seen, _OLD.format(shortened(lies)), _PACK_AGAIN)
    else:
        differences.add(seen, _ELSEWHERE.format(shortened(lies), shortened(found) or "."), _OTHER_LAYOUT)

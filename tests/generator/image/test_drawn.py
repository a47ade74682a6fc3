"""Any layers: a pod sees what the initializer unpacks, or there is no image."""

import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.generator.image.comparing import compared, model
from tests.image.packing import Form, entry, file, folder, layer, pack
from tests.parts.registry import Registry

NAMES = st.sampled_from(
    ["a", "b", "m", "models", "Kitfile", "ü", ".wh.a", ".wh..wh..opq", ".kitserve.json", "a.b"]
)
USUAL = st.sampled_from(["a", "b", "m", "d"])
PATHS = st.lists(USUAL, min_size=1, max_size=3) | st.lists(USUAL | NAMES, min_size=1, max_size=3)
FILES = st.sampled_from([0o644, 0o644, 0o755, 0o444, 0o664, 0o600, 0o4755])
FOLDERS = st.sampled_from([0o755, 0o755, 0o775, 0o555, 0o2775, 0o1777, 0o500, 0o700])
CONTENTS = st.binary(max_size=3)

Member = tuple[tarfile.TarInfo, bytes]


@st.composite
def members(draw: st.DrawFn) -> Member:
    """A member that a packer may write, and some that none would."""
    name = "/".join(draw(PATHS))
    match draw(st.sampled_from(["file", "file", "file", "folder", "folder", "slash", "link", "global"])):
        case "file":
            return file(name, draw(CONTENTS), draw(FILES))
        case "folder":
            return folder(f"{draw(st.sampled_from(['', './']))}{name}", draw(FOLDERS))
        case "slash":
            return file(f"{name}/", b"")
        case "link":
            return entry(name, draw(st.sampled_from([tarfile.SYMTYPE, tarfile.LNKTYPE])), "a")
        case _:
            return entry(name, tarfile.XGLTYPE)


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """A layer; mostly of files and folders alone."""
    plain = members().filter(lambda member: member[0].type in (tarfile.REGTYPE, tarfile.DIRTYPE))
    drawn = draw(st.lists(plain, max_size=6) | st.lists(members(), max_size=6))
    form: Form = draw(st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    return layer(*drawn, folder("z"), form=form)  # Python's reader takes no archive of headers alone


LAYERS = st.lists(archives(), min_size=1, max_size=3, unique=True)


@pytest.mark.parametrize("layout", ["kit", "model"])
@given(layers=LAYERS, path=st.sampled_from(["m", "a", "a/b", ".", "models"]))
def test_a_pod_sees_the_same_or_nothing(
    registry: Registry, layout: str, layers: list[bytes], path: str
) -> None:
    places = [path, *(f"part-{number}" for number in range(1, len(layers)))]
    made = pack(registry, *layers, paths=places, claim=model)

    with tempfile.TemporaryDirectory(prefix="kitserve-drawn-") as folder_:
        compared(registry, Path(folder_), made.uri, layout=layout)

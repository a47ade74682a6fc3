"""What waits in the destination: taken, replaced, left alone or refused, and never half changed."""

from pathlib import Path

import pytest

from tests.image.initializer import MARKER, Initializer, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Proxy
from tests.parts.registry import Registry

PATH_EXISTS, UNWRITABLE = 30, 31
OURS = ("Kitfile", MARKER)

MODEL = layer(folder("model"), file("model/a", b"new"), file("model/b", b"new"))


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return pack(registry, MODEL, layer(file("top", b"new")))


def fill(initializer: Initializer, *names: str) -> None:
    for name in names:
        path = initializer.destination / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("old")


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files if path.name not in OURS}


NEW = {"model/a": "new", "model/b": "new", "top": "new"}


def test_missing_destination_is_made_with_its_parents(initializer: Initializer, made: Packed) -> None:
    place = initializer.folder / "mnt/deep/models"

    assert initializer(made.uri, place).exit == 0

    assert contents(place) == NEW
    assert listing(initializer.folder)["mnt/deep"]["mode"] == "0o755"


def test_a_destination_made_in_vain_is_taken_away(initializer: Initializer, made: Packed) -> None:
    run = initializer(made.uri.replace(":v1", ":v2"), initializer.folder / "mnt/deep/models")

    assert run.exit == 12
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_other_content_is_left_alone(initializer: Initializer, made: Packed) -> None:
    fill(initializer, "lost+found/x", "model/c", "elsewhere")

    assert initializer(f"{made.uri}").exit == 0

    assert contents(initializer.destination) == NEW | {
        "lost+found/x": "old",
        "model/c": "old",
        "elsewhere": "old",
    }


def test_every_file_in_the_way_is_named(initializer: Initializer, made: Packed) -> None:
    fill(initializer, "model/b", "top")
    before = listing(initializer.destination)

    run = initializer(made.uri)

    assert run.exit == PATH_EXISTS
    assert "already has 'model/b', 'top'; empty the destination, or put -o" in run.last_line
    assert listing(initializer.destination) == before


FORESEEN = {
    "": ["Kitfile", "a", "d/f", "link", "some"],
    "-i": ["Kitfile", "some"],
    "-o": ["link", "some"],
}


@pytest.mark.parametrize(("flags", "named"), FORESEEN.items(), ids=FORESEEN)
def test_what_the_kitfile_s_paths_meet_is_named_before_a_layer_is_fetched(
    registry: Registry, initializer: Initializer, flags: str, named: list[str]
) -> None:
    paths = ["./a", "d/f", "d/g", "link", "some/where/deep"]
    made = pack(registry, *(layer(file(path)) for path in paths), paths=paths)
    fill(initializer, "Kitfile", "a", "d/f", "some", "other")
    (initializer.destination / "link").symlink_to("a")
    before = listing(initializer.destination)

    with Proxy(registry.url) as proxy:
        run = initializer(f"kit://{proxy.host}/{made.repository}:v1", flags=f"--plain-http {flags}")

    assert run.exit == PATH_EXISTS, run.stderr
    assert f"{initializer.destination} already has {', '.join(map(repr, named))}; " in run.termination
    assert not any(layer in seen.path for seen in proxy.seen for layer in made.layers)
    assert listing(initializer.destination) == before


def test_more_than_fit_into_a_sentence_are_named_in_the_log(
    registry: Registry, initializer: Initializer
) -> None:
    names = [f"file-{index:02}" for index in range(25)]
    made = pack(registry, *(layer(file(name)) for name in names), paths=names)
    fill(initializer, *names)

    run = initializer(made.uri)

    assert run.exit == PATH_EXISTS, run.stderr
    assert "'file-19' and 5 more; empty" in run.termination
    assert [name for name in names if f"already has '{name}'\n" not in run.stderr] == []


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("-o", NEW),
        ("-i", NEW | {"model/b": "old", "top": "old"}),
        ("-oi", NEW | {"model/b": "old", "top": "old"}),
    ],
)
def test_files_in_the_way_go_by_the_flags(
    initializer: Initializer, made: Packed, flags: str, expected: dict[str, str]
) -> None:
    fill(initializer, "model/b", "top")

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == 0, run.stderr
    assert contents(initializer.destination) == expected


def test_a_replaced_file_gets_the_mode_of_the_layer_s(initializer: Initializer, made: Packed) -> None:
    fill(initializer, "top")
    (initializer.destination / "top").chmod(0o600)

    run = initializer(made.uri, flags="--plain-http -o")

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination)["top"]["mode"] == "0o644"


@pytest.mark.parametrize("flags", ["", "-o"])
def test_a_folder_in_a_file_s_way_is_refused(initializer: Initializer, made: Packed, flags: str) -> None:
    (initializer.destination / "top").mkdir(parents=True)

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == PATH_EXISTS
    assert contents(initializer.destination) == {}


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
def test_a_file_in_a_folder_s_way_is_refused(initializer: Initializer, made: Packed, flags: str) -> None:
    fill(initializer, "model")

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == PATH_EXISTS
    assert contents(initializer.destination) == {"model": "old"}


def kitfile_of(initializer: Initializer, made: Packed) -> bytes:
    place = initializer.folder / "elsewhere"
    assert initializer(made.uri, place, flags="--plain-http --kitfile").exit == 0
    return (place / "Kitfile").read_bytes()


@pytest.mark.parametrize(
    ("flags", "change", "code"),
    [
        ("", "none", 0),
        ("-i", "none", 0),
        ("-o", "none", 0),
        ("", "content", PATH_EXISTS),
        ("-i", "content", PATH_EXISTS),
        ("-o", "content", 0),
        ("-o", "folder", PATH_EXISTS),
        ("", "link", PATH_EXISTS),
        ("-o", "link", PATH_EXISTS),
    ],
)
def test_an_existing_kitfile(
    initializer: Initializer, made: Packed, flags: str, change: str, code: int
) -> None:
    expected = kitfile_of(initializer, made)
    path = initializer.destination / "Kitfile"
    path.parent.mkdir()
    match change:
        case "none":
            path.write_bytes(expected)
        case "content":
            path.write_bytes(expected.swapcase())
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(initializer.folder / "elsewhere/Kitfile")

    run = initializer(made.uri, flags=f"--plain-http {flags}")

    assert run.exit == code, run.stderr
    if code == 0:
        assert path.read_bytes() == expected
    else:
        assert list(initializer.destination.iterdir()) == [path]


@pytest.mark.parametrize("layers", [("its", "top"), ("top", "its")], ids=["first layer", "second layer"])
@pytest.mark.parametrize(
    ("flags", "kitfile"),
    [("", None), ("-o", "the layer's"), ("-i", "manifestVersion"), ("--model", "the layer's")],
)
def test_a_kitfile_in_a_layer_goes_by_the_flags(
    registry: Registry, initializer: Initializer, layers: tuple[str, str], flags: str, kitfile: str | None
) -> None:
    """The ModelKit's own is written first, unless filters leave it out; then it is as with any other file."""
    blobs = {"its": layer(file("Kitfile", b"the layer's")), "top": layer(file("top"))}
    kit = pack(registry, *(blobs[name] for name in layers))

    run = initializer(kit.uri, flags=f"--plain-http {flags}")

    if kitfile is None:
        assert run.exit == PATH_EXISTS, run.stderr
        assert "another layer already has 'Kitfile'" in run.termination
        assert not initializer.destination.exists()
    else:
        assert run.exit == 0, run.stderr
        assert kitfile in (initializer.destination / "Kitfile").read_text()


def test_what_a_killed_run_left_is_cleared_away(initializer: Initializer, made: Packed) -> None:
    fill(initializer, ".kitserve-staging/layer-0/half")

    assert initializer(made.uri).exit == 0

    assert contents(initializer.destination) == NEW


def test_modes_of_folders_that_exist_stay(initializer: Initializer, made: Packed) -> None:
    (initializer.destination / "model").mkdir(parents=True, mode=0o700)

    assert initializer(made.uri).exit == 0

    assert listing(initializer.destination)["model"]["mode"] == "0o700"


@pytest.mark.parametrize(
    ("place", "words"), [("termination-log", "Not a directory"), ("/proc/x/y", "/proc/x/y")]
)
def test_a_destination_that_can_t_be(initializer: Initializer, made: Packed, place: str, words: str) -> None:
    run = initializer(made.uri, initializer.folder / place)

    assert run.exit == UNWRITABLE, run.stderr
    assert words in run.last_line


def test_a_destination_that_can_t_be_looked_into(initializer: Initializer, made: Packed) -> None:
    """As a folder that is another user's; a name that no file system takes is that for root too."""
    run = initializer(made.uri, initializer.folder / ("n" * 300))

    assert run.exit == UNWRITABLE, run.stderr
    assert run.last_line.startswith("ERROR can't write ")


def test_a_link_to_the_destination_is_the_user_s_choice(initializer: Initializer, made: Packed) -> None:
    real = initializer.folder / "real"
    real.mkdir()
    initializer.destination.symlink_to(real)

    assert initializer(made.uri).exit == 0

    assert contents(real) == NEW

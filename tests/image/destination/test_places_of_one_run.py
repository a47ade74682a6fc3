"""Several pairs of source and destination in one run: none replaces another's files, nor is taken for it."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from kitserve_initializer.destination.place import places
from kitserve_initializer.destination.request import Request
from kitserve_initializer.errors import UsageError
from kitserve_initializer.fs.merge_dirs import ConflictPolicy

from tests.image.initializer import MARKER, Initializer, Run, listing
from tests.image.packing import Packed, file, folder, layer, pack
from tests.image.proxy import Fault, Proxy
from tests.parts.registry import Registry

USAGE, UNSAFE, PATH_EXISTS = 2, 23, 30
BASE = layer(folder("base"), file("base/weights", b"base"))
ADAPTER = layer(folder("deep"), file("deep/adapter", b"adapter"), file("weights", b"adapter"))
FLAGS = "--plain-http --model"


def forged(digest: str) -> bytes:
    """A marker that a run with FLAGS would take for its own."""
    request = Request(digest, ("model",), ConflictPolicy.REFUSE, "kit", (), ())
    return json.dumps(request.document).encode()


def run_pairs(initializer: Initializer, *pairs: tuple[str, str], flags: str = FLAGS) -> Run:
    """Run with pairs of a source and a folder below the destination."""
    words = [word for source, place in pairs for word in (source, initializer.destination / place)]
    return initializer(*words, flags=flags)


@pytest.fixture(scope="module")
def adapter(registry: Registry) -> Packed:
    return pack(registry, ADAPTER)


def assert_adapter(place: Path) -> None:
    assert (place / "deep/adapter").read_bytes() == b"adapter"
    assert (place / "weights").read_bytes() == b"adapter"


def replacing(adapter: Packed, inner: str) -> dict[str, bytes]:
    """Layers of an outer ModelKit that would stand for the one at `inner`."""
    marker = file(f"{inner}/{MARKER}", forged(adapter.digest))
    evil = (file(f"{inner}/weights", b"evil"), file(f"{inner}/deep/adapter", b"evil"))
    return {
        "a marker and files": layer(marker, *evil),
        "a marker": layer(marker),
        "files": layer(*evil),
        "one file": layer(file(f"{inner}/deep/adapter", b"evil")),
        "a staged tree": layer(file(f"{inner}/.kitserve-staging/0-x/weights", b"evil")),
        "a journal": layer(
            file(f"{inner}/.kitserve-staging/publish.json", b'{"marker": %b}' % forged(adapter.digest)),
            file(f"{inner}/.kitserve-staging/result/weights", b"evil"),
        ),
        "a file instead of the folder": layer(file(inner, b"evil")),
    }


@pytest.mark.parametrize("flags", ["", "-o", "-i"])
@pytest.mark.parametrize(
    ("inner", "outer_first"),
    [("adapter", True), ("adapter", False), ("a/b/c", True)],
    ids=["outer first", "inner first", "deep"],
)
@pytest.mark.parametrize("attack", list(replacing(Packed("", "", "sha256:1", "", ()), "x")))
def test_an_outer_modelkit_does_not_replace_an_inner_one(  # noqa: PLR0913, PLR0917 - a table
    registry: Registry,
    initializer: Initializer,
    adapter: Packed,
    attack: str,
    inner: str,
    outer_first: bool,
    flags: str,
) -> None:
    outer = pack(registry, replacing(adapter, inner)[attack])
    pairs = [(outer.uri, "."), (adapter.pinned, inner)]

    run = run_pairs(initializer, *(pairs if outer_first else pairs[::-1]), flags=f"{FLAGS} {flags}")

    place = initializer.destination / inner
    if attack == "a marker":
        assert run.exit == 0, run.stderr
        assert_adapter(place)
    else:
        assert run.exit in {UNSAFE, PATH_EXISTS}, run.stderr
        assert outer_first or (place / "weights").read_bytes() == b"adapter"
        assert b"evil" not in [path.read_bytes() for path in initializer.folder.rglob("*") if path.is_file()]


def test_what_an_inner_destination_s_outer_one_may_not_hold_is_told(
    registry: Registry, initializer: Initializer, adapter: Packed
) -> None:
    outer = pack(registry, layer(file("adapter/x")), paths=["adapter/x"])
    with Proxy(registry.url) as proxy:
        run = run_pairs(
            initializer, (f"kit://{proxy.host}/{outer.repository}:v1", "."), (adapter.pinned, "adapter")
        )

    assert run.exit == PATH_EXISTS, run.stderr
    assert "holds 'adapter/x', and 'adapter' is the destination of another one" in run.termination
    assert not any(outer.layers[0] in seen.path for seen in proxy.seen)


@pytest.mark.parametrize("flags", [FLAGS, "--plain-http -o", "--plain-http -i"])
@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_nested_destinations_start_again_without_a_request(
    initializer: Initializer, order: tuple[int, ...], flags: str
) -> None:
    with Registry() as registry:
        made = [
            (pack(registry, layer(folder("a"), file("own")), BASE).pinned, "."),
            (pack(registry, ADAPTER).pinned, "a"),
            (pack(registry, BASE).pinned, "a/b/c"),
        ]
        pairs = [made[index] for index in order]
        first = run_pairs(initializer, *pairs, flags=flags)
        before = listing(initializer.destination)

    again = run_pairs(initializer, *pairs, flags=flags)

    assert first.exit == again.exit == 0, first.stderr + again.stderr
    assert again.stderr.count("already, unpacked as asked for") == 3
    assert listing(initializer.destination) == before
    assert_adapter(initializer.destination / "a")


@pytest.mark.parametrize("flags", [FLAGS, "--plain-http -o"])
@pytest.mark.parametrize("outer_first", [True, False], ids=["outer first", "inner first"])
def test_a_killed_run_of_nested_destinations_is_taken_up(
    registry: Registry, initializer: Initializer, adapter: Packed, outer_first: bool, flags: str
) -> None:
    """The second of the two waits when it is killed: the first is complete, and costs nothing then."""
    outer = pack(registry, BASE)
    pairs = [(outer, "."), (adapter, "adapter")]
    first, second = pairs if outer_first else pairs[::-1]

    def stall(path: str) -> Fault | None:
        return Fault(cut=100, stall=True) if second[0].layers[0] in path else None

    with Proxy(registry.url, stall) as proxy:
        words = [
            word
            for made, place in (first, second)
            for word in (f"kit://{proxy.host}/{made.repository}:v1", initializer.destination / place)
        ]
        with initializer.start(*words, flags=flags) as process:
            proxy.stalled.wait()
            process.kill()
            process.communicate()
        proxy.fault = lambda _: None
        run = initializer(*words, flags=flags)

    assert run.exit == 0, run.stderr
    assert run.stderr.count("already, unpacked as asked for") == 1
    assert_adapter(initializer.destination / "adapter")
    assert (initializer.destination / "base/weights").read_bytes() == b"base"


def test_all_are_looked_at_before_any_is_unpacked(initializer: Initializer, adapter: Packed) -> None:
    run = run_pairs(initializer, (adapter.uri, "a"), (adapter.uri.replace(":v1", ":v2"), "b"))

    assert run.exit == 12, run.stderr
    assert not initializer.destination.exists()


def test_a_pair_that_stands_there_twice_counts_once(initializer: Initializer, adapter: Packed) -> None:
    run = run_pairs(initializer, (adapter.uri, "a"), (adapter.uri, "a"))

    assert run.exit == 0, run.stderr
    assert_adapter(initializer.destination / "a")


SPELLINGS = {
    "the same": ("a", "a"),
    "a slash behind it": ("a", "a/"),
    "a dot in it": ("a", "./a/."),
    "up and down": ("a", "b/../a"),
    "a link": ("a", "link"),
    "a link above it": ("real/a", "link/../real/a"),
}


@pytest.mark.parametrize(("one", "other"), SPELLINGS.values(), ids=SPELLINGS)
def test_one_destination_for_two_modelkits_is_refused(
    registry: Registry, initializer: Initializer, adapter: Packed, one: str, other: str
) -> None:
    (initializer.destination / "real").mkdir(parents=True)
    (initializer.destination / "a").mkdir()
    (initializer.destination / "link").symlink_to("a")
    before = listing(initializer.folder)

    run = run_pairs(initializer, (pack(registry, BASE).uri, one), (adapter.pinned, other))

    assert run.exit == USAGE, run.stderr
    assert "is the destination of two ModelKits; give each ModelKit a folder of its own" in run.termination
    assert listing(initializer.destination) == {
        path.removeprefix("models/"): found for path, found in before.items() if path.startswith("models/")
    }


def test_a_link_leads_into_another_destination(
    registry: Registry, initializer: Initializer, adapter: Packed
) -> None:
    """The place counts, not its spelling."""
    (initializer.destination / "adapter").mkdir(parents=True)
    (initializer.folder / "elsewhere").symlink_to(initializer.destination / "adapter")
    outer = pack(registry, layer(file("adapter/weights", b"evil")))

    run = initializer(
        outer.uri,
        initializer.destination,
        adapter.pinned,
        initializer.folder / "elsewhere",
        flags=f"{FLAGS} -i",
    )

    assert run.exit == PATH_EXISTS, run.stderr


@pytest.mark.parametrize("inner", [".kitserve-staging/x", "a/.kitserve.json"])
def test_a_destination_with_a_name_of_ours_in_another_is_refused(tmp_path: Path, inner: str) -> None:
    with pytest.raises(UsageError, match="a name of the initializer's own"):
        places([tmp_path, tmp_path / inner])


def test_destinations_that_don_t_lie_in_each_other_have_nothing_to_do_with_each_other(tmp_path: Path) -> None:
    found = places([tmp_path / "a", tmp_path / "ab", tmp_path / "b/a"])

    assert [place.inner for place in found] == [(), (), ()]

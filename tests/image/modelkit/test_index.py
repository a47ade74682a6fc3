"""Indexes of ModelKits, as kit 1.17 makes them, and what chooses from them."""

import json
from collections.abc import Callable

import pytest
from kitserve_initializer.errors import ContentFailure
from kitserve_initializer.modelkit import index

from tests.image.initializer import Initializer, Run, assert_failed, listing
from tests.image.modelkit.indexes import BIG, INDEX, Q4, Q8, Document, Pushed
from tests.image.packing import MANIFEST_TYPE, file, layer, pack
from tests.parts.registry import Registry

INVALID_FLAGS, NOT_A_MODELKIT, INVALID, UNEXPECTED_DIGEST, OTHER_MODELKIT = 4, 20, 21, 25, 33

OTHER = "sha256:" + "0" * 64


def unpacked(run: Run, initializer: Initializer) -> set[str]:
    assert run.exit == 0, run.stderr
    return set(listing(initializer.destination)) - {"Kitfile"}


CHOICES = {
    "one label": ("-l quantization=q4_0", "0"),
    "two labels": ("-l quantization=q8_0 --label vram=10GB", "1"),
    "joined": ("-lvram=24GB", "2"),
    "joined with =": ("--label=vram=24GB", "2"),
    "a number": ("-l bits=4", "0"),
    "a switch": ("-l tested=true", "2"),
    "a list": ("""-l 'gpus=["sm_80","sm_90"]'""", "2"),
    "an empty text": ("-l note=", "2"),
}


@pytest.mark.parametrize(("flags", "chosen"), CHOICES.values(), ids=CHOICES)
def test_labels_choose_one(registry: Registry, initializer: Initializer, flags: str, chosen: str) -> None:
    pushed = Pushed(registry, Q4, Q8, BIG)

    run = initializer(pushed.uri, flags=f"--plain-http {flags}")

    assert unpacked(run, initializer) == {chosen}
    assert f"is {pushed.digests[int(chosen)]}, of the index {pushed.digest}" in run.stderr


AMBIGUOUS = {
    "no label": ("", "an index of 3 manifests: ", ("q4_0", "vram=10GB", "tested=true"), ()),
    "several have it": (
        "-l quantization=q8_0",
        "of which 2 have quantization=q8_0",
        ("10GB", "24GB"),
        ("6GB",),
    ),
    "none has it": (
        "-l quantization=q5",
        "no ModelKit in the index has quantization=q5",
        ("6GB", "24GB"),
        (),
    ),
    "none has both": ("-l quantization=q4_0 -l vram=24GB", "has quantization=q4_0, vram=24GB", ("6GB",), ()),
    "another case": ("-l quantization=Q4_0", "no ModelKit in the index has quantization=Q4_0", (), ()),
}


@pytest.mark.parametrize(("flags", "words", "told", "untold"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_chooses_none_or_several_tells_the_labels(  # noqa: PLR0913, PLR0917 - a table's columns
    registry: Registry,
    initializer: Initializer,
    flags: str,
    words: str,
    told: tuple[str, ...],
    untold: tuple[str, ...],
) -> None:
    run = initializer(Pushed(registry, Q4, Q8, BIG).uri, flags=f"--plain-http {flags}")

    assert_failed(run, NOT_A_MODELKIT, words)
    assert "--label KEY=VALUE in KIT_UNPACK_FLAGS, or the annotation kitserve.io/label" in run.termination
    assert all(each in run.termination for each in told)
    assert not any(each in run.termination for each in untold)
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_an_index_of_kit_with_one_entry_is_that_one(registry: Registry, initializer: Initializer) -> None:
    pushed = Pushed(registry, {"quantization": "q4"})

    assert unpacked(initializer(pushed.uri), initializer) == {"0"}


def test_one_entry_must_have_the_labels_too(registry: Registry, initializer: Initializer) -> None:
    run = initializer(Pushed(registry, Q4).uri, flags="--plain-http -l quantization=q8_0")

    assert_failed(run, NOT_A_MODELKIT, "no ModelKit in the index has quantization=q8_0")


def test_an_entry_without_labels_is_told_so(registry: Registry, initializer: Initializer) -> None:
    run = initializer(Pushed(registry, None, {}, twist=lambda found: found.pop("artifactType")).uri)

    assert_failed(run, NOT_A_MODELKIT, "(tag q), ")
    assert "none of them has a label to choose by" in run.termination


def as_image(document: Document) -> None:
    """Let an index say of itself that `kitserve image` made it of a ModelKit."""
    document["annotations"] = {index.IMAGE_SOURCE: OTHER}


def test_the_image_of_a_modelkit_is_called_so(registry: Registry, initializer: Initializer) -> None:
    run = initializer(Pushed(registry, None, None, twist=as_image).uri)

    assert_failed(run, NOT_A_MODELKIT, f"isn't a ModelKit but the image of one, {OTHER}")
    assert "refer to the ModelKit" in run.termination


def test_one_modelkit_is_unpacked_whatever_its_index_says(
    registry: Registry, initializer: Initializer
) -> None:
    """What a policy judges is what a pod unpacks: an annotation changes neither."""
    assert unpacked(initializer(Pushed(registry, Q4, twist=as_image).uri), initializer) == {"0"}


def test_an_index_by_its_own_digest(registry: Registry, initializer: Initializer) -> None:
    pushed = Pushed(registry, Q4, Q8)
    source = f"kit://{pushed.repository}@{pushed.digest}"

    run = initializer(source, flags="--plain-http -l quantization=q8_0")
    again = initializer(source, flags="--plain-http -l quantization=q8_0")
    other = initializer(source, flags="--plain-http -l quantization=q4_0 -o")

    assert unpacked(run, initializer) == {"1"}
    assert f"holds {pushed.digests[1]} already" in again.stderr
    assert_failed(other, OTHER_MODELKIT, f"holds {pushed.digests[1]}, and {pushed.digests[0]} is asked for")


@pytest.mark.parametrize("demanded", ["index", "entry", "both"])
def test_a_digest_that_is_demanded_may_be_the_index_s_or_the_entry_s(
    registry: Registry, initializer: Initializer, demanded: str
) -> None:
    pushed = Pushed(registry, Q4, Q8)
    digests = {
        "index": pushed.digest,
        "entry": pushed.digests[1],
        "both": f"{pushed.digest} {pushed.digests[1]}",
    }
    labels = {"KITSERVE_SERVICE_LABEL": "quantization=q8_0"}

    run = initializer(pushed.uri, KITSERVE_SERVICE_DIGEST=digests[demanded], **labels)
    wrong = initializer(pushed.uri, KITSERVE_SERVICE_DIGEST=pushed.digests[0], **labels)

    assert unpacked(run, initializer) == {"1"}
    assert_failed(
        wrong, UNEXPECTED_DIGEST, f"is {pushed.digests[1]}, of the index {pushed.digest}, and the service"
    )


def test_a_service_s_labels_replace_the_administrator_s(registry: Registry, initializer: Initializer) -> None:
    run = initializer(
        Pushed(registry, Q4, Q8, BIG).uri,
        flags="--plain-http -l quantization=q4_0",
        KITSERVE_SERVICE_LABEL="quantization=q8_0 vram=24GB",
    )

    assert unpacked(run, initializer) == {"2"}


def test_check_chooses_too(registry: Registry, initializer: Initializer) -> None:
    uri = Pushed(registry, Q4, Q8).uri

    assert initializer("--check", uri, flags="--plain-http -l bits=8").exit == 0
    assert initializer("--check", uri).exit == NOT_A_MODELKIT


def test_labels_choose_from_nothing_but_an_index(registry: Registry, initializer: Initializer) -> None:
    run = initializer(pack(registry, layer(file("a"))).uri, flags="--plain-http -l quantization=q4_0")

    assert_failed(run, NOT_A_MODELKIT, "the reference is no index, and only an index has labels")
    assert not initializer.destination.exists()


def first(**fields: object) -> Callable[[Document], None]:
    """Change the first entry."""
    return lambda found: found["manifests"][0].update(fields)


FAULTS: dict[str, tuple[Callable[[Document], object], int, str]] = {
    "another size": (first(size=7), INVALID, "the index says that its manifest has 7 bytes"),
    "no size": (first(size=None), INVALID, "has no size"),
    "an index in it": (first(mediaType=INDEX), NOT_A_MODELKIT, "is an index itself"),
    "nothing": (lambda found: found.update(manifests=[]), NOT_A_MODELKIT, "it holds no ModelKit"),
}


@pytest.mark.parametrize(("twist", "code", "words"), FAULTS.values(), ids=FAULTS)
def test_an_index_that_can_t_be_right(
    registry: Registry, initializer: Initializer, twist: Callable[[Document], object], code: int, words: str
) -> None:
    run = initializer(Pushed(registry, Q4, twist=twist).uri)

    assert_failed(run, code, words)
    assert listing(initializer.folder).keys() == {"termination-log"}


UNREADABLE: dict[str, tuple[list[object], str]] = {
    "no object": (["x"], "has no mediaType"),
    "no digest": ([{"mediaType": MANIFEST_TYPE, "digest": "md5:1"}], "has no digest that can be checked"),
    "several of no object": (
        ["x", {"digest": 1}],
        "an index of 2 manifests: None (no labels), 1 (no labels)",
    ),
    "labels that are a list": ([{"digest": 1, "modelMetadata": ["a=1"]}, {}], "1 (no labels)"),
    "long ones": ([{"digest": "x" * 999, "modelMetadata": {"k" * 999: 1}}, {}], f"{'x' * 80} ({'k' * 100})"),
    "many": ([{"digest": number} for number in range(99)], "9 (no labels), ..."),
}


@pytest.mark.parametrize(("entries", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_entries_that_no_registry_should_store(entries: list[object], words: str) -> None:
    with pytest.raises(ContentFailure) as caught:
        index.choose(entries, ())

    assert words in caught.value.cause


def test_an_index_that_only_says_it_is_a_manifest(registry: Registry, initializer: Initializer) -> None:
    inner = Pushed(registry, Q4)
    entry = {
        "mediaType": MANIFEST_TYPE,
        "digest": inner.digest,
        "size": registry.storage.path(inner.digest).stat().st_size,
    }
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode()
    registry.push_manifest(inner.repository.partition("/")[2], "outer", body, INDEX)

    run = initializer(f"kit://{inner.repository}:outer")

    assert_failed(run, NOT_A_MODELKIT, "isn't a ModelKit but an index in an index")


@pytest.mark.parametrize(
    "fields", [{"platform": {"os": "linux", "architecture": "s390x"}}, {"artifactType": "x/y"}]
)
def test_what_an_entry_says_of_itself_doesn_t_matter(
    registry: Registry, initializer: Initializer, fields: Document
) -> None:
    run = initializer(Pushed(registry, Q4, Q8, twist=first(**fields)).uri, flags="--plain-http -l bits=4")

    assert unpacked(run, initializer) == {"0"}


WRONG = {
    "no value": ("-l quantization", "label 'quantization' must be KEY=VALUE"),
    "no key": ("-l =q4", "label '=q4' must be KEY=VALUE"),
    "an edit of kit index add": ("-l quantization-", "must be KEY=VALUE"),
    "twice": ("-l a=1 -l a=2", "'a' is already '1', and counts once"),
    "nothing": ("-l", "-l in KIT_UNPACK_FLAGS needs a value"),
}


@pytest.mark.parametrize(("flags", "words"), WRONG.values(), ids=WRONG)
def test_a_label_that_is_none(initializer: Initializer, flags: str, words: str) -> None:
    run = initializer("kit://localhost:1/a:b", flags=flags)

    assert_failed(run, INVALID_FLAGS, words)


def test_a_service_s_label_that_is_none_names_its_annotation(initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/a:b", KITSERVE_SERVICE_LABEL="quantization")

    assert_failed(run, INVALID_FLAGS, "correct kitserve.io/label of the InferenceService")

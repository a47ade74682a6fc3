"""What must hold of any input of the parsers, on what hypothesis makes up: near the grammar, and noise."""

import gzip
import io
import itertools
import json
import random
import shlex
import tarfile
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitserve_initializer.archive import tar
from kitserve_initializer.archive.gzip import inflate
from kitserve_initializer.config import filters, flags, options
from kitserve_initializer.credentials.docker_config import lookup
from kitserve_initializer.errors import Failure, InvalidArchive, InvalidModelKit
from kitserve_initializer.oci import manifest
from kitserve_initializer.oci.reference import Reference
from kitserve_initializer.oci.reference import parse as parse_reference
from kitserve_initializer.registry.challenge import parse_challenges

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS, Target, archive
from tests.image.packing import Form, digest, file, folder, header, layer

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(
    lambda name: name == name.rstrip("/")
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@st.composite
def mutations(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A seed with some of its bytes replaced, and cut."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=8)):
        data[at] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.none() | st.integers(0, len(data)))])


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
def test_noise_is_taken_or_refused(name: str, data: st.DataObject) -> None:
    TARGETS[name](data.draw(st.binary(max_size=2000) | mutations(SEEDS[name])))


@pytest.mark.parametrize(("name", "target"), TARGETS.items(), ids=TARGETS)
def test_seeds_are_taken(name: str, target: Target) -> None:
    assert any(target(seed) for seed in SEEDS[name])


FORMS: st.SearchStrategy[Form] = st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
LONG_NAMES = st.lists(NAMES.map(lambda name: name[:80]), min_size=1, max_size=6).map("/".join)


@given(
    st.dictionaries(
        LONG_NAMES.filter(lambda name: not name.endswith("/")),
        st.none() | st.binary(max_size=2000),
        max_size=8,
    ),
    st.integers(1, 3000),
    FORMS,
)
def test_archives_are_read_as_they_were_written(
    members: dict[str, bytes | None], step: int, form: Form
) -> None:
    """By Python's own writer, in chunks of any size; None is a folder."""
    made = [folder(name) if held is None else file(name, held) for name, held in members.items()]
    data = layer(*made, form=form)

    read = tar.Archive([data[at : at + step] for at in range(0, len(data), step)], "the layer")

    found = {
        each.name.rstrip("/"): b"".join(read.content()) if each.kind == tar.FILE else None for each in read
    }
    assert found == members


@given(st.integers(0, 10**18 - 1), FORMS)
def test_sizes_are_read_as_they_were_written(size: int, form: Form) -> None:
    """From 8 GiB on as a record, or in base 256."""
    (found,) = itertools.islice(
        tar.Archive([header("a", tarfile.REGTYPE, 0o644, size).tobuf(form)], "the layer"), 1
    )

    assert (found.name, found.size, found.mode) == ("a", size, 0o644)


@given(st.binary(max_size=4000), st.integers(0, 4000))
def test_a_cut_archive_is_never_whole(content: bytes, cut: int) -> None:
    data = layer(file("a", content), file("b", content))

    assert archive(data)
    assert not archive(data[: min(cut, len(data) - 1)])


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.integers(1, 100))
def test_gzip_members_are_one_stream(parts: list[bytes], step: int) -> None:
    data = b"".join(map(gzip.compress, parts))
    chunks = [data[at : at + step] for at in range(0, len(data), step)]

    assert b"".join(inflate(chunks, "the layer")) == b"".join(parts)


VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=",:\0"))
FILTERS = st.builds(
    filters.Filter,
    st.lists(st.sampled_from(filters.TYPES), min_size=1).map(tuple),
    st.lists(VALUES, min_size=1).map(tuple).filter(lambda values: values != ("",)) | st.just(()),
)
SWITCHES = st.sampled_from(["-o", "-i", "-oi", "-v", "--overwrite=false", "--plain-http", "--tls-verify=0"])


@given(st.lists(FILTERS), st.lists(SWITCHES))
def test_flags_survive_a_shell(wanted: list[filters.Filter], switches: list[str]) -> None:
    words = [*switches, *(word for each in wanted for word in ("--filter", str(each)))]

    read = options.of_flags(flags.read(shlex.split(shlex.join(words))))

    assert read.filters == tuple(wanted)
    assert read == options.of_flags(flags.read(words))


@given(FILTERS, st.sampled_from(filters.TYPES), VALUES)
def test_a_filter_takes_what_it_names(one: filters.Filter, kind: str, name: str) -> None:
    expected = kind in one.types and (not one.values or name in one.values)

    assert filters.parse(str(one)) == one
    assert filters.takes((one,), kind, name) is expected


NAME = r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}"
IPV6 = r"\[([0-9a-f]{1,4}:){1,3}:[0-9a-f]{1,4}\]"
HOSTS = st.from_regex(rf"({NAME}|{IPV6})(:[0-9]{{1,4}})?", fullmatch=True)
REPOSITORIES = st.from_regex(
    r"[a-z0-9]{1,5}(([._]|__|-{1,3})[a-z0-9]{1,5})?(/[a-z0-9]{1,5}){0,3}", fullmatch=True
)
TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)


@given(HOSTS, REPOSITORIES, TAGS, st.booleans())
def test_references_are_read_as_they_were_written(host: str, repository: str, tag: str, scheme: bool) -> None:
    pinned = digest(tag.encode())

    for version in (f":{tag}", f"@{pinned}", f":{tag}@{pinned}"):
        read = parse_reference(f"{'kit://' * scheme}{host}/{repository}{version}")
        assert (read.registry, read.repository) == (host, repository)
        assert read.version == (pinned if "@" in version else tag)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a" * 60_000 + "!", "a-" * 30_000, "a/" * 30_000, "a_" * 30_000])
def test_a_long_reference_is_refused_at_once(text: str) -> None:
    with pytest.raises(Failure):
        parse_reference(f"kit://r.example.com/{text}")


@given(JSON)
def test_documents_are_decoded_as_they_were_written(value: object) -> None:
    document = {"value": value}

    expected = json.loads(
        json.dumps(document, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
    assert manifest.parse(json.dumps(document).encode()) == expected


@given(st.dictionaries(st.text(), JSON))
def test_any_parameters_become_a_kitfile(parameters: dict[str, Any]) -> None:
    """Whatever stands in them, down to halves of surrogate pairs."""
    config = {
        "manifestVersion": "1.0.0",
        "model": {"path": "x", "digest": digest(b""), "parameters": parameters},
    }

    assert TARGETS["config"](json.dumps(config).encode())


DESCRIPTORS = st.fixed_dictionaries(
    {"mediaType": JSON, "digest": st.just(digest(b"")) | JSON, "size": st.integers() | JSON}
)


@given(
    st.dictionaries(
        st.sampled_from(["config", "layers", "artifactType"]), DESCRIPTORS | JSON | st.lists(DESCRIPTORS)
    )
)
def test_manifests_of_any_shape(document: dict[str, Any]) -> None:
    TARGETS["manifest"](json.dumps(document).encode())


QUOTED = st.text(st.characters(min_codepoint=32, max_codepoint=126))
TOKENS = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)


@given(
    st.dictionaries(
        TOKENS.map(str.lower), st.dictionaries(TOKENS.map(str.lower), QUOTED, max_size=3), max_size=3
    )
)
def test_challenges_are_read_as_they_were_written(wanted: dict[str, dict[str, str]]) -> None:
    written = ", ".join(
        f"{scheme} " + ", ".join(f"{key}={_quoted(value)}" for key, value in parameters.items())
        for scheme, parameters in wanted.items()
    )

    assert parse_challenges([written]) == wanted


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


LONG_CHALLENGES: dict[str, tuple[str, dict[str, dict[str, str]]]] = {
    "digits": ("1" * 60_000, {}),
    "schemes": ("a " * 30_000, {"a": {}}),
    "quotes, of which nothing ends the last": ('Basic a="' + 'a="' * 20_000, {"basic": {"a": '"'}}),
    "escapes": ("Basic a=" + "\\" * 60_000, {"basic": {"a": "\\" * 60_000}}),
    "parameters": ("Basic " + "a=b, " * 20_000, {"basic": {"a": "b"}}),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("header", "challenges"), LONG_CHALLENGES.values(), ids=LONG_CHALLENGES)
def test_a_long_challenge_is_read_at_once(header: str, challenges: dict[str, dict[str, str]]) -> None:
    assert parse_challenges([header]) == challenges


ENTRIES = st.dictionaries(
    st.sampled_from(["auth", "username", "password", "identitytoken"]), st.text() | JSON
)
AUTHS = st.dictionaries(st.sampled_from(["r.example.com", "https://r.example.com/v1/"]), ENTRIES | JSON)


@given(st.dictionaries(st.sampled_from(["auths", "x"]), AUTHS | JSON))
def test_docker_configs_of_any_shape(document: dict[str, Any]) -> None:
    TARGETS["docker-config"](json.dumps(document).encode())


@given(TEXT.filter(lambda user: user and ":" not in user), TEXT)
def test_docker_credentials_are_read_as_they_were_written(user: str, password: str) -> None:
    auth = b64encode(f"{user}:{password}".encode()).decode()

    found = lookup(
        {"auths": {"r.example.com": {"auth": auth}}}, Reference("r.example.com", "a"), "the config"
    )

    assert found
    assert (found.user, found.password.reveal()) == (user, password.strip("\0"))


def record(key: bytes, value: bytes) -> bytes:
    """A PAX record."""
    length = len(key) + len(value) + 3
    while len(str(length)) + len(key) + len(value) + 3 > length:
        length += 1
    return b"%d %s=%s\n" % (length, key, value)


@pytest.mark.parametrize(
    "records",
    [b"9" * 60_000 + b" path=x\n", record(b"size", b"9" * 5_000), record(b"a", b"") * 100_000],
    ids=["length of a length", "digits of a size", "number of records"],
)
def test_records_that_cost_time_are_read_at_once(records: bytes) -> None:
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, len(records)
    stream = io.BytesIO(
        header.tobuf(tarfile.USTAR_FORMAT) + records + bytes(-len(records) % 512) + layer(file("x"))
    )

    members = iter(tar.Archive(iter(lambda: stream.read(4096), b""), "the layer"))

    if records.startswith(b"5 a="):
        assert next(members).name == "x"
    else:
        with pytest.raises(InvalidArchive):
            next(members)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a":%s}' % (b"9" * 5_000),
        b'{"a":1e999}',
        b'{"a":-Infinity}',
        b"\xff\xfe{\0}\0",
        b'{"manifests":[{}],"config":{}}',
        b'{"manifests":[],"layers":[]}',
    ],
)
def test_documents_that_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidModelKit):
        manifest.parse(body)


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    assert manifest.parse(b'{"a":1,"a":2}') == {"a": 2}


ODD: list[object] = [
    None,
    True,
    0,
    -1,
    1e300,
    "",
    "../x",
    "/etc",
    "\ud800",
    "\0",
    ".kitserve.json",
    [],
    {},
    [[]],
    "x" * 300,
]


@pytest.mark.parametrize("count", [1000, pytest.param(6000, marks=pytest.mark.thorough)])
@pytest.mark.timeout(900)
def test_thousands_of_kitfiles_are_taken_or_refused(count: int) -> None:
    """Each a real one, with something odd in some of its places."""
    chance = random.Random(6)  # noqa: S311
    kitfiles = [json.loads(seed) for seed in SEEDS["config"]]

    taken = [
        TARGETS["config"](json.dumps(_spoilt(chance.choice(kitfiles), chance)).encode()) for _ in range(count)
    ]

    assert {*taken} == {True, False}


def _spoilt(value: object, chance: random.Random) -> object:
    if chance.random() < 0.06:
        return chance.choice(ODD)
    if isinstance(value, dict):
        keys = ("path", "digest", "model", "parts", "", "\n")
        return {
            chance.choice(keys) if chance.random() < 0.03 else key: _spoilt(item, chance)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_spoilt(item, chance) for item in value] * chance.choice([1, 1, 1, 2])
    return value

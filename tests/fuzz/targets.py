"""What must hold for any bytes: a parser takes them or refuses them with a cause, and what it took is sound.

Each target takes bytes and returns whether the parser took them; anything but a Failure is a bug. Property tests
(tests/image/test_parsers.py) try them on what hypothesis makes up, atheris on what reaches new code.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from unittest.mock import patch
from urllib.parse import urlsplit

from kitserve_initializer.archive import tar
from kitserve_initializer.archive.gzip import inflate
from kitserve_initializer.config import filters, flags, options
from kitserve_initializer.credentials.docker_config import lookup
from kitserve_initializer.credentials.document import parse as parse_docker_config
from kitserve_initializer.errors import Failure, sentence
from kitserve_initializer.fs import paths
from kitserve_initializer.http import proxy, url
from kitserve_initializer.http.no_proxy import is_direct
from kitserve_initializer.modelkit import kitfile, layers, modelkit
from kitserve_initializer.modelkit.kitfile_yaml import emitter
from kitserve_initializer.oci import manifest, reference
from kitserve_initializer.oci.digest import Descriptor
from kitserve_initializer.registry.challenge import parse_challenges
from ruamel.yaml import YAML
from urllib3.util import parse_url

Target = Callable[[bytes], bool]

_LAYER = "application/vnd.kitops.modelkit.{}.v1.tar"
_STEP = 700
"""Bytes of a chunk: no multiple of a block, so that everything is cut somewhere."""


def archive(data: bytes) -> bool:
    """A tar archive: no more content than there are bytes, and names that stay below the destination."""
    try:
        read = tar.Archive(_chunks(data), "the layer")
        for member in read:
            with suppress(Failure):
                assert not {"", ".", "..", "/"} & set(paths.split(member.name))
            assert member.mode >= 0
            assert sum(map(len, read.content())) == member.size <= len(data)
    except Failure as error:
        return _refused(error)
    return True


def unchecked_archive(data: bytes) -> bool:
    """The same, whatever the checksums of headers: a fuzzer can't guess them."""
    with patch.object(tar, "checksum_fits", lambda _: True):
        return archive(data)


def gzip(data: bytes) -> bool:
    """A gzip stream: comes in bounded pieces."""
    try:
        assert all(0 < len(piece) <= 1 << 18 for piece in inflate(_chunks(data), "the layer"))
    except Failure as error:
        return _refused(error)
    return True


def unpack_flags(data: bytes) -> bool:
    """KIT_UNPACK_FLAGS: filters read back as they are written."""
    try:
        words = shlex.split(data.decode("utf-8", "replace"))
    except ValueError:
        return False
    try:
        read = options.of_flags(flags.read(words))
    except Failure as error:
        return _refused(error)
    assert all(filters.parse(str(each)) == each for each in read.filters)
    return True


def source(data: bytes) -> bool:
    """A reference: reads back as it is written, and names a host and a path of a URL as they are."""
    try:
        read = reference.parse(data.decode("utf-8", "replace"))
    except Failure as error:
        return _refused(error)
    assert reference.parse(str(read)) == read
    there = urlsplit(f"https://{read.registry}/v2/{read.repository}/manifests/{read.version}")
    assert (there.netloc, there.path) == (read.registry, f"/v2/{read.repository}/manifests/{read.version}")
    return True


def manifest_document(data: bytes) -> bool:
    """A manifest: descriptors that can be verified."""
    try:
        read = manifest.read(manifest.parse(data))
    except Failure as error:
        return _refused(error)
    assert all(reference.is_digest(layer.digest) and layer.size >= 0 for layer in read.layers)
    return True


def config_document(data: bytes) -> bool:
    """A config: a Kitfile that is YAML, and entries whose layers are found or missed."""
    try:
        read = kitfile.read(manifest.parse(data))
        text = read.yaml.decode()
        blobs = tuple(Descriptor(_LAYER.format(each.layer), each.digest, 0) for each in read.entries)
        made = modelkit.ModelKit("", manifest.Manifest("", Descriptor("", "", 0), blobs), read)
        modelkit.parent(made)
        layers.select(made, ())
    except Failure as error:
        return _refused(error)
    if not set("\n\r\x85\u2028\u2029") & set(
        "".join(_texts(read.document))
    ):  # readers differ in what breaks become
        assert YAML(typ="base", pure=True).load(text) == _as_texts(read.document)
    return True


def challenges(data: bytes) -> bool:
    """A WWW-Authenticate header, as http.client hands it over."""
    read = parse_challenges([data.decode("latin-1")])
    assert all(scheme == scheme.lower() for scheme in read)
    return bool(read)


def docker_config(data: bytes) -> bool:
    """A docker config: somebody, or nobody."""
    try:
        document = parse_docker_config(data.decode("utf-8", "replace"), "the config")
        helpers = ("credsstore", "credhelpers")
        without = {name: each for name, each in document.items() if name.lower() not in helpers}
        return lookup(without, reference.Reference("r.example.com", "a/b"), "the config") is not None
    except Failure as error:
        return _refused(error)


def location(data: bytes) -> bool:
    """A Location header: all readers find one host, and a request's first line can hold the rest."""
    try:
        found = url.resolved("https://registry.example.com/v2/a", data.decode("latin-1"))
        there = url.origin(found)
        host = parse_url(f"{there.scheme}://{there.label}/").host or ""
    except ValueError:
        return False
    assert url.clean(found) == found
    assert re.fullmatch(r"/[!-~]*", url.target(found))
    bare = there.host.strip("[]")
    assert host.strip("[]").replace("%", "%25").lower() == bare == urlsplit(found).hostname
    return True


def proxy_url(data: bytes) -> bool:
    """A proxy's URL: a host that can be connected to, and a list of hosts without a proxy that covers it or not."""
    text = data.decode("utf-8", "surrogateescape")
    is_direct(text, "registry.example.com", 443)
    try:
        read = proxy.parse(text, "HTTP_PROXY")
    except Failure as error:
        return _refused(error)
    assert read.host.isascii()
    assert not set("/?#@[]\\ ") & set(read.host)
    return 0 < read.port < 1 << 16


TARGETS: dict[str, Target] = {
    "location": location,
    "proxy": proxy_url,
    "tar": unchecked_archive,
    "gzip": gzip,
    "flags": unpack_flags,
    "reference": source,
    "manifest": manifest_document,
    "config": config_document,
    "challenges": challenges,
    "docker-config": docker_config,
}


def _chunks(data: bytes) -> list[bytes]:
    return [data[at : at + _STEP] for at in range(0, len(data), _STEP)]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in (
        (*value.keys(), *value.values())
        if isinstance(value, dict)
        else value
        if isinstance(value, list)
        else ()
    ):
        yield from _texts(each)


def _as_texts(value: object) -> object:
    """A document as a YAML reader without types has it."""
    if isinstance(value, dict):
        return {key: _as_texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_texts(each) for each in value]
    return value if isinstance(value, str) else emitter.dump({"": value})[4:-1]


def _refused(error: Failure) -> bool:
    assert sentence(error).isprintable()
    return False

"""Patterns of references, and all the ways to write one registry's name."""

import pytest
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.oci import reference
from kitserve_initializer.trust.load import verifier
from kitserve_initializer.trust.rules import pattern

from tests.image.trust.judging import policy

MATCHES = {
    "the repository itself": ("registry.example.com/models/iris", "registry.example.com/models/iris:v1"),
    "by a digest": ("registry.example.com/iris", f"registry.example.com/iris@sha256:{'0' * 64}"),
    "a star for a part": ("registry.example.com/*/iris", "registry.example.com/models/iris:v1"),
    "a star in a part": ("registry.example.com/mod*/i*s", "registry.example.com/models/iris:v1"),
    "a star for nothing": ("registry.example.com/iris*", "registry.example.com/iris:v1"),
    "any parts": ("registry.example.com/**", "registry.example.com/a/b/c:v1"),
    "any parts, and none": ("registry.example.com/models/**", "registry.example.com/models:v1"),
    "any parts in the middle": ("registry.example.com/**/iris", "registry.example.com/a/b/iris:v1"),
    "none in the middle": ("registry.example.com/a/**/iris", "registry.example.com/a/iris:v1"),
    "everything": ("**", "registry.example.com/a/b:v1"),
    "any registry": ("**/models/*", "registry.example.com/models/iris:v1"),
    "a star for a registry": ("*/models/iris", "registry.example.com:5000/models/iris:v1"),
    "a star in a registry": ("*.example.com/**", "registry.example.com/iris:v1"),
    "any port": ("localhost:*/**", "localhost:5000/iris:v1"),
    "no port": ("registry.example.com:*/**", "registry.example.com/iris:v1"),
    "upper case": ("registry.example.com/**", "Registry.EXAMPLE.com/iris:v1"),
    "upper case in the pattern": ("Registry.example.com/**", "registry.example.com/iris:v1"),
    "the default port": ("registry.example.com/**", "registry.example.com:443/iris:v1"),
    "the default port in the pattern": ("registry.example.com:443/**", "registry.example.com/iris:v1"),
    "zeros before the port": ("registry.example.com/**", "registry.example.com:00443/iris:v1"),
    "zeros before another port": ("registry.example.com:5000/**", "registry.example.com:05000/iris:v1"),
    "a dot at the end": ("registry.example.com/**", "registry.example.com./iris:v1"),
    "dots at the end and a port": ("registry.example.com/**", "registry.example.com..:443/iris:v1"),
    "all at once": ("registry.example.com/**", "REGISTRY.example.com.:0443/iris:v1"),
    "docker.io as index.docker.io": ("docker.io/**", "index.docker.io/models/iris:v1"),
    "docker.io as its host": ("docker.io/**", "registry-1.docker.io/models/iris:v1"),
    "docker.io's host in the pattern": ("registry-1.docker.io/**", "docker.io/models/iris:v1"),
    "docker.io by a star": ("*.docker.io/**", "docker.io/models/iris:v1"),
    "docker.io's host by a star": ("registry-*.docker.io/**", "registry-1.docker.io/models/iris:v1"),
    "docker.io in upper case": ("docker.io/**", "Docker.IO/models/iris:v1"),
    "a short address": ("127.0.0.1:5000/**", "127.1:5000/iris:v1"),
    "an octal address": ("127.0.0.1:5000/**", "0177.0.0.1:5000/iris:v1"),
    "a hexadecimal address": ("127.0.0.1:5000/**", "0x7f000001:5000/iris:v1"),
    "an address as a number": ("127.0.0.1:5000/**", "2130706433:5000/iris:v1"),
    "a long IPv6 address": ("[::1]:5000/**", "[0:0:0:0:0:0:0:1]:5000/iris:v1"),
    "an IPv6 address in upper case": ("[fe80::a]/**", "[FE80::A]:443/iris:v1"),
    "an address in an IPv6 address": ("127.0.0.1:5000/**", "[::ffff:127.0.0.1]:5000/iris:v1"),
    "a dash and a dot": ("registry.example.com/a-b.c_d/**", "registry.example.com/a-b.c_d/iris:v1"),
}
DIFFERS = {
    "another repository": ("registry.example.com/models/iris", "registry.example.com/models/other:v1"),
    "a longer name": ("registry.example.com/models/iris", "registry.example.com/models/iris-2:v1"),
    "a part more": ("registry.example.com/models/*", "registry.example.com/models/a/iris:v1"),
    "a part less": ("registry.example.com/*/iris", "registry.example.com/iris:v1"),
    "another registry": ("registry.example.com/**", "registry.example.org/iris:v1"),
    "a registry with more in front": ("example.com/**", "registry.example.com/iris:v1"),
    "a registry with more behind": ("registry.example.com/**", "registry.example.com.evil.org/iris:v1"),
    "a dot that is a character": ("registry.example.com/**", "registryxexample.com/iris:v1"),
    "another port": ("registry.example.com/**", "registry.example.com:8443/iris:v1"),
    "the port of http": ("registry.example.com/**", "registry.example.com:80/iris:v1"),
    "a star is no slash": ("registry.example.com/a*c", "registry.example.com/a/c:v1"),
    "a star that fits no name of docker.io": ("*.example.com/**", "docker.io/iris:v1"),
    "another address": ("127.0.0.1:5000/**", "127.0.0.2:5000/iris:v1"),
}
WRONG = {
    "a tag": "registry.example.com/iris:v1",
    "a digest": f"registry.example.com/iris@sha256:{'0' * 64}",
    "a scheme": "kit://registry.example.com/iris",
    "no registry": "models/**",
    "a registry alone": "registry.example.com",
    "stars in a part": "registry.example.com/models**",
    "stars in a registry": "registry**.example.com/models",
    "upper case in a repository": "registry.example.com/Models",
    "a question mark": "registry.example.com/iri?",
    "an empty part": "registry.example.com//iris",
    "a slash at the end": "registry.example.com/iris/",
    "a blank": "registry.example.com/iris ",
    "a newline": "registry.example.com/iris\n",
    "two ports": "registry.example.com:1:2/iris",
}


def fits(text: str, source: str, *, plain_http: bool = False) -> bool:
    name = pattern.normal(reference.parse(source), plain_http=plain_http)
    return bool(pattern.compiled(text, plain_http=plain_http).fullmatch(name))


@pytest.mark.parametrize(("text", "source"), MATCHES.values(), ids=MATCHES)
def test_a_pattern_matches(text: str, source: str) -> None:
    assert fits(text, source)


@pytest.mark.parametrize(("text", "source"), DIFFERS.values(), ids=DIFFERS)
def test_a_pattern_differs(text: str, source: str) -> None:
    assert not fits(text, source)


def test_the_default_port_is_the_scheme_s() -> None:
    assert fits("registry.example.com/**", "registry.example.com:80/iris", plain_http=True)
    assert not fits("registry.example.com/**", "registry.example.com:443/iris", plain_http=True)


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_no_pattern_is_refused(text: str) -> None:
    denied = f"sha256:{'0' * 64}"
    variable = policy({"references": [text], "deniedDigests": [denied]})["KITSERVE_VERIFICATION"]

    with pytest.raises(InvalidEnvironment, match=r"^KITSERVE_VERIFICATION: rules\[0\]\.references has "):
        verifier(variable, enforce=False, plain_http=False)

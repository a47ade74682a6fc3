"""The images that are made of ModelKits, and what can't have one: the table for image_volume.py and its twin."""

from typing import NamedTuple

_HEX = "0123456789abcdef"
_SHA256, _SHA384, _SHA512 = _HEX * 4, _HEX * 6, _HEX * 8
_OF_SHA512 = "43dc684d1e2f3a825671488cd83573aa5daee53d4c5082cdb4b70506aae67fc6"


class Named(NamedTuple):
    """A ModelKit, what is chosen of it, and its image."""

    uri: str
    image: str
    layout: str = ""
    filters: str = ""
    labels: str = ""


_PLAIN = {
    "tag": Named("kit://ghcr.io/team/iris:v1", "ghcr.io/team/iris:v1.image"),
    "no tag": Named("kit://ghcr.io/iris", "ghcr.io/iris:latest.image"),
    "port": Named("kit://registry:5000/a/b/c:1.0-rc_1", "registry:5000/a/b/c:1.0-rc_1.image"),
    "port and no tag": Named("kit://localhost:5000/a", "localhost:5000/a:latest.image"),
    "address": Named("kit://10.0.0.1/a:1", "10.0.0.1/a:1.image"),
    "IPv6": Named("kit://[::1]/a:1", "[::1]/a:1.image"),
    "IPv6 and a port": Named("kit://[2001:db8::F]:5000/a", "[2001:db8::F]:5000/a:latest.image"),
    "Docker Hub": Named("kit://docker.io/team/iris:v1", "docker.io/team/iris:v1.image"),
    "host in capitals": Named("kit://GHCR.io/iris:v1", "GHCR.io/iris:v1.image"),
    "separators": Named("kit://ghcr.io/a__b/c--d/e.f:_1", "ghcr.io/a__b/c--d/e.f:_1.image"),
    "tag of an image": Named("kit://ghcr.io/a:v1.image", "ghcr.io/a:v1.image.image"),
    "sha256": Named(f"kit://ghcr.io/a@sha256:{_SHA256}", f"ghcr.io/a:sha256-{_SHA256}.image"),
    "tag and digest": Named(f"kit://r:1/a:v1@sha256:{_SHA256}", f"r:1/a:sha256-{_SHA256}.image"),
    "sha384": Named(f"kit://ghcr.io/a@sha384:{_SHA384}", f"ghcr.io/a:sha384-{_SHA384}.image"),
    "sha512 is too long": Named(f"kit://ghcr.io/a@sha512:{_SHA512}", f"ghcr.io/a:{_OF_SHA512}.image"),
    "122 characters": Named(f"kit://ghcr.io/a:{'v' * 122}", f"ghcr.io/a:{'v' * 122}.image"),
    "123 characters": Named(
        f"kit://ghcr.io/a:{'v' * 123}",
        "ghcr.io/a:e2da152a09f9ed1983c5f38adf208141d789403ac37df320b8a9f01f0d170138.image",
    ),
}
_CHOSEN = {
    "layout kit": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image", layout="kit"),
    "layout model": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-196ee02784", layout="model"),
    "filter": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-98396f7574", filters="model"),
    "filter and layout kit": Named(
        "kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-98396f7574", layout="kit", filters="model"
    ),
    "filters": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-862739a233", filters="model:x,y code"),
    "beyond ASCII": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-989587137b", filters="model:é✓"),
    "label": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-154197e07a", labels="quantization=q4_0"),
    "all": Named("kit://ghcr.io/a:v1", "ghcr.io/a:v1.image-b78ca11f06", "model", "model", "a=b c=d"),
    "digest and layout": Named(
        f"kit://ghcr.io/a@sha256:{_SHA256}",
        f"ghcr.io/a:sha256-{_SHA256}.image-196ee02784",
        layout="model",
    ),
    "111 characters and a filter": Named(
        f"kit://ghcr.io/a:{'v' * 111}", f"ghcr.io/a:{'v' * 111}.image-98396f7574", filters="model"
    ),
    "112 characters and a filter": Named(
        f"kit://ghcr.io/a:{'v' * 112}",
        "ghcr.io/a:c5233e15fe2d4301d3fbb389a9260ca1dd6a386bffbe848696ac41e86b1afdf8.image",
        filters="model",
    ),
}
_NAMELESS = {
    "other scheme": "s3://ghcr.io/a:v1",
    "scheme in capitals": "KIT://ghcr.io/a:v1",
    "no scheme": "ghcr.io/a:v1",
    "nothing": "kit://",
    "no registry": "kit://iris:v1",
    "registry without a dot or port": "kit://localhost/iris:v1",
    "no repository": "kit://ghcr.io/:v1",
    "login": "kit://user@ghcr.io/a:1",
    "login behind the host": "kit://ghcr.io/a@b",
    "port that is a word": "kit://ghcr.io:port/a:1",
    "host with an underscore": "kit://my_host.example.com/a:1",
    "host with an empty label": "kit://ghcr..io/a:1",
    "repository in capitals": "kit://ghcr.io/Team/a:1",
    "slash at the end": "kit://ghcr.io/a/:1",
    "two tags": "kit://ghcr.io/a:1,2",
    "no tag behind the colon": "kit://ghcr.io/a:",
    "tag of 129 characters": f"kit://ghcr.io/a:{'v' * 129}",
    "tag with a dash first": "kit://ghcr.io/a:-x",
    "newline": "kit://ghcr.io/a:v1\n",
    "digest cut": "kit://ghcr.io/a@sha256:abc",
    "digest in capitals": f"kit://ghcr.io/a@sha256:{_SHA256.upper()}",
    "digest of another algorithm": "kit://ghcr.io/a@sha1:" + "0" * 40,
    "digest of another length": f"kit://ghcr.io/a@sha512:{_SHA256}",
    "query": "kit://ghcr.io/a?x=1",
}

NAMES = _PLAIN | _CHOSEN | {name: Named(uri, "") for name, uri in _NAMELESS.items()}

"""What the fuzzers start from: inputs of each kind that are taken, or nearly."""

import gzip
import json
import tarfile
from pathlib import Path

from tests.image.packing import CONFIG_TYPE, LAYER_TYPE, digest, entry, file, folder, header, layer

_LONG = "d/" * 60 + "long"
_TAR = layer(
    folder("model"), file("model/weights", b"w" * 700), file(_LONG), entry("link", tarfile.SYMTYPE, "x")
)
_GNU = layer(
    folder(_LONG),
    file(f"{_LONG}/weights", b"w" * 700),
    entry("l", tarfile.SYMTYPE, _LONG),
    form=tarfile.GNU_FORMAT,
)
_LARGE = header("large", tarfile.REGTYPE, 0o644, 1 << 33).tobuf(tarfile.GNU_FORMAT)
_DESCRIPTOR = {"mediaType": f"{LAYER_TYPE}+gzip", "digest": digest(b""), "size": 3}
_MANIFEST = {
    "schemaVersion": 2,
    "artifactType": "application/vnd.kitops.modelkit.manifest.v1+json",
    "config": _DESCRIPTOR | {"mediaType": CONFIG_TYPE},
    "layers": [_DESCRIPTOR],
}
_CONFIGS = json.loads((Path(__file__).parents[1] / "image/kitfiles.json").read_text())

SEEDS: dict[str, list[bytes]] = {
    "location": [
        b"https://user:word@Storage.example.com:443/a/../b%2f;c?d=%7e&e=gr\xc3\xbcn#f",
        b"//[2001:db8::1]:5000/a?",
        b"../b/./c//d",
    ],
    "proxy": [
        b"http://user:gr%C3%BCn@proxy.example.com:3128/",
        b"socks5h://[fe80::1%25eth0]",
        b"10.0.0.0/8,.example.com:443,[::1]:80,gr\xc3\xbcn.example.com,*.a",
    ],
    "tar": [_TAR, _TAR[512:], _GNU, _LARGE],
    "gzip": [gzip.compress(_TAR), gzip.compress(b"a") + gzip.compress(bytes(4096))],
    "flags": [
        b"-oi --plain-http --tls-verify=false -f 'model,docs:a b,c' --concurrency 3 -v --log-level=warn"
    ],
    "reference": [b"kit://[::1]:5000/a__b/c--d/e.f:v1", b"kit://ghcr.io/a:v1@" + digest(b"").encode()],
    "manifest": [json.dumps(_MANIFEST).encode()],
    "config": [json.dumps(case["config"]).encode() for case in _CONFIGS],
    "challenges": [b'Bearer realm="https://a/token",service="r",scope="a:b:pull", Basic realm="a \\"b\\""'],
    "docker-config": [
        b'{"auths":{"https://r.example.com/v2/":{"auth":"dTpw"},"x":{"username":"u","password":"p"}}}'
    ],
}

"""Real cosigns, which sign with keys and reach nothing but the registry on this machine that they are told of."""

import os
import subprocess
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.parts.registry import Basic, Registry
from tests.parts.tools import tool

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey

SECONDS = 100
# Nothing listens there: what doesn't go to the registry goes nowhere.
NOWHERE = "http://127.0.0.1:9"
OFFLINE = ("--yes", "--tlog-upload=false", "--use-signing-config=false")


class CosignError(RuntimeError):
    """A cosign failed; the message is what it wrote."""


@dataclass(frozen=True)
class Artifact:
    """What is signed: a manifest in a repository of a registry."""

    registry: Registry
    repository: str
    digest: str

    @property
    def reference(self) -> str:
        return f"{self.registry.host}/{self.repository}@{self.digest}"


@dataclass(frozen=True)
class Cosign:
    """A cosign by its name in tools.toml, with a home of its own for keys and configuration.

    cosign3 pushes a bundle as a referrer, and writes the fallback tag where the registry has no referrers API. cosign2
    writes the tag sha256-HEX.sig.
    """

    name: str
    folder: Path
    _keys: dict[str, Path] = field(default_factory=dict)

    def sign(self, key: PrivateKey, artifact: Artifact, *options: str) -> None:
        """Sign an artifact, and push the signature beside it.

        Raises:
            CosignError: cosign refused.
        """
        self._run("sign", key, artifact, options)

    def attest(self, key: PrivateKey, artifact: Artifact, kind: str, predicate: Path) -> None:
        """Sign a statement of another kind about an artifact, such as `cyclonedx`, and push it beside the artifact."""
        self._run("attest", key, artifact, (f"--predicate={predicate}", f"--type={kind}"))

    def verify(self, key: PrivateKey, artifact: Artifact, *options: str) -> str:
        """What cosign says of an artifact's signatures: JSON.

        Raises:
            CosignError: none of them is the key's.
        """
        public = f"--key={self._imported(key).with_suffix('.pub')}"
        told = [public, "--insecure-ignore-tlog=true", *_login(artifact.registry), *options]
        return self._cosign("verify", *told, artifact.reference)

    def _run(self, what: str, key: PrivateKey, artifact: Artifact, options: tuple[str, ...]) -> None:
        told = [f"--key={self._imported(key)}", *OFFLINE, *_login(artifact.registry), *options]
        self._cosign(what, *told, artifact.reference)

    def _imported(self, key: PrivateKey) -> Path:
        """The key's file as cosign keeps keys, encrypted with an empty password."""
        name = _fingerprint(key)
        if name not in self._keys:
            plain = self.folder / f"{name}.pem"
            plain.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            prefix = self.folder / name
            self._cosign("import-key-pair", "--yes", f"--key={plain}", f"--output-key-prefix={prefix}")
            self._keys[name] = prefix.with_suffix(".key")
        return self._keys[name]

    def _cosign(self, *arguments: str) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "COSIGN_PASSWORD": "",
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
        }
        ran = subprocess.run(
            [tool(self.name), *arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if ran.returncode:
            raise CosignError(f"{self.name} {arguments[0]} exited with {ran.returncode}:\n{ran.stderr}")
        return ran.stdout


def _fingerprint(key: PrivateKey) -> str:
    return sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _login(registry: Registry) -> list[str]:
    if not isinstance(registry.auth, Basic):
        return []
    return [f"--registry-username={registry.auth.user}", f"--registry-password={registry.auth.password}"]

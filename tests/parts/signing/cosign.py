"""Real cosigns, which sign with keys and reach nothing but the registry they are told of."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.parts.registry import Basic, Registry
from tests.parts.signing.artifact import Artifact
from tests.parts.signing.keys import SigningKey
from tests.parts.tools import tool

SECONDS = 600
# Nothing listens there: what doesn't go to the registry goes nowhere.
NOWHERE = "http://127.0.0.1:9"
OFFLINE = ("--yes", "--tlog-upload=false", "--use-signing-config=false")


class CosignError(RuntimeError):
    """A cosign failed; the message is what it wrote."""


@dataclass
class Cosign:
    """A cosign by its name in tools.toml, with a home of its own for keys and configuration.

    cosign3 writes a bundle: as a referrer, and where the registry has no referrers API under the fallback tag too.
    cosign2 writes the tag sha256-HEX.sig.
    """

    name: str
    folder: Path
    _keys: dict[str, Path] = field(default_factory=dict)

    def sign(self, key: SigningKey, artifact: Artifact, *options: str) -> None:
        """Sign an artifact, and push the signature beside it.

        Raises:
            CosignError: cosign refused.
        """
        self._run("sign", key, artifact, options)

    def attest(self, key: SigningKey, artifact: Artifact, kind: str, predicate: Path) -> None:
        """Sign a statement of another kind about an artifact, such as `cyclonedx`, and push it beside the artifact."""
        self._run("attest", key, artifact, (f"--predicate={predicate}", f"--type={kind}"))

    def verify(self, key: SigningKey, artifact: Artifact, *options: str) -> str:
        """What cosign says of an artifact's signatures: JSON.

        Raises:
            CosignError: none of them is the key's.
        """
        public = self.folder / f"{key.fingerprint}.verify.pub"
        public.write_text(key.public)
        told = [f"--key={public}", "--insecure-ignore-tlog=true", *_login(artifact.registry), *options]
        return self._cosign("verify", *told, artifact.reference, near=artifact.registry)

    def verify_identity(self, trusted_root: Path, issuer: str, subject: str, artifact: Artifact) -> str:
        """What cosign says of the signatures by an identity, who has a certificate and no key: JSON.

        Raises:
            CosignError: none of them is the identity's.
        """
        told = [f"--trusted-root={trusted_root}", f"--certificate-oidc-issuer={issuer}"]
        told += [f"--certificate-identity={subject}", "--use-signed-timestamps", *_login(artifact.registry)]
        return self._cosign("verify", *told, artifact.reference, near=artifact.registry)

    def verify_logged(self, trusted_root: Path, key: SigningKey, artifact: Artifact) -> str:
        """What cosign says of the signatures by a key that are in a log: JSON.

        Raises:
            CosignError: none of them is the key's and in the log.
        """
        public = self.folder / f"{key.fingerprint}.verify.pub"
        public.write_text(key.public)
        told = [f"--key={public}", f"--trusted-root={trusted_root}", "--offline", *_login(artifact.registry)]
        return self._cosign("verify", *told, artifact.reference, near=artifact.registry)

    def _run(self, what: str, key: SigningKey, artifact: Artifact, options: tuple[str, ...]) -> None:
        told = [f"--key={self._imported(key)}", *OFFLINE, *_login(artifact.registry), *options]
        self._cosign(what, *told, artifact.reference, near=artifact.registry)

    def _imported(self, key: SigningKey) -> Path:
        """The key's file as cosign keeps keys, encrypted with an empty password."""
        if key.fingerprint not in self._keys:
            plain, prefix = self.folder / f"{key.fingerprint}.pem", self.folder / key.fingerprint
            plain.write_bytes(key.pkcs8)
            self._cosign("import-key-pair", "--yes", f"--key={plain}", f"--output-key-prefix={prefix}")
            self._keys[key.fingerprint] = prefix.with_suffix(".key")
        return self._keys[key.fingerprint]

    def _cosign(self, *arguments: str, near: Registry | None = None) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "COSIGN_PASSWORD": "",
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
            "NO_PROXY": near.host.rpartition(":")[0] if near else "",
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


def _login(registry: Registry) -> list[str]:
    if not isinstance(registry.auth, Basic):
        return []
    return [f"--registry-username={registry.auth.user}", f"--registry-password={registry.auth.password}"]

"""Signatures and signed statements, by cosign: of a key, or of whoever a workflow's token says that it is."""

from dataclasses import dataclass
from pathlib import Path

from release.plan import Destination
from release.programs import run


@dataclass(frozen=True)
class Key:
    """A key pair's files, as `cosign generate-key-pair` makes them; COSIGN_PASSWORD is the private one's password."""

    private: Path
    public: Path

    def signs(self) -> list[str]:
        """Return options that sign and reach no service."""
        return [f"--key={self.private}", "--tlog-upload=false", "--use-signing-config=false"]

    def verifies(self) -> list[str]:
        """Return options that accept this key's signatures alone."""
        return [f"--key={self.public}", "--insecure-ignore-tlog=true"]


@dataclass(frozen=True)
class Keyless:
    """An identity, such as a workflow's address, and who vouches for it. Signatures are in sigstore's public log."""

    identity: str
    issuer: str

    def signs(self) -> list[str]:
        """Return no options: cosign finds the workflow's token by itself."""
        return []

    def verifies(self) -> list[str]:
        """Return options that accept this identity's signatures alone."""
        return [f"--certificate-identity={self.identity}", f"--certificate-oidc-issuer={self.issuer}"]


Signer = Key | Keyless


def sign(signer: Signer, destination: Destination, name: str) -> None:
    """Sign an artifact by its digest, and push the signature; with an index also each of its manifests."""
    run("cosign", "sign", "--yes", "--recursive", *signer.signs(), *_http(destination), name)


def attest(signer: Signer, destination: Destination, name: str, kind: str, predicate: Path) -> None:
    """Sign what a file says of an artifact, and push it: `cyclonedx`, `slsaprovenance1`."""
    told = [f"--type={kind}", f"--predicate={predicate}"]
    run("cosign", "attest", "--yes", *signer.signs(), *_http(destination), *told, name)


def sign_file(signer: Signer, path: Path) -> None:
    """Sign a file, and write the signature beside it."""
    run("cosign", "sign-blob", "--yes", *signer.signs(), f"--bundle={bundle(path)}", path)


def attest_files(signer: Signer, statement: Path) -> None:
    """Sign a statement about files, and write the signature beside it."""
    run(
        "cosign",
        "attest-blob",
        "--yes",
        *signer.signs(),
        f"--statement={statement}",
        f"--bundle={bundle(statement)}",
    )


def verify(signer: Signer, destination: Destination, name: str) -> None:
    """Check that an artifact is signed.

    Raises:
        ReleaseError: it isn't, or by somebody else.
    """
    run("cosign", "verify", *signer.verifies(), *_http(destination), name)


def verify_statement(signer: Signer, destination: Destination, name: str, kind: str) -> None:
    """Check that a signed statement of a kind says something of an artifact."""
    run("cosign", "verify-attestation", *signer.verifies(), *_http(destination), f"--type={kind}", name)


def verify_file(signer: Signer, path: Path) -> None:
    """Check a file by the signature beside it."""
    run("cosign", "verify-blob", *signer.verifies(), f"--bundle={bundle(path)}", path)


def verify_file_statement(signer: Signer, statement: Path, kind: str, path: Path) -> None:
    """Check that the signed statement names a file by its digest."""
    told = [f"--type={kind}", f"--bundle={bundle(statement)}"]
    run("cosign", "verify-blob-attestation", *signer.verifies(), *told, path)


def bundle(path: Path) -> Path:
    """Return the file of a file's signature."""
    return path.with_name(f"{path.name}.sigstore.json")


def _http(destination: Destination) -> list[str]:
    return ["--allow-http-registry"] if destination.plain_http else []

"""What is signed is verified from the registry, and nothing else is."""

import json
from pathlib import Path

import pytest

from release.errors import ReleaseError
from release.plan import Destination
from release.programs import run
from release.registry.signing import (
    Key,
    Keyless,
    attest,
    attest_files,
    bundle,
    sign,
    sign_file,
    verify,
    verify_file,
    verify_file_statement,
    verify_statement,
)
from release.statements.checksums import check, lines
from release.statements.provenance import KIND, predicate, statement
from tests.cases import REPOSITORY
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry
from tests.release.commits import plan

pytestmark = [pytest.mark.usefixtures("programs")]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory, _linked: str) -> tuple[Key, Key]:
    """Ours, and somebody else's."""
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", _linked, prepend=":")
        patch.setenv("COSIGN_PASSWORD", "")
        for name in ("ours", "theirs"):
            run("cosign", "generate-key-pair", f"--output-key-prefix={folder / name}")
    return tuple(Key(folder / f"{name}.key", folder / f"{name}.pub") for name in ("ours", "theirs"))  # type: ignore[return-value]


def test_an_artifact_is_signed_and_described_by_the_key(
    registry: Registry, keys: tuple[Key, Key], tmp_path: Path, modelkits: dict[str, ModelKit]
) -> None:
    ours, theirs = keys
    destination = Destination(registry.host, "golden", plain_http=True)
    digest = registry.push_layout(modelkits["base"].archive, "golden/signed", "v1")
    name = f"{registry.host}/golden/signed@{digest}"
    told = tmp_path / "predicate.json"
    told.write_text(json.dumps(predicate(REPOSITORY, plan(), "https://example.com/builder")))
    with pytest.raises(ReleaseError, match="cosign verify"):
        verify(ours, destination, name)

    sign(ours, destination, name)
    attest(ours, destination, name, KIND, told)

    verify(ours, destination, name)
    verify_statement(ours, destination, name, KIND)
    with pytest.raises(ReleaseError):
        verify(theirs, destination, name)
    with pytest.raises(ReleaseError):
        verify_statement(theirs, destination, name, KIND)
    with pytest.raises(ReleaseError):
        verify_statement(ours, destination, name, "cyclonedx")


def test_files_are_what_the_signed_checksums_list(keys: tuple[Key, Key], tmp_path: Path) -> None:
    ours, theirs = keys
    wheel, listing = tmp_path / "kitserve.whl", tmp_path / "SHA256SUMS"
    wheel.write_bytes(b"wheel")
    listing.write_text(lines([wheel]))

    sign_file(ours, listing)

    verify_file(ours, listing)
    assert check(listing.read_text(), tmp_path) == 1
    with pytest.raises(ReleaseError):
        verify_file(theirs, listing)
    wheel.write_bytes(b"other")
    with pytest.raises(ReleaseError, match=r"kitserve\.whl"):
        check(listing.read_text(), tmp_path)
    listing.write_text(lines([wheel]))
    with pytest.raises(ReleaseError):
        verify_file(ours, listing)


def test_provenance_names_the_files_by_their_digests(keys: tuple[Key, Key], tmp_path: Path) -> None:
    ours, theirs = keys
    wheel, other, said = (tmp_path / name for name in ("kitserve.whl", "other.whl", "provenance.intoto.json"))
    wheel.write_bytes(b"wheel")
    other.write_bytes(b"other")
    said.write_text(
        json.dumps(statement([wheel], predicate(REPOSITORY, plan(), "https://example.com/builder")))
    )

    attest_files(ours, said)

    assert bundle(said).is_file()
    verify_file_statement(ours, said, KIND, wheel)
    for signer, file in ((theirs, wheel), (ours, other)):
        with pytest.raises(ReleaseError):
            verify_file_statement(signer, said, KIND, file)


def test_without_a_key_a_workflow_is_demanded_and_nothing_is_ignored() -> None:
    keyless = Keyless("https://git.example.com/release.yml@refs/tags/v1.2.3", "https://token.example.com")

    assert keyless.signs() == []
    assert keyless.verifies() == [
        "--certificate-identity=https://git.example.com/release.yml@refs/tags/v1.2.3",
        "--certificate-oidc-issuer=https://token.example.com",
    ]


@pytest.mark.parametrize("listing", ["", "0000  kitserve.whl\n"], ids=["nothing", "a file that is missing"])
def test_checksums_that_say_nothing_of_what_is_there_are_refused(listing: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="SHA256SUMS"):
        check(listing, tmp_path)

"""Registries and token servers over TLS: whom the initializer trusts, and what it shows of itself."""

import errno
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.image.certificates import Company, self_signed
from tests.image.credentials.logins import iris, login
from tests.image.initializer import Initializer, assert_failed, listing
from tests.image.proxy import Proxy
from tests.parts.certificates import Pair
from tests.parts.modelkits import modelkits
from tests.parts.registry import Registry
from tests.parts.token_server import TokenServer

ENVIRONMENT, FLAGS, UNTRUSTED = 3, 4, 15
NOISE = "# Österreichs Wurzel\n"


CHANNELS = ["KITSERVE_CA_CERTIFICATES", "KITSERVE_CA_BUNDLE", "CA_BUNDLE_VOLUME_MOUNT_POINT", "--tls-cert"]


def channel(name: str, pem: str, folder: Path) -> dict[str, str]:
    """What gives `pem` through a channel; files go to `folder`."""
    (folder / "cabundle.crt").write_text(pem)
    if name == "--tls-cert":
        return {"flags": f"--tls-cert '{folder / 'cabundle.crt'}'"}
    return {"flags": "", name: str(folder) if name == "CA_BUNDLE_VOLUME_MOUNT_POINT" else pem}


@pytest.mark.parametrize("name", CHANNELS)
def test_each_channel_of_a_private_authority_counts_for_registry_and_token_server(
    name: str, company: Company, tls_registry: Registry, initializer: Initializer, tmp_path: Path
) -> None:
    given = channel(name, NOISE + company.authority.pem, tmp_path)

    run = initializer(iris(tls_registry.host), **given, **login(tls_registry))

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]


def test_the_systems_authorities_are_still_trusted(
    company: Company, stranger: Company, tls_registry: Registry, initializer: Initializer
) -> None:
    run = initializer(
        iris(tls_registry.host),
        flags=f"--tls-cert {stranger.file}",
        SSL_CERT_FILE=str(company.file),
        **login(tls_registry),
    )

    assert run.exit == 0, run.stderr


def test_the_servers_own_certificate_can_be_what_is_trusted(
    company: Company, mutual_registry: Registry, initializer: Initializer
) -> None:
    certificate, key = company.pair("client")
    server = company.pair("localhost")[0].read_text()

    run = initializer(
        iris(mutual_registry.host), flags=f"--cert {certificate} --key {key}", KITSERVE_CA_CERTIFICATES=server
    )

    assert run.exit == 0, run.stderr


def test_a_token_server_has_to_be_trusted_too(
    company: Company, stranger: Company, initializer: Initializer, tmp_path: Path
) -> None:
    tokens = Pair.issue("localhost", stranger.authority).context(tmp_path)
    ours, theirs = f"--tls-cert {company.file}", f"--tls-cert={stranger.file}"
    with TokenServer(tls=tokens) as server, Registry(server, tls=company.tls()) as registry:
        registry.push_layout(modelkits()["iris"].archive, "golden/iris", "v1")
        host, port = registry.host, server.realm.removeprefix("https://").removesuffix("/token")
        refused = initializer(iris(host), flags=ours, **login(registry))
        run = initializer(iris(host), flags=f"{ours} {theirs}", **login(registry))

    assert refused.exit == UNTRUSTED
    assert f"TLS with {port} failed: unable to get local issuer certificate" in refused.last_line
    assert run.exit == 0, run.stderr


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize(
    "pem", ["planted", "-----BEGIN CERTIFICATE-----\nplanted\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_told_by_its_channel_and_not_shown(
    name: str, pem: str, initializer: Initializer, tmp_path: Path
) -> None:
    run = initializer("kit://localhost:1/a/b", **channel(name, pem, tmp_path))

    assert_failed(
        run, FLAGS if name == "--tls-cert" else ENVIRONMENT, "isn't a bundle of certificates in PEM"
    )
    assert name in run.last_line
    assert "planted" not in run.everything


def test_a_missing_file_is_named(initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/a/b", flags="--tls-cert /nonexistent/ca.pem")

    assert_failed(run, FLAGS, "--tls-cert: /nonexistent/ca.pem can't be read (No such file or directory)")


def test_a_bundle_that_kserve_did_not_mount_is_warned_about(
    registry: Registry, initializer: Initializer, tmp_path: Path
) -> None:
    run = initializer(iris(registry.host), CA_BUNDLE_VOLUME_MOUNT_POINT=str(tmp_path))

    assert run.exit == 0, run.stderr
    assert (
        f"WARNING CA_BUNDLE_VOLUME_MOUNT_POINT is {tmp_path}, and there is no cabundle.crt in it"
        in run.stderr
    )


def clients(certificate: Path, key: Path) -> dict[str, dict[str, str]]:
    """The channels for a client's certificate."""
    return {
        "--cert and --key": {"flags": f"--cert {certificate} --key={key}"},
        "KITOPS_CLIENT_CERT and KITOPS_CLIENT_KEY": {
            "flags": "--cert /nonexistent --key /nonexistent",
            "KITOPS_CLIENT_CERT": str(certificate),
            "KITOPS_CLIENT_KEY": str(key),
        },
        "KITSERVE_CLIENT_CERTIFICATE and KITSERVE_CLIENT_KEY": {
            "flags": "",
            "KITSERVE_CLIENT_CERTIFICATE": certificate.read_text(),
            "KITSERVE_CLIENT_KEY": key.read_text(),
        },
    }


CLIENTS = [
    "--cert and --key",
    "KITOPS_CLIENT_CERT and KITOPS_CLIENT_KEY",
    "KITSERVE_CLIENT_CERTIFICATE and KITSERVE_CLIENT_KEY",
]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_certificate_is_shown_and_no_file_is_needed_for_it(
    name: str, company: Company, mutual_registry: Registry, initializer: Initializer
) -> None:
    given = clients(*company.pair("client"))[name]

    run = initializer(
        iris(mutual_registry.host),
        KITSERVE_CA_CERTIFICATES=company.authority.pem,
        HOME="/nonexistent",
        TMPDIR="/nonexistent",
        **given,
    )

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]
    assert {path.name for path in initializer.folder.iterdir()} == {"models", "termination-log"}


# A kernel or a sandbox without memfd_create; with FULL, also without a place for temporary files.
WITHOUT_MEMORY = """
import errno, os, sys, tempfile
from kitserve_initializer import __main__
def refuse(*_, **__):
    raise OSError(int(os.environ["NUMBER"]), "refused")
os.memfd_create = refuse
if os.environ.get("FULL"):
    tempfile.TemporaryFile = refuse
sys.exit(__main__.main())
"""


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EPERM], ids=["ENOSYS", "EPERM"])
@pytest.mark.parametrize("full", ["", "full"])
def test_a_client_certificate_needs_no_memory_file(
    company: Company, mutual_registry: Registry, initializer: Initializer, number: int, full: str
) -> None:
    flags, given = "", clients(*company.pair("client"))[CLIENTS[2]]
    variables = {name: text for name, text in given.items() if name != "flags"}

    run = initializer.run_program(
        WITHOUT_MEMORY,
        iris(mutual_registry.host),
        flags,
        KITSERVE_CA_CERTIFICATES=company.authority.pem,
        NUMBER=str(number),
        FULL=full,
        **variables,
    )

    if full:
        assert_failed(run, ENVIRONMENT, "there can be none: refused; allow memfd_create(2), or make")
    else:
        assert run.exit == 0, run.stderr


def test_a_registry_that_wants_a_client_certificate_is_told(
    company: Company, mutual_registry: Registry, initializer: Initializer
) -> None:
    run = initializer(iris(mutual_registry.host), flags=f"--tls-cert {company.file}")

    assert_failed(
        run, UNTRUSTED, "certificate required; give a client certificate that it accepts: --cert and --key"
    )


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("fault", ["another key", "a password", "no key"])
def test_a_client_certificate_that_cannot_be_used_is_told(
    name: str, fault: str, company: Company, initializer: Initializer, tmp_path: Path
) -> None:
    certificate, key = company.pair("client")
    wrong = tmp_path / "wrong.key"
    wrong.write_text(
        {"another key": company.pair("localhost")[1].read_text(), "no key": "planted"}.get(fault, "")
    )
    if fault == "a password":
        wrong.write_bytes(locked(key.read_bytes()))

    run = initializer("kit://localhost:1/a/b", **clients(certificate, wrong)[name])

    said = "don't belong together" if fault == "another key" else "can't be read"
    code = FLAGS if name.startswith("--") else ENVIRONMENT
    assert_failed(
        run, code, f"the certificate and the key of {name} {said}; both must be PEM, and the key without"
    )
    assert "planted" not in run.everything


def locked(key: bytes) -> bytes:
    """A key in PEM form that has a password."""
    loaded = serialization.load_pem_private_key(key, None)
    return loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"flags": "--cert a.crt"}, FLAGS),
        ({"flags": "", "KITOPS_CLIENT_KEY": "a.key"}, ENVIRONMENT),
        ({"flags": "", "KITSERVE_CLIENT_KEY": "planted"}, ENVIRONMENT),
    ],
)
def test_half_a_client_is_refused(given: dict[str, str], code: int, initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/a/b", **given)

    assert_failed(run, code, "must be given together")
    assert "planted" not in run.everything


def test_an_unknown_certificate_is_not_trusted(
    registry: Registry, initializer: Initializer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Proxy(registry.url, tls=self_signed(tmp_path_factory.mktemp("tls"))) as proxy:
        run = initializer(f"kit://{proxy.host}/golden/iris:v1", flags="")

    assert run.exit == UNTRUSTED, run.stderr
    assert f"TLS with {proxy.host} failed: self-signed certificate; make its CA trusted" in run.last_line
    assert not proxy.seen


def test_verification_can_be_switched_off_and_is_warned_about(
    registry: Registry, initializer: Initializer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Proxy(registry.url, tls=self_signed(tmp_path_factory.mktemp("tls"))) as proxy:
        run = initializer(f"kit://{proxy.host}/golden/iris:v1", flags="--tls-verify=false")

    assert run.exit == 0, run.stderr
    assert (tmp_path / "models/model.joblib").exists()
    assert "WARNING TLS certificates are not verified (--tls-verify=false)" in run.stderr

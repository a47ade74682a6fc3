"""ECR, Google and Azure: the hosts they answer for, and logins against servers that speak their protocols."""

import json
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from kitserve_initializer.config import environment
from kitserve_initializer.config.identity import Authorities, Identity
from kitserve_initializer.credentials.azure import Azure
from kitserve_initializer.credentials.ecr import Ecr, Registry, registry_of
from kitserve_initializer.credentials.google import Google
from kitserve_initializer.errors import CredentialSourceFailed, InvalidEnvironment
from kitserve_initializer.http.answer import Answer
from kitserve_initializer.http.proxy import Proxies
from kitserve_initializer.http.tls import context
from kitserve_initializer.http.transport import Request, Transport
from kitserve_initializer.oci.reference import Reference
from kitserve_initializer.secret import Secret
from kitserve_initializer.wire.connection import Barred

from tests.image.certificates import Company
from tests.parts.process import Process

ECR_HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
PLANTED = "planted-s3cret"
Answers = dict[str, tuple[int, dict[str, object]]]


def iris_at(registry: str) -> Reference:
    return Reference(registry, "models/iris", "v1")


class Cloud:
    """A server on loopback: path -> status and JSON; it keeps what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def form(self, path: str) -> dict[str, list[str]]:
        return next(form for asked, _, form in self.asked if asked.partition("?")[0] == path)


@contextmanager
def cloud(answers: Answers) -> Iterator[Cloud]:
    found = Cloud(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            # A client of an HTTP proxy sends the whole URL.
            path = re.sub(r"^http://[^/]+", "", self.path)
            found.asked.append((path, dict(self.headers.items()), parse_qs(body)))
            status, document = found.answers.get(path.partition("?")[0], (404, {}))
            text = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Metadata-Flavor", "Google")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET  # noqa: N815
        do_CONNECT = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: `asked` holds what a test needs."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running_moto(*options: str) -> Iterator[str]:
    """moto's own server, with STS and ECR; yields its URL."""
    command = [sys.executable, "-m", "moto.server", "-H", "localhost", "-p", "0", *options]
    with Process(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        url = next(match[1] for line in lines if (match := re.search(r"Running on (https?://\S+)", line)))
        reader = threading.Thread(target=process.stderr.read, daemon=True)
        reader.start()
        try:
            yield url
        finally:
            process.kill()
            process.wait()
            reader.join()


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with running_moto() as url:
        yield url


@pytest.fixture(scope="module")
def tls_moto(company: Company) -> Iterator[str]:
    """The same, known to the company's people only."""
    certificate, key = map(str, company.pair("localhost"))
    with running_moto("--ssl-cert", certificate, "--ssl-key", key) as url:
        yield url


def transport(proxy: str = "", authority: str = "") -> Transport:
    trusted = (Authorities("the company's", authority, InvalidEnvironment),) if authority else ()
    made = context(verify=True, told=Identity(trusted))
    return Transport(made, Proxies(Secret(proxy), Secret(proxy)))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (ECR_HOST, Registry("ecr", "eu-west-1", fips=False)),
        (
            "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
            Registry("ecr", "us-gov-west-1", fips=True),
        ),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Registry("ecr", "cn-north-1", fips=False)),
        ("123456789012.dkr-ecr.eu-west-1.on.aws", Registry("ecr", "eu-west-1", fips=False)),
        ("public.ecr.aws", Registry("ecr-public", "us-east-1", fips=False)),
        ("ghcr.io", None),
        (f"{ECR_HOST}.evil.example.com", None),
        (f"evil.example.com/{ECR_HOST}", None),
        ("12345.dkr.ecr.eu-west-1.amazonaws.com", None),
    ],
)
def test_ecr_hosts(host: str, expected: Registry | None) -> None:
    assert registry_of(host) == expected


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def use_role(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A pod with a role."""
    (folder / "token").write_text("a.b.c")
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::999999999999:role/other-account")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(folder / "token"))


class Rerouted(Transport):
    """A transport for which all of AWS is at `url`; `asked` are the hosts that were meant."""

    url = ""

    def send(self, request: Request, barred: Barred = frozenset()) -> Answer:
        self.asked = [*getattr(self, "asked", []), urlsplit(request.url).netloc]
        parts = urlsplit(request.url)._replace(scheme="", netloc="")
        return super().send(request._replace(url=self.url + parts.geturl()), barred)


def rerouted(url: str, authority: str = "") -> Rerouted:
    """Return such a transport."""
    trusted = (Authorities("the company's", authority, InvalidEnvironment),) if authority else ()
    made = Rerouted(context(verify=True, told=Identity(trusted)), Proxies(Secret(""), Secret("")))
    made.url = url
    return made


@pytest.mark.usefixtures("no_aws")
def test_irsa_logs_in_to_ecr(moto: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    use_role(monkeypatch, tmp_path)
    aws = rerouted(moto)

    found = Ecr.of(environment.load(), aws).resolve(iris_at(ECR_HOST))

    assert aws.asked == ["sts.eu-west-1.amazonaws.com", "api.ecr.eu-west-1.amazonaws.com"]

    assert found
    assert (found.user, found.source) == ("AWS", "Amazon ECR")
    assert found.password
    assert Ecr.of(environment.load(), transport()).resolve(iris_at("ghcr.io")) is None


@pytest.mark.usefixtures("no_aws")
def test_pod_identity_logs_in_to_ecr(moto: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(PLANTED)
    keys: dict[str, object] = {
        "AccessKeyId": "AKIAEXAMPLE",
        "SecretAccessKey": "x",
        "Token": "y",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    with cloud({"/v1/credentials": (200, keys)}) as agent:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{agent.url}/v1/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
        found = Ecr.of(environment.load(), rerouted(moto)).resolve(iris_at(ECR_HOST))

    assert found
    assert found.user == "AWS"
    assert agent.asked[0][1]["Authorization"] == PLANTED


@pytest.mark.usefixtures("no_aws")
def test_aws_is_trusted_as_the_registry_is(
    tls_moto: str, company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both the service that gives the role's credentials and the one that gives the password."""
    use_role(monkeypatch, tmp_path)

    found = Ecr.of(environment.load(), rerouted(tls_moto, company.authority.pem)).resolve(iris_at(ECR_HOST))

    assert found
    assert found.user == "AWS"


@pytest.mark.usefixtures("no_aws")
def test_an_aws_that_isn_t_trusted_is_named(
    tls_moto: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_role(monkeypatch, tmp_path)

    with pytest.raises(CredentialSourceFailed) as caught:
        Ecr.of(environment.load(), rerouted(tls_moto)).resolve(iris_at(ECR_HOST))

    host = tls_moto.removeprefix("https://")
    assert caught.value.cause.startswith(f"Amazon ECR in eu-west-1 can't log in: TLS with {host} failed: ")


@pytest.mark.usefixtures("no_aws")
def test_aws_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the variables of other programs say."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with cloud({}) as server, pytest.raises(CredentialSourceFailed, match="the proxy on the way to api"):
        Ecr.of(environment.load(), transport(server.url)).resolve(iris_at(ECR_HOST))

    assert [path for path, *_ in server.asked] == ["api.ecr.eu-west-1.amazonaws.com:443"]


@pytest.mark.usefixtures("no_aws")
@pytest.mark.parametrize(
    "variable",
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_STS", "S3_ENDPOINT", "AWS_CONFIG_FILE"],
)
@pytest.mark.parametrize("ignored", ["", "false"])
def test_no_endpoint_of_s3_leads_the_login_away(
    moto: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, ignored: str
) -> None:
    """KServe sets AWS_ENDPOINT_URL to what the Secret of a service account says, for S3."""
    use_role(monkeypatch, tmp_path)
    aws = rerouted(moto)
    if ignored:
        monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ignored)
    with cloud({}) as evil:
        config = tmp_path / "config"
        services = "".join(f"{name} =\n  endpoint_url = {evil.url}\n" for name in ("ecr", "sts"))
        config.write_text(
            f"[default]\nendpoint_url = {evil.url}\nservices = mine\n[services mine]\n{services}"
        )
        monkeypatch.setenv(variable, str(config) if variable == "AWS_CONFIG_FILE" else evil.url)
        found = Ecr.of(environment.load(), aws).resolve(iris_at(ECR_HOST))

    assert found
    assert not evil.asked
    assert aws.asked == ["sts.eu-west-1.amazonaws.com", "api.ecr.eu-west-1.amazonaws.com"]


@pytest.mark.usefixtures("no_aws")
def test_ecr_without_an_identity_is_named() -> None:
    with pytest.raises(
        CredentialSourceFailed, match="Amazon ECR in eu-west-1 can't log in: NoCredentialsError"
    ):
        Ecr.of(environment.load({}), transport()).resolve(iris_at(ECR_HOST))


@pytest.fixture(scope="module")
def metadata() -> Iterator[Cloud]:
    """Google's metadata server. google-auth reads its address once, when it is imported."""
    account = "/computeMetadata/v1/instance/service-accounts/default/"
    answers: Answers = {
        "/": (200, {}),
        account: (200, {"email": "a@b", "scopes": ["x"], "aliases": ["default"]}),
        f"{account}token": (200, {"access_token": PLANTED, "expires_in": 3600, "token_type": "Bearer"}),
    }
    with cloud(answers) as server, pytest.MonkeyPatch.context() as patch:
        for name in ("GCE_METADATA_HOST", "GCE_METADATA_IP", "GCE_METADATA_ROOT"):
            patch.setenv(name, f"127.0.0.1:{server.port}")
        patch.setenv("GOOGLE_CLOUD_PROJECT", "tests")
        yield server


@pytest.mark.usefixtures("metadata")
@pytest.mark.parametrize(
    ("host", "variables", "expected"),
    [
        ("europe-west1-docker.pkg.dev", {"GCP_WIF": "true"}, True),
        ("gcr.io", {"GCP_WIF": "true"}, True),
        ("eu.gcr.io", {"GCP_WIF": "true", "GCP_GAR_LOCATION": "us-east1"}, True),
        ("europe-west1-docker.pkg.dev", {"GCP_WIF": "true", "GCP_GAR_LOCATION": "us-east1"}, False),
        ("europe-west1-docker.pkg.dev", {}, False),
        ("ghcr.io", {"GCP_WIF": "true"}, False),
        ("gcr.io.evil.example.com", {"GCP_WIF": "true"}, False),
    ],
)
def test_googles_metadata_server_gives_a_token(host: str, variables: dict[str, str], expected: bool) -> None:
    found = Google.of(environment.load(variables), transport()).resolve(iris_at(host))

    assert bool(found) == expected
    if found:
        assert (found.user, found.password.reveal()) == ("oauth2accesstoken", PLANTED)
        assert PLANTED not in repr(found)


def pod(folder: Path, authority: str) -> environment.Environment:
    (folder / "assertion").write_text(PLANTED)
    return environment.load(
        {
            "AZURE_CLIENT_ID": "client",
            "AZURE_TENANT_ID": "tenant",
            "AZURE_FEDERATED_TOKEN_FILE": str(folder / "assertion"),
            "AZURE_AUTHORITY_HOST": authority,
        }
    )


@pytest.mark.parametrize(
    ("host", "scope"),
    [
        ("team.azurecr.io", "https://containerregistry.azure.net/.default"),
        ("team.azurecr.cn", "https://management.chinacloudapi.cn/.default"),
        ("team.azurecr.us", "https://management.usgovcloudapi.net/.default"),
    ],
)
def test_azure_exchanges_the_pods_token_twice(tmp_path: Path, host: str, scope: str) -> None:
    entra, exchange = "/tenant/oauth2/v2.0/token", "/oauth2/exchange"
    answers: Answers = {entra: (200, {"access_token": "aad"}), exchange: (200, {"refresh_token": "refresh"})}
    with cloud(answers) as server:
        found = Azure(pod(tmp_path, server.url), transport(server.url), plain_http=True).resolve(
            iris_at(host)
        )

    assert found
    assert (found.user, found.password.reveal()) == ("00000000-0000-0000-0000-000000000000", "refresh")
    assert server.form(entra)["client_assertion"] == [PLANTED]
    assert server.form(entra)["scope"] == [scope]
    assert server.form(exchange) == {
        "grant_type": ["access_token"],
        "service": [host],
        "tenant": ["tenant"],
        "access_token": ["aad"],
    }


def test_azure_refusals_are_named_and_show_nothing(tmp_path: Path) -> None:
    answers: Answers = {"/tenant/oauth2/v2.0/token": (401, {"error_description": PLANTED})}
    with cloud(answers) as server, pytest.raises(CredentialSourceFailed) as caught:
        Azure(pod(tmp_path, server.url), transport(), plain_http=True).resolve(iris_at("team.azurecr.io"))

    assert caught.value.cause == "Azure workload identity: Microsoft Entra refuses the token exchange (401)"


@pytest.mark.parametrize("host", ["ghcr.io", "azurecr.io", "team.azurecr.io.evil.example.com"])
def test_azure_leaves_other_hosts_alone(tmp_path: Path, host: str) -> None:
    assert (
        Azure(pod(tmp_path, "http://127.0.0.1:1"), transport(), plain_http=True).resolve(iris_at(host))
        is None
    )


def test_verification_is_on_unless_it_is_switched_off() -> None:
    assert context(verify=True).verify_mode is ssl.CERT_REQUIRED
    assert context(verify=False).verify_mode is ssl.CERT_NONE

"""The registries that other tests rely on behave as registries in the field do."""

import hashlib

import pytest
import urllib3

from tests.parts.modelkits import NAMES, ModelKit
from tests.parts.registry import Access, Registry
from tests.parts.token_server import SERVICE, TokenRequest, TokenServer

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def get(registry: Registry, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
    return registry.http.request("GET", registry.url + path, headers={"Accept": MANIFEST, **headers})


def challenged(registry: Registry, path: str, scope: str, basic: str = "") -> int:
    """The status that a client meets which follows the registry's challenge to the token server."""
    answer = get(registry, path)
    challenge = answer.headers["WWW-Authenticate"]
    realm = challenge.split('realm="')[1].split('"')[0]
    headers = urllib3.make_headers(basic_auth=basic) if basic else {}
    answer = registry.http.request(
        "GET", realm, fields={"service": SERVICE, "scope": scope}, headers=dict(headers)
    )
    return (
        get(registry, path, Authorization=f"Bearer {answer.json()['token']}").status
        if answer.status == 200
        else 401
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_was_pushed_is_pulled_byte_for_byte(
    registry: Registry, modelkits: dict[str, ModelKit], name: str
) -> None:
    manifest = get(registry, f"/v2/golden/{name}/manifests/v1")
    assert (
        f"sha256:{hashlib.sha256(manifest.data).hexdigest()}" == modelkits[name].expected["manifest_digest"]
    )
    for layer in manifest.json()["layers"]:
        data = get(registry, f"/v2/golden/{name}/blobs/{layer['digest']}").data
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == layer["digest"]


def test_access_log_tells_each_request(registry: Registry) -> None:
    before = len(registry.accesses())
    path = "/v2/golden/iris/manifests/v2"
    size = len(get(registry, path).data)
    assert registry.accesses()[before:] == [Access("GET", path, 404, size)]


@pytest.mark.parametrize(
    ("credentials", "status"), [("reader:s3cr3t-b4sic", 200), ("reader:wrong", 401), ("", 401)]
)
def test_private_registry_asks_for_its_password(
    private_registry: Registry, credentials: str, status: int
) -> None:
    headers = urllib3.make_headers(basic_auth=credentials) if credentials else {}
    assert get(private_registry, "/v2/golden/iris/manifests/v1", **dict(headers)).status == status


@pytest.mark.parametrize(
    ("credentials", "scope", "status"),
    [
        ("reader:s3cr3t-t0ken", "repository:golden/iris:pull", 200),
        ("reader:s3cr3t-t0ken", "repository:golden/base:pull", 401),
        ("reader:wrong", "repository:golden/iris:pull", 401),
        ("", "repository:golden/iris:pull", 401),
    ],
)
def test_token_is_good_for_its_scope_only(
    token_registry: Registry, credentials: str, scope: str, status: int
) -> None:
    assert challenged(token_registry, "/v2/golden/iris/manifests/v1", scope, credentials) == status


def test_anonymous_token_pulls_where_that_is_allowed_and_expires(modelkits: dict[str, ModelKit]) -> None:
    iris = modelkits["iris"]
    with TokenServer(anonymous_pull=True) as tokens, Registry(tokens) as registry:
        registry.push_layout(iris.archive, iris.repository, "v1")
        path, scope = "/v2/golden/iris/manifests/v1", "repository:golden/iris:pull"
        assert challenged(registry, path, f"{scope},push") == 200
        assert tokens.requests == [TokenRequest(SERVICE, (f"{scope},push",), "")]
        tokens.lifetime = -61
        assert challenged(registry, path, scope) == 401


def test_damaged_storage_is_served_as_it_is() -> None:
    with Registry() as registry:
        digest = registry.push_blob("damaged", b"weights")
        registry.storage.flip_byte(digest, -1)
        assert get(registry, f"/v2/damaged/blobs/{digest}").data == b"weight\x8c"
        registry.storage.truncate(digest, 3)
        assert get(registry, f"/v2/damaged/blobs/{digest}").data == b"wei"


def test_process_ends_with_the_block_also_on_an_error() -> None:
    urls = []

    def fail_inside() -> None:
        with Registry() as registry:
            urls.append(registry.url)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    with urllib3.PoolManager(retries=False) as http, pytest.raises(urllib3.exceptions.NewConnectionError):
        http.request("GET", f"{urls[0]}/v2/")

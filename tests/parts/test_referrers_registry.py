"""The registry with referrers lists them as distribution-spec 1.1 wants it."""

import json
from hashlib import sha256
from typing import Any

import pytest
import urllib3

from tests.parts.referrers_registry import ReferrersRegistry
from tests.parts.registry import Access, Basic
from tests.parts.signing.bundles import BUNDLE, EMPTY, INDEX, MANIFEST

IRIS = "golden/iris"


def refer(registry: ReferrersRegistry, subject: str, **changes: Any) -> str:  # noqa: ANN401
    empty = {"mediaType": EMPTY, "digest": registry.push_blob(IRIS, b"{}"), "size": 2}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [empty]}
    body = json.dumps(manifest | {"subject": registry.descriptor(IRIS, subject)} | changes).encode()
    return registry.push_manifest(IRIS, f"sha256:{sha256(body).hexdigest()}", body, MANIFEST)


def listed(registry: ReferrersRegistry, digest: str, query: str = "") -> urllib3.BaseHTTPResponse:
    return registry.http.request("GET", f"{registry.url}/v2/{IRIS}/referrers/{digest}{query}")


@pytest.fixture
def registry(referrers_registry: ReferrersRegistry) -> ReferrersRegistry:
    return referrers_registry


def test_a_manifest_without_referrers_has_an_empty_list(registry: ReferrersRegistry) -> None:
    answer = listed(registry, f"sha256:{'0' * 64}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, INDEX)
    assert answer.json() == {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}


def test_referrers_are_listed_with_type_and_annotations(registry: ReferrersRegistry) -> None:
    subject = refer(registry, "v1", annotations={"the": "subject"})
    typed = refer(registry, subject, artifactType=BUNDLE, annotations={"kind": "signature"})
    untyped = refer(registry, subject)

    entries = {entry["digest"]: entry for entry in listed(registry, subject).json()["manifests"]}

    assert entries.keys() == {typed, untyped}
    assert (entries[typed]["artifactType"], entries[typed]["annotations"]) == (BUNDLE, {"kind": "signature"})
    assert (entries[untyped]["artifactType"], entries[untyped]["mediaType"]) == (EMPTY, MANIFEST)


def test_the_list_is_filtered_and_says_so(registry: ReferrersRegistry) -> None:
    subject = refer(registry, "v1", annotations={"another": "subject"})
    typed = refer(registry, subject, artifactType=BUNDLE)
    refer(registry, subject)

    answer = listed(registry, subject, f"?artifactType={BUNDLE.replace('+', '%2B')}")

    assert [entry["digest"] for entry in answer.json()["manifests"]] == [typed]
    assert answer.headers["OCI-Filters-Applied"] == "artifactType"


def test_a_pushed_referrer_s_answer_names_its_subject(registry: ReferrersRegistry) -> None:
    subject = registry.descriptor(IRIS, "v1")
    body = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "subject": subject}).encode()
    url = f"{registry.url}/v2/{IRIS}/manifests/sha256:{sha256(body).hexdigest()}"

    answer = registry.http.request("PUT", url, body=body, headers={"Content-Type": MANIFEST})

    assert (answer.status, answer.headers["OCI-Subject"]) == (201, subject["digest"])


def test_requests_are_logged_and_need_the_login() -> None:
    with ReferrersRegistry(Basic("reader", "s3cr3t")) as registry:
        blob = registry.push_blob(IRIS, b"content")
        url = f"/v2/{IRIS}/blobs/{blob}"
        refused = registry.http.request("GET", registry.url + url)
        known = urllib3.make_headers(basic_auth="reader:s3cr3t")
        allowed = registry.http.request("GET", registry.url + url, headers=dict(known))
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="kitserve"')
        assert (allowed.status, allowed.data) == (200, b"content")
        assert registry.accesses()[-2:] == [
            Access("GET", url, 401, len(refused.data)),
            Access("GET", url, 200, len(b"content")),
        ]

"""What stops the initializer before it asks a registry is told beforehand, at its place; what is right stays so."""

import base64
import json
from typing import Any

import pytest

from tests.cases.authorities import CERTIFICATE
from tests.generator.check.manifests import MODEL, SERVICE, STORAGE, codes, mutated
from tests.generator.command_line import CommandLine
from tests.parts.certificates import Pair

SHA = "sha256:" + "0123456789abcdef" * 4
ENV = "spec.container.env"

UNREADABLE = (
    *(
        "kit://iris:v1",
        "kit://iris",
        "kit://",
        "kit:///iris:v1",
        "kit://models/iris:v1",
        "kit://localhost/iris:v1",
    ),
    *("kit://r.io", "kit://r.io/", "kit://r.io/Iris:v1", "kit://r.io/Team/iris:v1", "kit://r.io//iris:v1"),
    *(
        "kit://r.io/iris:",
        "kit://r.io/iris:v1:v2",
        "kit://r.io/iris:v1,v2",
        "kit://r.io/iris:v 1",
        "kit://r.io/iris:v1 ",
    ),
    *("kit://r.io/iris@sha256:77fcec93", f"kit://r.io/iris@{SHA.upper()}", f"kit://r.io/iris@{SHA}0"),
    *("kit://r.io/iris@sha256:", f"kit://r.io/iris@md5:{'0' * 32}", f"kit://r.io/iris@sha512:{SHA[7:]}"),
    *(
        "kit://<registry>/iris:v1",
        "kit://r.io/<model>:v1",
        "kit://r.io/iris:<tag>",
        "kit://REGISTRY/REPOSITORY:TAG",
    ),
    *(
        "kit://r.io/{model}:v1",
        "kit://r.io/[model]:v1",
        "kit://kit://r.io/iris:v1",
        "kit://https://r.io/iris:v1",
    ),
    *("kit://r.io:port/iris:v1", "kit://r.io:70000/iris:v1", "kit://r.io/iris?tag=v1", "kit://r_io/iris:v1"),
)
FINE = (
    *(
        "kit://r.io/iris:v1",
        "kit://r.io:5000/team/iris:v1",
        f"kit://r.io/iris@{SHA}",
        f"kit://r.io/iris:v1@{SHA}",
    ),
    *(
        "kit://localhost:5000/a:1",
        "kit://10.0.0.1/a:1",
        "kit://[::1]:5000/a:1",
        "kit://r.io/a__b/c--d.e:1_2-3.4",
    ),
    *(
        "kit://r.io/${MODEL}:v1",
        "kit://{{ .Values.registry }}/iris:v1",
        "kit://$(REGISTRY)/iris:v1",
        "kit://r.io/a:$TAG",
    ),
    *("s3://bucket/Iris", "gs://bucket/iris", "hf://Org/Model", "pvc://claim/iris", "oci://r.io/iris:v1"),
    *(
        "https://example.com/iris.zip",
        "http://example.com/iris.zip",
        "hdfs://host/iris",
        "webhdfs://host/iris",
    ),
    *(
        "https://account.blob.core.windows.net/container/iris",
        "file:///mnt/iris",
        "/mnt/models/iris",
        "models/iris",
    ),
    *("${MODEL_URI}", "{{ .Values.uri }}", "$(MODEL_URI)"),
)
UNFETCHED = (
    *(
        "kits://r.io/iris:v1",
        "kti://r.io/iris:v1",
        "KIT://r.io/iris:v1",
        "Kit://r.io/iris:v1",
        "kitt://r.io/iris:v1",
    ),
    *("kit+https://r.io/iris:v1", "kitops://r.io/iris:v1", " kit://r.io/iris:v1", "kt://r.io/iris:v1"),
    *(
        "ftp://example.com/iris",
        "S3://bucket/iris",
        "s3a://bucket/iris",
        "HTTPS://example.com/iris",
        "gcs://bucket/iris",
    ),
    *("docker://r.io/iris:v1", "git://example.com/iris", "sftp://example.com/iris"),
)
WITHOUT_SCHEME = (
    *("kit:/r.io/iris:v1", "kit:r.io/iris:v1", "kit//r.io/iris:v1", "kti:/r.io/iris:v1", "KIT:/r.io/iris:v1"),
    *("s3:/bucket/iris", "hf:org/model", "gs:/bucket/iris", "https:/example.com/iris", "foo:/bar"),
    *("<model-uri>", "r.io/iris:v1", "registry.example.com:5000/team/iris:v1", f"r.io/iris@{SHA}"),
)


def codes_of(uri: str, version: str = "0.20") -> set[str]:
    return codes(mutated(SERVICE, f"{MODEL}.storageUri", uri), version=version)


@pytest.mark.parametrize("uri", UNREADABLE)
def test_a_reference_that_cannot_be_read_is_told(uri: str) -> None:
    assert codes_of(uri) == {"KS170"}


@pytest.mark.parametrize("uri", FINE)
def test_what_is_fine_stays_so(uri: str) -> None:
    assert codes_of(uri) == set()


@pytest.mark.parametrize("uri", UNFETCHED)
def test_a_scheme_that_nothing_fetches_is_told(uri: str) -> None:
    assert codes_of(uri) == {"KS171"}


@pytest.mark.parametrize("uri", WITHOUT_SCHEME)
def test_a_uri_without_a_scheme_is_told(uri: str) -> None:
    assert codes_of(uri) == {"KS172"}


@pytest.mark.parametrize(("version", "expected"), [("0.19", {"KS163"}), ("0.20", set())])
def test_a_scheme_begins_with_its_version(version: str, expected: set[str]) -> None:
    assert codes_of(f"oci+native://r.io/iris@{SHA}", version) == expected


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ([{"prefix": "models://"}], set()),
        ([{"regex": "^models://.+"}], set()),
        ([{"prefix": "kit://"}], {"KS171"}),
    ],
)
def test_a_storage_container_takes_a_scheme(formats: list[dict[str, str]], expected: set[str]) -> None:
    service = mutated(SERVICE, f"{MODEL}.storageUri", "models://iris/1")

    assert codes(mutated(STORAGE, "spec.supportedUriFormats", formats), service) == expected


def object_of(kind: str, version: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": f"serving.kserve.io/{version}",
        "kind": kind,
        "metadata": {"name": "a"},
        "spec": spec,
    }


def cache(uri: str) -> dict[str, Any]:
    return object_of(
        "LocalModelCache", "v1alpha1", {"sourceModelUri": uri, "modelSize": "1Gi", "nodeGroups": ["a"]}
    )


def llm(uri: str, **spec: object) -> dict[str, Any]:
    return object_of("LLMInferenceService", "v1alpha2", {"model": {"uri": uri}, **spec})


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (mutated(SERVICE, "spec.predictor", {"sklearn": {"storageUri": "kit://iris:v1"}}), {"KS170"}),
        (
            mutated(
                SERVICE,
                "spec.predictor",
                {
                    "model": {"modelFormat": {"name": "triton"}},
                    "storageUris": [{"uri": "kit://iris:v1", "mountPath": "/mnt/models"}],
                },
            ),
            {"KS170"},
        ),
        (
            mutated(
                SERVICE,
                "spec.predictor",
                {
                    "containers": [
                        {
                            "name": "a",
                            "image": "a:1",
                            "env": [{"name": "STORAGE_URI", "value": "kti://r.io/a:1"}],
                        }
                    ]
                },
            ),
            {"KS171"},
        ),
        (cache("kit://iris:v1"), {"KS170"}),
        (cache("kits://r.io/iris:v1"), {"KS171"}),
        (cache("hf://org/model"), set()),
        (llm("hf://org/model"), set()),
        (llm("gs://bucket/model"), {"KS171"}),
        (llm("org/model"), {"KS171"}),
        (llm("kits://r.io/model:v1"), {"KS171"}),
        (llm("gs://bucket/model", storageInitializer={"enabled": False}), set()),
        (mutated(SERVICE, "metadata.annotations", {"serving.kserve.io/deploymentMode": "ModelMesh"}), set()),
    ],
)
def test_every_place_of_a_uri_is_judged(item: dict[str, Any], expected: set[str]) -> None:
    assert codes(item) == expected


def env(*given: tuple[str, str]) -> dict[str, Any]:
    return mutated(STORAGE, ENV, [{"name": name, "value": value} for name, value in given])


FLAGS = "KIT_UNPACK_FLAGS"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        *(
            ((FLAGS, flags), {"KS173"})
            for flags in (
                *(
                    "--fliter model",
                    "--filter modle",
                    "--filter",
                    "-d /mnt",
                    "--dir=/mnt",
                    "--filter 'model",
                    "model",
                    "-x",
                ),
                *(
                    "--filter model:a:b",
                    "--concurrency many",
                    "--plain-http=maybe",
                    "--progress fast",
                    "--log-level loud",
                ),
                *(
                    "--include-remote",
                    "--config /home",
                    "-f",
                    "--label a",
                    "-l a=1 -l a=2",
                    "filter=model",
                    "\u2013filter model",
                ),
            )
        ),
        *(
            ((FLAGS, flags), set())
            for flags in (
                *(
                    "",
                    "-v",
                    "-vv",
                    "--filter model",
                    "--filter=model,docs:a",
                    "-fmodel",
                    "-o",
                    "-ov",
                    "--plain-http",
                ),
                *(
                    "--tls-verify=false",
                    "--concurrency 4",
                    "--tls-cert /ca.crt",
                    "-l quantization=q4_0",
                    "--filter ${PARTS}",
                ),
            )
        ),
        (("KITSERVE_LAYOUT", "modle"), {"KS173"}),
        (("KITSERVE_ENGINE", "Kit"), {"KS173"}),
        (("KITSERVE_LOG_FORMAT", "xml"), {"KS173"}),
        (("KITSERVE_VERIFY_AGAIN", "yes"), {"KS173"}),
        (("KITSERVE_FIRST_BYTE_SECONDS", "5m"), {"KS173"}),
        (("KIT_USER", "reader"), {"KS173"}),
        (("HTTPS_PROXY", "ftp://proxy.example.com"), {"KS173"}),
        (("http_proxy", "http://proxy.example.com:99999"), {"KS173"}),
        ((FLAGS, "--proxy socks4://proxy.example.com"), {"KS173"}),
        (("HTTPS_PROXY", "proxy.example.com:3128"), set()),
        (("HTTPS_PROXY", "$(PROXY)"), set()),
        (("KITSERVE_LAYOUT", "model"), set()),
        (("LOG_LEVEL", "loud"), set()),
    ],
)
def test_a_variable_is_judged(given: tuple[str, str], expected: set[str]) -> None:
    assert codes(env(given)) == expected


def test_variables_of_other_initializers_are_theirs() -> None:
    other = mutated(
        env(("CONFIDENTIAL_ENABLED", "true")), "spec.supportedUriFormats", [{"prefix": "models://"}]
    )

    assert codes(other) == set()
    assert codes(mutated(other, "spec.supportedUriFormats", [{"prefix": "kit://"}])) == {"KS173"}


def test_a_login_of_variables_may_be_in_secrets() -> None:
    secret = {"name": "KIT_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}

    assert codes(mutated(STORAGE, ENV, [{"name": "KIT_USER", "value": "reader"}, secret])) == set()


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("KIT://", {"KS176"}),
        ("kit:/r.io", {"KS176"}),
        ("kit:", set()),
        ("models://", set()),
        ("kits://", set()),
    ],
)
def test_a_prefix_for_modelkits_is_in_lower_case(prefix: str, expected: set[str]) -> None:
    assert codes(mutated(STORAGE, "spec.supportedUriFormats", [{"prefix": prefix}])) == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("models://", {"KS176"}), ("kits://", {"KS176"}), ("kit://", set()), ("kit://r.io/team/", set())],
)
def test_the_initializer_gets_uris_that_it_reads(prefix: str, expected: set[str]) -> None:
    assert codes(mutated(env((FLAGS, "")), "spec.supportedUriFormats", [{"prefix": prefix}])) == expected


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("unpack-flags", "--plain-http", "-v --filter model"),
        ("unpack-flags", "--tls-verify=false", "-o"),
        ("unpack-flags", "--tls-cert /ca.crt", "-i"),
        ("unpack-flags", "--concurrency 64", "--progress none"),
        ("unpack-flags", "--proxy http://example.com", "--log-level debug"),
        ("unpack-flags", "--fliter model", "--filter=model"),
        ("filter", "modle", "model"),
        ("filter", "'model", "'model:a b'"),
        ("filter", "model:a:b", "model,docs"),
        ("layout", "flat", "model"),
        ("digest", "sha256:77fcec93", SHA),
        ("digest", "v1", f"{SHA} {SHA}"),
        ("label", "quantization", "quantization=q4_0"),
    ],
)
def test_an_annotation_is_judged(name: str, wrong: str, right: str) -> None:
    for place in ("metadata.annotations", "spec.predictor.annotations"):
        for value, expected in ((wrong, {"KS174"}), (right, set()), ("${VALUE}", set())):
            assert codes(mutated(SERVICE, place, {f"kitserve.io/{name}": value})) == expected, value


@pytest.fixture(scope="module")
def pairs() -> tuple[Pair, Pair]:
    return Pair.issue("one.example.com"), Pair.issue("two.example.com")


def test_authorities_are_judged(pairs: tuple[Pair, Pair]) -> None:
    one, two = (pair.pem for pair in pairs)
    lines = one.splitlines()
    broken = {
        "no certificate": "none",
        "no base64": "-----BEGIN CERTIFICATE-----\nnot base64 at all\n-----END CERTIFICATE-----\n",
        "half": "\n".join(lines[:3]),
        "without line breaks": " ".join(lines),
        "indented": "\n".join(f"  {line}" for line in lines[:-1]),
        "a key": pairs[0].private,
        "base64 of it": base64.b64encode(one.encode()).decode(),
        "second broken": one + two.replace("M", "*", 3),
    }
    for name in ("KITSERVE_CA_CERTIFICATES", "KITSERVE_CA_BUNDLE"):
        for what, text in broken.items():
            assert codes(env((name, text))) == {"KS175"}, what
        for text in (one, one + two, f"# caf\u00e9\n{one}\n\n{two}", "${CA}", " "):
            assert codes(env((name, text))) == set()


def secret(field: str, certificate: str, key: str) -> dict[str, Any]:
    texts = {"tls.crt": certificate, "tls.key": key}
    if field == "data":
        texts = {name: base64.b64encode(text.encode()).decode() for name, text in texts.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "client"},
        "type": "kubernetes.io/tls",
        field: texts,
    }


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_a_client_certificate_in_a_secret_is_judged(field: str, pairs: tuple[Pair, Pair]) -> None:
    names = {"KITSERVE_CLIENT_CERTIFICATE": "tls.crt", "KITSERVE_CLIENT_KEY": "tls.key"}
    refer = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": "client", "key": key, "optional": True}}}
        for name, key in names.items()
    ]
    container, (one, two) = mutated(STORAGE, ENV, refer), pairs

    assert codes(container) == codes(container, secret(field, one.pem, one.private)) == set()
    assert codes(container, secret(field, one.pem, two.private)) == {"KS175"}
    assert codes(container, secret(field, "none", one.private)) == {"KS175"}
    assert codes(secret(field, "none", "none")) == set()


def test_authorities_in_a_config_map_are_judged(pairs: tuple[Pair, Pair]) -> None:
    key = {"name": "KITSERVE_CA_BUNDLE", "valueFrom": {"configMapKeyRef": {"name": "ca", "key": "ca.crt"}}}
    container = mutated(STORAGE, ENV, [key])

    def config_map(text: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ca"}, "data": {"ca.crt": text}}

    assert codes(container, config_map(pairs[0].pem)) == set()
    assert codes(container, config_map("none")) == {"KS175"}


VALUES = {
    "unpackFlags": ({"unpackFlags": "--fliter model"}, "unknown flag --fliter in unpackFlags", "--filter?"),
    "tls.caCertificates": (
        {"tls": {"caCertificates": "none"}},
        "tls.caCertificates isn't a bundle of certificates",
        "BEGIN CERTIFICATE",
    ),
    "tls.caBundle": (
        {"tls": {"caConfigMapName": "ca", "caBundle": CERTIFICATE}},
        "ca.crt of the ConfigMap ca isn't a bundle of certificates",
        "BEGIN CERTIFICATE",
    ),
    "inferenceServices.a.storageUri": (
        {"inferenceServices": {"a": {"storageUri": "kit://a:v1"}}},
        "'kit://a:v1' names no registry",
        "write kit://registry.example.com/a:v1",
    ),
    "inferenceServices.a.unpacking.unpackFlags": (
        {"inferenceServices": {"a": {"unpacking": {"unpackFlags": "--plain-http"}}}},
        "unpacking.unpackFlags has --plain-http, which isn't a service's to set",
        "correct unpacking.unpackFlags",
    ),
    "inferenceServices.a.unpacking.label": (
        {
            "serviceAnnotations": ["label"],
            "inferenceServices": {"a": {"unpacking": {"label": "'a=b"}}},
        },
        "unpacking.label has a quote or a backslash that is never closed",
        "correct unpacking.label",
    ),
    'inferenceServices.a.annotations["kitserve.io/filter"]': (
        {"inferenceServices": {"a": {"annotations": {"kitserve.io/filter": "'model"}}}},
        "the annotation kitserve.io/filter has a quote or a backslash that is never closed",
        "correct kitserve.io/filter of the InferenceService",
    ),
    "inferenceServices.a.unpacking.filter": (
        {"inferenceServices": {"a": {"unpacking": {"filter": "modle"}}}},
        "'modle', must be one of",
        "correct unpacking.filter",
    ),
    "test.uris[1]": (
        {"test": {"uris": ["kit://r.io/a:v1", "kit://r.io/A:v1"]}},
        "must be in lower case",
        "write kit://",
    ),
    "proxy.https": (
        {"proxy": {"https": "ftp://proxy.example.com"}},
        "proxy.https isn't the URL of an http, https or socks5 proxy",
        "http://proxy.example.com:3128",
    ),
    "localModels.caches.a.uri": (
        {"localModels": {"caches": {"a": {"uri": "kit://R.io/A:v1", "size": "1Gi", "nodeGroups": ["a"]}}}},
        "must be in lower case",
        "write kit://",
    ),
    "clusterStorageContainer.prefixes[0]": (
        {"clusterStorageContainer": {"prefixes": ["models://"]}},
        "the initializer reads kit:// only",
        "write kit://",
    ),
}


@pytest.mark.parametrize(("path", "told"), VALUES.items(), ids=VALUES)
def test_values_are_judged_at_the_users_place_and_in_its_words(
    path: str, told: tuple[dict[str, Any], str, str], kitserve: CommandLine
) -> None:
    values, message, hint = told
    usual = {
        "serviceAnnotations": ["filter", "unpack-flags"],
        "inferenceServiceDefaults": {"modelFormat": {"name": "sklearn"}},
    }
    for service in values.get("inferenceServices", {}).values():
        service.setdefault("storageUri", "kit://r.io/a:v1")

    ran = kitserve("validate", "--strict", "-", stdin=json.dumps(usual | values))

    assert ran.exit_code == 1
    (headline,) = (line for line in ran.err.splitlines() if "[KS1" in line)
    assert f"] {path}: " in headline
    assert message in headline
    assert hint in ran.err


def test_no_message_repeats_a_key(pairs: tuple[Pair, Pair], kitserve: CommandLine) -> None:
    one, two = pairs
    item = env(("KITSERVE_CLIENT_CERTIFICATE", one.pem), ("KITSERVE_CLIENT_KEY", two.private))

    ran = kitserve("validate", "-", stdin=json.dumps(item))

    assert "KS175" in ran.err
    assert not any(line in ran.err for line in two.private.splitlines()[1:-1])

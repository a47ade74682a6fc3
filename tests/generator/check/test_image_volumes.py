"""Models in images that nodes mount: what `validate` says of them, and of what is nearly the same and right."""

from typing import Any

import pytest
from kitserve.check.object_rules.imagevolume import reference

from tests.case_ids import case_id
from tests.generator.check.manifests import LLM, MODEL, NEWEST, SERVICE, STORAGE, codes, mutated

SHA = f"sha256:{'0' * 64}"
PIN = f"r.io/iris@{SHA}"
NATIVE = mutated(SERVICE, f"{MODEL}.storageUri", f"oci+native://{PIN}")
P, D, ANNOTATIONS = "spec.predictor", "/mnt/models", "metadata.annotations"
MODE = "serving.kserve.io/deploymentMode"
FORMAT, HUGGING = ({"modelFormat": {"name": name}} for name in ("triton", "huggingface"))
PROVISION = "kserve-provision-location"
RUNTIME = {
    "apiVersion": "serving.kserve.io/v1alpha1",
    "kind": "ServingRuntime",
    "metadata": {"name": "forest"},
    "spec": {"supportedModelFormats": [{"name": "forest"}], "containers": [{"name": "kserve-container"}]},
}


def at(uri: str, version: str = NEWEST) -> set[str]:
    return codes(mutated(SERVICE, f"{MODEL}.storageUri", uri), version=version)


def listed(*uris: str, paths: tuple[str, ...] = ("a", "b", "c"), **more: object) -> dict[str, Any]:
    """A service with `storageUris`, mounted at folders of /mnt/models or at absolute paths."""
    places = [path if path.startswith("/") else f"{D}/{path}".rstrip("/") for path in paths]
    entries = [{"uri": uri, "mountPath": place} for uri, place in zip(uris, places, strict=False)]
    return mutated(SERVICE, P, {"model": FORMAT, "storageUris": entries, **more})


def image(name: str = "model", **source: str) -> dict[str, Any]:
    return {"name": name, "image": {"reference": PIN, **source}}


def mounted(name: str, path: str = D, **more: object) -> list[dict[str, Any]]:
    return [{"name": name, "mountPath": path, **more}]


def with_volumes(item: dict[str, Any], *volumes: dict[str, Any], mounts: object = None) -> dict[str, Any]:
    held = mutated(item, f"{P}.volumes", list(volumes))
    return mutated(held, f"{MODEL}.volumeMounts", mounts) if mounts else held


def knative(item: dict[str, Any]) -> dict[str, Any]:
    return mutated(item, ANNOTATIONS, {MODE: "Knative"})


@pytest.mark.parametrize(
    "text",
    [
        *(
            "iris",
            "iris:v1",
            "team/iris:v1",
            "r.io/iris",
            "r.io/a/b/c:v1",
            "localhost/iris:v1",
            "Host/iris:v1",
        ),
        *("registry:5000/iris:v1", "127.0.0.1:5000/a:b", "[::1]:5000/a:b", f"r.io/iris:v1@{SHA}", PIN),
        *("r.io/a_b/c__d/e-f.g:1_2-3.4", f"r.io/a:{'t' * 128}", f"r.io/{'a' * 255}", "r.io/iris:v1.image"),
        *(f"r.io/a@sha512:{'0' * 128}", "r.io/iris:sha256-abc", "a" * 63),
    ],
)
def test_a_reference_is_read_as_a_kubelet_reads_it(text: str) -> None:
    assert reference.fault(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no image"),
        *((text, "has no scheme") for text in ("kit://r.io/iris:v1", "oci://r.io/iris:v1", "https://r.io/a")),
        *(
            (text, "in lower case")
            for text in ("r.io/Iris:v1", "r.io/Team/iris", "Iris:v1", f"r.io/Iris@{SHA}")
        ),
        *(
            (f"r.io/a@{text}", "isn't a whole one")
            for text in ("sha256:00", "sha256", "", SHA.upper(), f"{SHA}0")
        ),
        *(
            (text, "no node can read")
            for text in ("r.io/", "/iris", "r.io//a", "r.io/a:", "r.io/a:-t", "r.io/a b")
        ),
        *(
            (text, "no node can read")
            for text in ("a" * 64, f"r.io/a:{'t' * 129}", f"r.io/{'a' * 256}", "r.io/a\n")
        ),
        *((text, "no node can read") for text in ("my_host:5000/a:b", "r.io/.a", "r.io/a..b", "r.io/ä:v1")),
    ],
)
def test_what_no_kubelet_can_read_is_told(text: str, said: str) -> None:
    found = reference.fault(text)

    assert found is not None
    assert said in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("oci+native://r.io/Iris:v1", {"KS165"}),
        ("oci+native://kit://r.io/iris:v1", {"KS165"}),
        ("oci+native://oci://r.io/iris:v1", {"KS165"}),
        ("oci+native://", {"KS165"}),
        ("oci+native://r.io/iris@sha256:0000", {"KS165"}),
        ("oci://r.io/Iris:v1", {"KS165"}),
        ("oci://r.io/iris:v1", set()),
        ("oci+native://reader:not-a-real-one@r.io/iris:v1", {"KS153"}),
        ("oci+native://{{ .Values.image }}", set()),
        ("oci+native://$IMAGE", set()),
        # by tag
        ("oci+native://r.io/iris:v1", {"KS164"}),
        ("oci+native://r.io/iris:v1.image", {"KS164"}),
        ("oci+native://r.io/iris:v1.image-0123456789", {"KS164"}),
        ("oci+native://r.io/iris", {"KS164"}),
        ("oci+native://r.io/iris:sha256-abc.image", {"KS164"}),
        (f"oci+native://r.io/iris:v1@{SHA}", set()),
        (f"oci+native://r.io/iris@{SHA}", set()),
        (f"oci+native://r.io/iris:sha256-{'0' * 64}.image", set()),
        (f"oci+native://r.io/iris:sha256-{'0' * 64}.image-0123456789", set()),
        (f"oci+native://r.io/iris:{'0' * 64}.image", set()),
        (f"oci+native://r.io/iris:sha256-{'0' * 64}", {"KS164"}),
        # schemes
        ("oci+nativ://r.io/iris:v1", {"KS136"}),
        ("oci+image://r.io/iris:v1", {"KS136"}),
        ("oci+Native://r.io/iris:v1", {"KS136"}),
        ("oci-native://r.io/iris:v1", {"KS171"}),
        ("oci+modelcar://r.io/iris:v1", {"KS163"}),
        ("oci+fetch://r.io/iris:v1", {"KS163"}),
        # a ModelKit's image by another way
        ("oci://r.io/iris:v1.image", {"KS167"}),
        ("oci://r.io/iris:v1.image-0123456789", {"KS167"}),
        ("kit://r.io/iris:v1.image", {"KS167"}),
        ("oci://r.io/iris:v1.images", set()),
        ("oci://r.io/iris.image/a:v1", set()),
        ("kit://r.io/iris.image:v1", set()),
        ("s3://bucket/v1.image", set()),
    ],
    ids=case_id,
)
def test_uris_have_the_codes(uri: str, expected: set[str]) -> None:
    assert at(uri) == expected


@pytest.mark.parametrize(
    ("scheme", "version", "single", "many"),
    [
        ("oci", "0.15", False, True),
        ("oci", "0.18", False, True),
        ("oci", "0.19", False, False),
        ("oci+native", "0.19", True, True),
        ("oci+native", "0.20", False, False),
        ("oci+native", "0.21", False, False),
        ("oci+modelcar", "0.20", True, False),
        ("oci+fetch", "0.20", True, False),
        ("oci+fetch", "0.21", False, False),
    ],
)
def test_a_scheme_is_known_in_a_field_from_a_version_on(
    scheme: str, version: str, single: bool, many: bool
) -> None:
    uri = f"{scheme}://{PIN}"

    assert ("KS163" in at(uri, version)) is single
    assert ("KS163" in codes(listed(uri), version=version)) is many


def test_a_storage_container_may_fetch_what_kserve_does_not() -> None:
    taker = mutated(STORAGE, "spec.supportedUriFormats", [{"prefix": "oci+native://"}])
    version = "0.19"

    assert codes(NATIVE, version=version) == {"KS163"}
    assert codes(NATIVE, taker, version=version) == set()


@pytest.mark.parametrize(
    ("uris", "version", "expected"),
    [
        (("oci://r.io/a:1", "kit://r.io/b:1"), "0.19", {"KS130"}),
        (("oci://r.io/a:1", "s3://b"), "0.19", {"KS130"}),
        (("oci://r.io/a:1", "oci://r.io/b:1"), "0.19", {"KS130", "KS178"}),
        (("oci://r.io/a:1",), "0.19", set()),
        (("oci://r.io/a:1", "s3://b"), "0.20", set()),
        (("oci://r.io/a:1", "kit://r.io/b:1"), "0.20", {"KS130"}),
        (("kit://r.io/a:1", f"oci+native://{PIN}"), "0.20", set()),
        ((f"oci+native://{PIN}", "kit://r.io/a:1"), "0.20", {"KS130"}),
        ((f"oci+native://{PIN}", "s3://bucket/a"), "0.20", set()),
        ((f"oci+native://{PIN}", "oci://r.io/a:1"), "0.20", set()),
        (("oci://r.io/a:1", "oci://r.io/b:1"), "0.20", {"KS178"}),
    ],
    ids=case_id,
)
def test_some_schemes_stand_beside_each_other(
    uris: tuple[str, ...], version: str, expected: set[str]
) -> None:
    assert codes(listed(*uris), version=version) == expected


def test_modelcars_have_a_folder_each() -> None:
    assert codes(listed("oci://r.io/a:1", "oci://r.io/b:1", paths=("a/m", "b/m"))) == set()


@pytest.mark.parametrize(
    ("uris", "paths", "expected"),
    [
        ((f"oci+native://{PIN}",) * 2, ("a", "b"), set()),
        ((f"oci+native://{PIN}",) * 2, ("a", "a"), {"KS169"}),
        ((f"oci+native://{PIN}",) * 2, ("a", "a/"), {"KS169"}),
        ((f"oci+native://{PIN}",) * 2, ("a-b", "a/b"), {"KS169"}),
        ((f"oci+native://{PIN}",) * 2, ("a", "a/b"), {"KS178"}),
        ((f"oci+native://{PIN}",), ("llama_3",), {"KS169"}),
        ((f"oci+native://{PIN}",), ("llama-3.1",), {"KS169"}),
        ((f"oci+native://{PIN}",), ("Llama",), {"KS169"}),
        ((f"oci+native://{PIN}",), ("a" * 52,), set()),
        ((f"oci+native://{PIN}",), ("a" * 53,), {"KS169"}),
        (("kit://r.io/a:1", "kit://r.io/b:1"), ("Llama_3", "b"), set()),
        (("kit://r.io/a:1", "kit://r.io/b:1"), ("Llama/a", "Llama/b"), {"KS169"}),
        (("kit://r.io/a:1",), ("llama_3",), {"KS169"}),
        (("pvc://claim/a",), ("llama_3",), {"KS169"}),
        (("oci://r.io/a:1",), ("llama_3",), set()),
        (("kit://r.io/a:1", "kit://r.io/b:1", f"oci+native://{PIN}"), ("a", "b", "c"), {"KS178"}),
        (("kit://r.io/a:1", "kit://r.io/b:1", f"oci+native://{PIN}"), ("k/a", "k/b", "c"), set()),
        (("kit://r.io/a:1", f"oci+native://{PIN}"), ("a", ""), {"KS178"}),
        (("kit://r.io/a:1", f"oci+native://{PIN}"), ("", "b"), {"KS178"}),
        (("kit://r.io/a:1", "pvc://claim"), ("", "b"), set()),
    ],
    ids=case_id,
)
def test_models_have_a_place_each(uris: tuple[str, ...], paths: tuple[str, ...], expected: set[str]) -> None:
    assert codes(listed(*uris, paths=paths)) == expected


def test_a_folder_is_made_in_what_is_writable() -> None:
    item = listed("kit://r.io/a:1", "kit://r.io/b:1", f"oci+native://{PIN}")

    assert codes(mutated(item, ANNOTATIONS, {"storage.kserve.io/readonly": "false"})) == set()


CLAIM = {"persistentVolumeClaim": {"claimName": "models"}}


@pytest.mark.parametrize(
    ("item", "volumes", "mounts", "expected"),
    [
        (NATIVE, (), None, set()),
        # a path, and KServe's name
        (NATIVE, ({"name": "own", "emptyDir": {}},), mounted("own"), {"KS169"}),
        (NATIVE, ({"name": "own", "emptyDir": {}},), mounted("own", "/mnt/other"), set()),
        (NATIVE, ({"name": "own", "emptyDir": {}},), mounted("own", "/mnt/models/cache"), {"KS178"}),
        (NATIVE, ({"name": "mnt-models", **CLAIM},), None, {"KS169"}),
        (NATIVE, (image("mnt-models", pullPolicy="Always"),), None, set()),
        (SERVICE, ({"name": "own", "emptyDir": {}},), mounted("own"), {"KS169"}),
        (SERVICE, ({"name": "own", "emptyDir": {}},), mounted("own", "/mnt/models/cache"), set()),
        (SERVICE, ({"name": PROVISION, **CLAIM},), mounted(PROVISION), set()),
        # the volume that an initializer writes into
        (SERVICE, ({"name": PROVISION, **CLAIM},), None, set()),
        (SERVICE, ({"name": PROVISION, "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},), None, set()),
        (SERVICE, ({"name": PROVISION, "configMap": {"name": "a"}},), None, {"KS179"}),
        (SERVICE, ({"name": PROVISION, "secret": {"secretName": "a"}},), None, {"KS179"}),
        (SERVICE, (image(PROVISION),), None, {"KS179"}),
        (SERVICE, ({"name": PROVISION, "csi": {"driver": "d", "readOnly": True}},), None, {"KS179"}),
        (SERVICE, ({"name": "other", "configMap": {"name": "a"}},), None, set()),
        (NATIVE, ({"name": PROVISION, **CLAIM},), None, {"KS166"}),
        (NATIVE, ({"name": PROVISION, **CLAIM},), mounted(PROVISION, "/cache"), set()),
        (listed("kit://r.io/a:1", paths=("",)), ({"name": PROVISION, **CLAIM},), None, {"KS166"}),
        (listed("kit://r.io/a:1", paths=("",)), ({"name": "mnt-models", **CLAIM},), None, set()),
        (
            listed("kit://r.io/a:1", paths=("",)),
            ({"name": "mnt-models", "configMap": {"name": "a"}},),
            None,
            {"KS179"},
        ),
        # Kubernetes' own rules
        (SERVICE, (image(),), mounted("model", "/m", subPath="models", readOnly=True), set()),
        (SERVICE, (image(pullPolicy="always"),), None, {"KS186"}),
        (SERVICE, ({"name": "model", "image": {}},), None, {"KS188"}),
        (SERVICE, (image(reference=""),), None, {"KS188"}),
        (SERVICE, ({**image(), "emptyDir": {}},), None, {"KS188"}),
        (SERVICE, (image(),), mounted("model", "/m", subPath="/models"), {"KS188"}),
        (SERVICE, (image(),), mounted("model", "/m", subPath="../models"), {"KS188"}),
        (SERVICE, (image(),), mounted("model", "/m", subPath="a..b"), set()),
        (SERVICE, (image(),), mounted("model", "/m", subPath="a", subPathExpr="b"), {"KS188"}),
        # references of volumes
        (SERVICE, (image(reference="kit://r.io/a:1"),), None, {"KS165"}),
        (SERVICE, (image(reference="oci+native://r.io/a:1"),), None, {"KS165"}),
        (SERVICE, (image(reference="r.io/A:1"),), None, {"KS165"}),
        (SERVICE, (image(reference="r.io/a:1"),), None, {"KS164"}),
        (SERVICE, (image(reference="r.io/a:1", pullPolicy="Always"),), None, set()),
        (SERVICE, (image(reference="r.io/a", pullPolicy="Always"),), None, {"KS164"}),
        (
            SERVICE,
            (image(), {"name": "own", "emptyDir": {}}),
            [*mounted("model", "/m"), *mounted("own", "/m/b")],
            {"KS178"},
        ),
        (
            SERVICE,
            (image(), {"name": "own", "emptyDir": {}}),
            [*mounted("model", "/m"), *mounted("own", "/m-b")],
            set(),
        ),
    ],
    ids=case_id,
)
def test_volumes_are_judged(
    item: dict[str, Any], volumes: tuple[dict[str, Any], ...], mounts: object, expected: set[str]
) -> None:
    assert codes(with_volumes(item, *volumes, mounts=mounts)) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # settings that nothing reads
        (mutated(NATIVE, ANNOTATIONS, {"kitserve.io/filter": "model"}), {"KS166"}),
        (mutated(NATIVE, f"{P}.annotations", {"kitserve.io/layout": "model"}), {"KS166"}),
        (mutated(SERVICE, ANNOTATIONS, {"kitserve.io/filter": "model"}), set()),
        (mutated(NATIVE, ANNOTATIONS, {"example.com/filter": "model"}), set()),
        (
            mutated(
                listed("kit://r.io/a:1", f"oci+native://{PIN}"), ANNOTATIONS, {"kitserve.io/layout": "model"}
            ),
            set(),
        ),
        (mutated(NATIVE, ANNOTATIONS, {"storage.kserve.io/readonly": "false"}), {"KS166"}),
        (mutated(NATIVE, ANNOTATIONS, {"storage.kserve.io/readonly": "true"}), set()),
        (mutated(SERVICE, ANNOTATIONS, {"storage.kserve.io/readonly": "false"}), set()),
        (mutated(NATIVE, f"{MODEL}.storage", {"key": "hub"}), {"KS166"}),
        (mutated(NATIVE, f"{MODEL}.confidential", {"enabled": True}), {"KS166"}),
        (mutated(NATIVE, f"{MODEL}.confidential", {"enabled": False}), set()),
        # Knative
        (knative(NATIVE), set()),
        (knative(listed(f"oci+native://{PIN}")), {"KS168"}),
        (listed(f"oci+native://{PIN}"), set()),
        (knative(with_volumes(SERVICE, image(), mounts=mounted("model", "/m", readOnly=True))), {"KS168"}),
        (knative(with_volumes(SERVICE, image(), mounts=mounted("model", "/m"))), {"KS168", "KS189"}),
        (knative(with_volumes(SERVICE, {"name": PROVISION, **CLAIM})), {"KS168", "KS189"}),
        (knative(with_volumes(SERVICE, {"name": PROVISION, **CLAIM}, mounts=mounted(PROVISION))), {"KS168"}),
        (
            knative(with_volumes(SERVICE, {"name": PROVISION, "emptyDir": {}}, mounts=mounted(PROVISION))),
            set(),
        ),
        (
            mutated(with_volumes(SERVICE, {"name": PROVISION, **CLAIM}), ANNOTATIONS, {MODE: "Standard"}),
            set(),
        ),
        # several nodes
        (
            mutated(
                mutated(
                    NATIVE, P, {"workerSpec": {}, "model": {**HUGGING, "storageUri": f"oci+native://{PIN}"}}
                ),
                ANNOTATIONS,
                {"serving.kserve.io/autoscalerClass": "none"},
            ),
            {"KS225"},
        ),
        # custom servers, and canaries
        (
            mutated(
                SERVICE,
                P,
                {
                    "containers": [
                        {
                            "image": "r.io/s:1",
                            "env": [{"name": "STORAGE_URI", "value": "oci+native://r.io/A:1"}],
                        }
                    ]
                },
            ),
            {"KS165"},
        ),
        (
            mutated(
                SERVICE,
                "spec.transformer",
                {
                    "containers": [{"image": "r.io/s:1"}],
                    "storageUris": [{"uri": "oci+native://r.io/a:1", "mountPath": D}],
                },
            ),
            {"KS164"},
        ),
        # runtimes
        (mutated(RUNTIME, "spec.volumes", [image()]), set()),
        (mutated(RUNTIME, "spec.volumes", [image(reference="r.io/A:1")]), {"KS165"}),
        (mutated(RUNTIME, "spec.volumes", [{"name": "a", "image": {}}]), {"KS188"}),
    ],
    ids=case_id,
)
def test_services_have_the_codes(item: dict[str, Any], expected: set[str]) -> None:
    assert codes(item) == expected


URI, OFF = "spec.model.uri", {"enabled": False}
CHAT = mutated(LLM, URI, f"oci+native://{PIN}")
MAIN = {"name": "main", "volumeMounts": mounted("own")}


def adapters(*uris: str) -> dict[str, Any]:
    named = [{"name": f"a{number}", "uri": uri} for number, uri in enumerate(uris)]
    return mutated(LLM, "spec.model.lora", {"adapters": named})


@pytest.mark.parametrize(
    ("item", "version", "expected"),
    [
        (CHAT, "0.20", set()),
        (CHAT, "0.19", {"KS163"}),
        (mutated(LLM, URI, "oci+native://r.io/chat:v1"), "0.20", {"KS164"}),
        (mutated(LLM, URI, "oci+native://r.io/Chat:v1"), "0.20", {"KS165"}),
        (mutated(LLM, URI, "oci://r.io/chat:v1"), "0.19", set()),
        (mutated(LLM, URI, "oci+modelcar://r.io/chat:v1"), "0.20", {"KS163"}),
        (mutated(LLM, URI, "oci+fetch://r.io/chat:v1"), "0.21", {"KS163"}),
        (mutated(LLM, URI, "oci+kit://r.io/chat:v1"), "0.20", {"KS136"}),
        (mutated(LLM, URI, "oci://r.io/chat:v1.image"), "0.20", {"KS167"}),
        (mutated(LLM, URI, "kit://r.io/chat:v1.image"), "0.20", {"KS149", "KS167"}),
        (mutated(CHAT, "spec.storageInitializer", OFF), "0.20", {"KS166"}),
        (
            mutated(mutated(CHAT, "spec.storageInitializer", OFF), "spec.template", {"containers": [MAIN]}),
            "0.20",
            set(),
        ),
        (mutated(CHAT, "spec.template", {"containers": [MAIN]}), "0.20", {"KS169"}),
        (
            mutated(
                CHAT, "spec.template", {"containers": [{**MAIN, "volumeMounts": mounted("own", "/dev/shm")}]}
            ),
            "0.20",
            set(),
        ),
        (mutated(LLM, "spec.template", {"containers": [MAIN]}), "0.20", set()),
        (
            mutated(
                LLM,
                "spec.template",
                {"containers": [MAIN], "volumes": [image("own", reference="kit://r.io/a:1")]},
            ),
            "0.20",
            {"KS165"},
        ),
        (
            mutated(
                LLM,
                "spec.prefill",
                {"template": {"containers": [MAIN], "volumes": [image("own", reference="r.io/a:1")]}},
            ),
            "0.20",
            {"KS164"},
        ),
        (adapters("hf://a/b", "s3://a/b", "pvc://a/b"), "0.20", set()),
        (adapters("kit://r.io/a:1"), "0.20", {"KS177"}),
        (adapters(f"oci+native://{PIN}"), "0.20", {"KS177"}),
        (adapters("oci://r.io/a:1"), "0.19", {"KS177"}),
        (adapters("gs://a/b"), "0.20", {"KS177"}),
        (mutated(adapters("hf://a/b"), "spec.storageInitializer", OFF), "0.20", {"KS177"}),
        (adapters("kit://r.io/a:1"), "0.17", set()),
    ],
    ids=case_id,
)
def test_llms_have_the_codes(item: dict[str, Any], version: str, expected: set[str]) -> None:
    assert codes(item, version=version) == expected


@pytest.mark.parametrize(
    ("uri", "version", "expected"),
    [
        (f"oci+native://{PIN}", "0.20", {"KS163"}),
        ("oci://r.io/a:1", "0.20", {"KS163"}),
        ("oci://r.io/a:1", "0.21", set()),
        ("kit://r.io/a:1", "0.20", set()),
        ("s3://bucket/a", "0.20", set()),
    ],
)
def test_caches_fetch_no_images(uri: str, version: str, expected: set[str]) -> None:
    spec = {"sourceModelUri": uri, "modelSize": "1Gi", "nodeGroups": ["a"]}
    item = {**STORAGE, "kind": "LocalModelCache", "spec": spec}

    assert codes(item, version=version) == expected

"""`kitserve init` writes a values file that serves a ModelKit, or says what is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine, Result
from tests.image.certificates import found
from tests.image.modelkit.indexes import Q4, Q8, Pushed
from tests.image.packing import Packed, file, layer, pack
from tests.parts.modelkits import modelkits
from tests.parts.page import blocks
from tests.parts.registry import Registry

Init = Callable[..., Result]
KITS = modelkits()
SAFETENSORS = b"\x40\x00\x00\x00\x00\x00\x00\x00{}"


@pytest.fixture
def init(kitserve: CommandLine, home: Path) -> Init:  # noqa: ARG001 - who has no login
    def run(reference: str, *arguments: object) -> Result:
        return kitserve("init", reference, "--plain-http", *arguments)

    return run


def service(text: str) -> dict[str, Any]:
    (found,) = YAML(typ="safe").load(text)["inferenceServices"].values()
    return dict(found)


# A fixture, the format that it has (empty: nothing can be known), and the layout that its server needs.
FIXTURES = {
    "iris": ("sklearn", ""),
    "iris-gzip": ("sklearn", ""),
    "iris-nested": ("sklearn", "model"),
    "legacy-v0.4": ("sklearn", "model"),
    "llm-parts": ("huggingface", ""),
    "docker-folder": ("huggingface", ""),
    "docker-modelpack": ("huggingface", ""),
    "docker-gguf": ("", ""),
    "ramalama": ("", ""),
    "names": ("", ""),
}


@pytest.mark.parametrize("name", FIXTURES)
def test_what_is_known_of_a_fixture_is_written(
    name: str, registry: Registry, init: Init, kitserve: CommandLine, tmp_path: Path
) -> None:
    kit, (form, layout) = KITS[name], FIXTURES[name]
    registry.push_layout(kit.archive, kit.repository, "v1")
    values = tmp_path / "made.yaml"

    ran = init(f"kit://{registry.host}/{kit.repository}:v1", "-o", values)

    written = service(values.read_text())
    assert written["storageUri"].endswith(f"{kit.repository}:v1@{kit.expected['manifest_digest']}")
    assert written.get("modelFormat", {}).get("name", "") == form
    assert written.get("unpacking", {}).get("layout", "") == layout
    valid = kitserve("validate", "--strict", values)
    assert (valid.exit_code == 0) == bool(form)
    if not form:
        assert "MISSING: the model's format." in values.read_text()
        assert "[KS106]" in ran.err


def test_the_quick_start_shows_what_is_written_for_its_model(registry: Registry, init: Init) -> None:
    registry.push_layout(KITS["iris"].archive, "models/iris", "v1")
    page = (REPOSITORY / "docs" / "guide" / "quick-start.md").read_text()
    (shown,) = map(service, blocks(page, "yaml"))

    ran = init(f"kit://{registry.host}/models/iris:v1")

    assert shown.pop("protocolVersion") == "v2"
    assert service(ran.out.replace(registry.host, "registry.example.com")) == shown


# Files of a model by their names and first bytes, what the Kitfile says, and the format that this means.
FORMATS: dict[str, tuple[dict[str, bytes], str, str]] = {
    "a saved model of TensorFlow": ({"1/saved_model.pb": b"\x08"}, "", "tensorflow"),
    "an MLflow model that has a pickle": ({"MLmodel": b"a", "model.pkl": b"\x80"}, "sklearn", "mlflow"),
    "ONNX": ({"model.onnx": b"\x08"}, "", "onnx"),
    "XGBoost's UBJSON": ({"model.ubj": b"{"}, "", "xgboost"),
    "a booster that its Kitfile names": ({"model.bst": b"bin"}, "LightGBM", "lightgbm"),
    "PMML without its ending": ({"model.xml": b"<?xml version"}, "", "pmml"),
    "safetensors without their ending": ({"weights": SAFETENSORS}, "", "huggingface"),
    "a pickle": ({"model.pkl": b"\x80\x04"}, "", "sklearn"),
    "a framework alone": ({"model": b"x"}, "scikit-learn", "sklearn"),
    "GGUF without its ending": ({"model.bin": b"GGUF\x03"}, "", ""),
    "PyTorch's weights": ({"model.pt": b"PK\x03\x04"}, "pytorch", ""),
    "nothing that tells": ({"model": b"x"}, "homegrown", ""),
}


def packed(registry: Registry, files: dict[str, bytes], framework: str) -> Packed:
    def claim(config: dict[str, Any]) -> None:
        config["model"] |= {"framework": framework}

    return pack(
        registry,
        layer(*(file(f"model/{name}", head) for name, head in files.items())),
        paths=["model"],
        claim=claim,
    )


@pytest.mark.parametrize(("files", "framework", "form"), FORMATS.values(), ids=FORMATS)
def test_the_format_is_found_by_files_before_the_framework(
    files: dict[str, bytes], framework: str, form: str, registry: Registry, init: Init
) -> None:
    ran = init(packed(registry, files, framework).uri)

    assert ran.exit_code == 0
    assert service(ran.out).get("modelFormat", {}).get("name", "") == form


def test_a_choice_between_formats_is_told(registry: Registry, init: Init) -> None:
    made = packed(registry, {"model.joblib": b"x", "model.onnx": b"x"}, "")

    assert (
        "# It may be one of several formats: sklearn, since it has model/model.joblib; onnx"
        in init(made.uri).out
    )


@pytest.mark.parametrize("delivery", ["initializer", "imageVolume", "volume"])
@pytest.mark.parametrize("name", ["iris", "iris-nested"])
def test_every_delivery_makes_valid_values(
    name: str, delivery: str, registry: Registry, init: Init, kitserve: CommandLine
) -> None:
    kit = KITS[name]
    registry.push_layout(kit.archive, kit.repository, "v1")
    reference = f"kit://{registry.host}/{kit.repository}:v1"
    ran = init(reference, "--delivery", delivery)

    assert kitserve("validate", "--strict", "-", stdin=ran.out).exit_code == 0, ran.out
    assert service(ran.out).get("delivery", "initializer") == delivery
    if delivery == "imageVolume":
        layout = " --layout model" if name == "iris-nested" else ""
        assert (
            f"kitserve image {reference}@{kit.expected['manifest_digest']}{layout} --plain-http\n" in ran.out
        )


def test_only_the_begin_of_a_layer_is_fetched(registry: Registry, init: Init) -> None:
    made = packed(registry, {"model.joblib": b"x" * 3_000_000}, "")
    init(made.uri)

    fetched = [entry.size for entry in registry.accesses() if made.layers[0] in entry.path]
    assert 0 < sum(fetched) <= 300_000


def test_large_models_request_disk_and_memory(registry: Registry, init: Init) -> None:
    made = pack(
        registry,
        layer(file("model.joblib")),
        twist=lambda manifest: manifest["layers"][0].update(size=5 * 1024**3),
        paths=["model.joblib"],
    )
    document = YAML(typ="safe").load(init(made.uri).out)

    assert document["resources"]["requests"]["ephemeral-storage"] == "6144Mi"
    (found,) = document["inferenceServices"].values()
    assert found["resources"]["requests"]["memory"] == "6Gi"


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("models/iris", "iris"),
        ("a/llama_3.1-8b", "llama-3-1-8b"),
        ("a/7b", "model-7b"),
        (f"a/{'x' * 70}", "x" * 45),
    ],
)
def test_the_service_has_a_name_that_kserve_takes(
    repository: str, name: str, registry: Registry, init: Init, kitserve: CommandLine
) -> None:
    made = pack(registry, layer(file("model.joblib")), repository=repository, paths=["model.joblib"])
    ran = init(made.uri)

    assert [*YAML(typ="safe").load(ran.out)["inferenceServices"]] == [name]
    assert kitserve("validate", "--strict", "-", stdin=ran.out).exit_code == 0
    assert "\n  other:\n" in init(made.uri, "--name", "other").out


def test_what_a_stranger_packed_cannot_leave_its_comment(
    registry: Registry, init: Init, kitserve: CommandLine
) -> None:
    made = packed(registry, {"a\x1b[2J\nimage: {tag: evil}\n#.joblib": b"x"}, "sk\nimage: x")
    ran = init(made.uri)

    assert "\x1b" not in ran.out
    assert "image" not in YAML(typ="safe").load(ran.out)
    assert kitserve("validate", "--strict", "-", stdin=ran.out).exit_code == 0


def test_a_file_that_is_there_stays(registry: Registry, init: Init, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("mine")
    ran = init(packed(registry, {"model.joblib": b"x"}, "").uri, "-o", values)

    assert (ran.exit_code, values.read_text()) == (2, "mine")


WAYS = {
    "http": (("--plain-http",), "--plain-http"),
    "no certificate is verified": (("--plain-http", "--tls-verify=false"), "--plain-http --tls-verify=false"),
}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("options", "flags"), WAYS.values(), ids=WAYS)
def test_pods_ask_the_registry_as_the_command_did(
    options: tuple[str, ...], flags: str, registry: Registry, kitserve: CommandLine
) -> None:
    made = packed(registry, {"model.joblib": b"x"}, "")
    ran = kitserve("init", made.uri, *options)
    image = kitserve("init", made.uri, *options, "--delivery", "imageVolume")

    assert YAML(typ="safe").load(ran.out)["unpackFlags"] == flags
    assert kitserve("validate", "--strict", "-", stdin=ran.out).exit_code == 0
    assert "unpackFlags" not in YAML(typ="safe").load(image.out)
    assert f"kitserve image {made.uri}@{made.digest} --layout model {flags}\n" in image.out


def test_pods_trust_the_authorities_that_the_command_trusts(home: Path, kitserve: CommandLine) -> None:
    company = found(home)
    with Registry(tls=company.tls()) as registry:
        made = packed(registry, {"model.joblib": b"x"}, "")
        ran = kitserve("init", made.uri, "--ca", home / "authority.crt")

    assert ran.exit_code == 0, ran.err
    written = YAML(typ="safe").load(ran.out)["tls"]["caCertificates"]
    assert written.strip() == (home / "authority.crt").read_text().strip()
    assert kitserve("validate", "--strict", "-", stdin=ran.out).exit_code == 0


def test_a_choice_from_an_index_is_the_services(
    registry: Registry, init: Init, kitserve: CommandLine
) -> None:
    pushed = Pushed(registry, Q4, Q8)
    options = ("--label", "quantization=q4_0", "--label", "bits=4")
    values = YAML(typ="safe").load((ran := init(pushed.uri, *options)).out)
    image = init(pushed.uri, *options, "--delivery", "imageVolume").out

    assert values["serviceAnnotations"] == ["label"]
    assert service(ran.out)["unpacking"] == {"label": "quantization=q4_0 bits=4"}
    assert service(ran.out)["storageUri"].endswith(f"@{pushed.digest}")
    assert "[KS106]" in kitserve("validate", "--strict", "-", stdin=ran.out).err
    assert " --label quantization=q4_0 --label bits=4 --plain-http\n" in image


@pytest.mark.parametrize("name", ["Iris", "iris_1", "1iris", "x" * 54])
def test_a_name_that_no_service_can_have_is_refused_before_anything_is_asked(
    name: str, kitserve: CommandLine
) -> None:
    ran = kitserve("init", "127.0.0.1:9/models/iris:v1", "--name", name)

    assert (ran.exit_code, ran.out) == (2, "")
    assert "up to 53 lower-case letters" in ran.err

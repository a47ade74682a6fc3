"""What an InferenceService may say of its own unpacking, in annotations that reach the environment."""

import shlex

import pytest
from kitserve_initializer.config import environment, flags, service_annotations
from kitserve_initializer.config.filters import Filter
from kitserve_initializer.config.options import Options, of_flags
from kitserve_initializer.errors import InvalidFlags

from tests.image.initializer import Initializer
from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry

OTHER = "sha256:" + "0" * 64


def steered(administrator: str, own: str = "", filters: str = "", labels: str = "") -> Options:
    variables = {
        "KITSERVE_SERVICE_UNPACK_FLAGS": own,
        "KITSERVE_SERVICE_FILTER": filters,
        "KITSERVE_SERVICE_LABEL": labels,
    }
    service = service_annotations.of(environment.load(variables))
    return of_flags(service_annotations.add(service, flags.read(shlex.split(administrator))))


@pytest.mark.parametrize(
    ("administrator", "own", "filters", "expected"),
    [
        ("--plain-http -f model", "", "", Options(plain_http=True, filters=(Filter(("model",)),))),
        ("-f model", "", "docs", Options(filters=(Filter(("docs",)),))),
        ("--model --concurrency 3", "", "docs", Options(concurrency=3, filters=(Filter(("docs",)),))),
        ("-f model", "--docs", "", Options(filters=(Filter(("docs",)),))),
        ("-f model", "-f docs", "code", Options(filters=(Filter(("docs",)), Filter(("code",))))),
        ("", "", "model 'docs:read me'", steered("-f model -f 'docs:read me'")),
        ("--tls-verify=false", "-v", "", Options(tls_verify=False, log_level="debug")),
        ("-f model", "-o", "", Options(overwrite=True, filters=(Filter(("model",)),))),
        ("-o", "-o=false -i", "", Options(ignore_existing=True)),
        (
            "--progress plain",
            "--progress none --log-level warn",
            "",
            steered("--progress none --log-level warn"),
        ),
    ],
)
def test_a_services_filters_replace_and_its_flags_are_added(
    administrator: str, own: str, filters: str, expected: Options
) -> None:
    assert steered(administrator, own, filters) == expected


@pytest.mark.parametrize(
    ("administrator", "own", "labels", "expected"),
    [
        ("-l a=1", "", "", [("a", "1")]),
        ("-l a=1", "", "b=2", [("b", "2")]),
        ("-l a=1", "-l b=2", "c=3", [("b", "2"), ("c", "3")]),
        ("-l a=1 -f model", "-f docs", "", [("a", "1")]),
        ("", "", "a=1 'b=two words'", [("a", "1"), ("b", "two words")]),
    ],
)
def test_a_services_labels_replace(
    administrator: str, own: str, labels: str, expected: list[tuple[str, str]]
) -> None:
    assert list(steered(administrator, own, "", labels).labels) == expected


def test_the_engine_kit_gets_no_label() -> None:
    assert steered("-l a=1 --plain-http", "", "", "b=2").kit_words == ("--plain-http=true",)


def test_the_engine_kit_gets_the_same() -> None:
    words = steered("--plain-http -f model -vv", "-o", "docs").kit_words

    assert of_flags(flags.read(words)) == steered("--plain-http -f model -vv", "-o", "docs")
    assert "--filter=model" not in words


@pytest.mark.parametrize(
    "own",
    [
        "--plain-http",
        "--plain-http=false",
        "--tls-verify=false",
        "--tls-verify",
        "--concurrency 100",
        "-d /",
        "--dir=/",
        "--include-remote",
        "--config /x",
        "--proxy http://x:1",
        "--cert /x",
        "--key /x",
        "--tls-cert /x",
        "-o --plain-http",
        "-x",
        "words",
        "--filter",
        "--progress=fast",
    ],
)
def test_what_weakens_trust_or_is_wrong_is_refused_and_the_annotation_named(own: str) -> None:
    with pytest.raises(InvalidFlags) as caught:
        steered("--plain-http", own)

    assert caught.value.hint == "correct kitserve.io/unpack-flags of the InferenceService"
    assert "KIT_UNPACK_FLAGS" not in caught.value.cause


def test_no_flag_of_the_administrator_is_a_services_by_accident() -> None:
    free = {
        "--filter|-f",
        "--overwrite|-o",
        "--ignore-existing|-i",
        "--label|-l",
        "--progress",
        "--log-level",
        "--verbose|-v",
    }
    types = {f"--{name}" for name in flags.TYPE_SWITCHES}
    allowed = set()
    for flag in flags.known():
        name = flag.partition("|")[0]
        for value in ("", "=model", "=none", "=info", "=a=b"):
            try:
                steered("", name + value)
            except InvalidFlags:
                continue
            allowed.add(flag)

    assert allowed == free | types


def test_a_filter_of_no_type_names_its_annotation(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", KITSERVE_SERVICE_FILTER="weights")

    assert run.exit == 4
    assert run.last_line.endswith("correct kitserve.io/filter of the InferenceService")


def test_a_flag_that_is_refused_says_why(registry: Registry, initializer: Initializer) -> None:
    run = initializer(
        f"kit://{registry.host}/golden/iris:v1", KITSERVE_SERVICE_UNPACK_FLAGS="--tls-verify=false"
    )

    assert run.exit == 4
    assert "kitserve.io/unpack-flags has --tls-verify, which isn't a service's to set" in run.last_line
    assert not initializer.destination.exists()


def test_a_services_filter_decides_what_is_unpacked(registry: Registry, initializer: Initializer) -> None:
    run = initializer(
        f"kit://{registry.host}/golden/iris:v1", flags="--plain-http -f model", KITSERVE_SERVICE_FILTER="docs"
    )

    assert run.exit == 0, run.stderr
    assert [path.name for path in initializer.destination.iterdir() if path.suffix != ".json"] == [
        "README.md"
    ]


@pytest.mark.parametrize("by", ["tag", "digest"])
def test_a_digest_that_is_demanded_is_the_only_one_taken(
    by: str, registry: Registry, initializer: Initializer, modelkits: dict[str, ModelKit]
) -> None:
    digest = modelkits["iris"].expected["manifest_digest"]
    source = f"kit://{registry.host}/golden/iris{':v1' if by == 'tag' else '@' + digest}"

    wrong = initializer(source, KITSERVE_SERVICE_DIGEST=OTHER)
    assert wrong.exit == 25
    assert f"is {digest}, and the service demands {OTHER}" in wrong.last_line
    assert not initializer.destination.exists()

    assert initializer("--check", source, KITSERVE_SERVICE_DIGEST=OTHER).exit == 25
    assert initializer(source, KITSERVE_SERVICE_DIGEST=f"{OTHER} {digest}").exit == 0
    # What is there already is no way around it.
    assert initializer(source, KITSERVE_SERVICE_DIGEST=OTHER).exit == 25


def test_a_services_layout_decides_where_files_lie(registry: Registry, initializer: Initializer) -> None:
    source = f"kit://{registry.host}/golden/iris-nested:v1"

    assert initializer(source, KITSERVE_LAYOUT="kit", KITSERVE_SERVICE_LAYOUT="model").exit == 0
    assert (initializer.destination / "model.joblib").exists()


def test_a_layout_that_is_none_is_told(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", KITSERVE_SERVICE_LAYOUT="flat")

    assert run.exit == 4
    assert "kitserve.io/layout has 'flat', must be one of: kit, model" in run.last_line


def test_a_digest_that_is_none_is_told(registry: Registry, initializer: Initializer) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", KITSERVE_SERVICE_DIGEST="latest")

    assert run.exit == 4
    assert "kitserve.io/digest has 'latest', which isn't a digest" in run.last_line

"""The chart and `kitserve render` give the same objects, and refuse the same values at the same path."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cases import ACCEPTED, REFUSED, REPOSITORY, Refused
from tests.generator.command_line import CommandLine
from tests.parity.objects import comparable, read_by_kubernetes, strictly_read
from tests.parity.renderers import Helm, Kitserve

IRIS = REPOSITORY / "examples" / "iris.yaml"


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.stem)
def test_all_render_the_same_objects(case: Path, helms: list[Helm], kitserve: Kitserve) -> None:
    ours = kitserve.render([case])

    assert ours.manifests is not None, ours.complaint
    for theirs in [helm.render([case]) for helm in helms]:
        assert theirs.manifests is not None, theirs.complaint
        assert comparable(strictly_read(ours.manifests)) == comparable(strictly_read(theirs.manifests))


@pytest.mark.parametrize(
    "place",
    [
        "inferenceServiceDefaults.resources.limits.memory",
        "inferenceServices.iris.resources.limits.memory",
        "inferenceServices.iris.predictor.model.resources.limits.memory",
        "resources.limits.memory",
    ],
)
def test_integers_of_set_keep_all_their_digits(place: str, helms: list[Helm], kitserve: Kitserve) -> None:
    options = ("--set", f"{place}=9007199254740993")

    ours = kitserve.render([IRIS], *options)

    assert ours.manifests is not None
    for theirs in [helm.render([IRIS], *options) for helm in helms]:
        assert theirs.manifests is not None
        assert comparable(strictly_read(ours.manifests)) == comparable(strictly_read(theirs.manifests))
        assert "9007199254740993" in theirs.manifests


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.stem)
def test_kubernetes_reads_back_what_was_written(
    case: Path, kitserve: Kitserve, helm3: Path, tmp_path: Path
) -> None:
    as_yaml, as_json = kitserve.render([case]), kitserve.render([case], "-o", "json")

    assert as_yaml.manifests is not None
    assert as_json.manifests is not None
    read = read_by_kubernetes(helm3, as_yaml.manifests, tmp_path / "reader")
    assert comparable(read) == comparable(json.loads(as_json.manifests)["items"])


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_all_refuse_at_the_same_path(case: Refused, helms: list[Helm], command_line: CommandLine) -> None:
    ours = command_line("render", "-f", case.file)

    assert ours.exit_code
    assert not ours.out
    assert f"] {case.path}: {case.sentence}" in ours.err
    for theirs in [helm.render([case.file]) for helm in helms]:
        assert theirs.manifests is None
        assert any(place in theirs.complaint for place in _as_helm_says_it(case)), theirs.complaint


def test_the_wheel_refuses_too(kitserve: Kitserve) -> None:
    refused = kitserve.render([REFUSED[0].file])

    assert refused.manifests is None
    assert f"] {REFUSED[0].path}: {REFUSED[0].sentence}" in refused.complaint


def _as_helm_says_it(case: Refused) -> list[str]:
    """A rule's sentence as it is; of a schema's verdict the place, or the map of a key too many or missing."""
    if case.sentence:
        return [f"{case.path}: {case.sentence}"]
    steps = case.path.replace('["', ".").replace('"]', "").replace("[", ".").replace("]", "").split(".")
    place, above = ("".join(f"/{step}" for step in steps[:end]) for end in (None, -1))
    return [
        f"at '{place}':",
        f"at '{above}': additional properties '{steps[-1]}' not allowed",
        f"at '{above}': missing property '{steps[-1]}'",
    ]


def test_the_schema_is_one(packaged_chart: Path, kitserve: Kitserve) -> None:
    printed = subprocess.run([kitserve.program, "schema"], check=True, capture_output=True, text=True).stdout
    shipped = subprocess.run(
        ["tar", "xzfO", packaged_chart, "kitserve/values.schema.json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert printed == shipped == (REPOSITORY / "chart" / "values.schema.json").read_text()

"""The chart and `kitserve render` give the same objects, and refuse the same values at the same path."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cases import ACCEPTED, REFUSED, REPOSITORY, Refused
from tests.generator.command_line import CommandLine
from tests.parity.objects import comparable, read_by_kubernetes, strictly_read
from tests.parity.renderers import RELEASE, Helm, Kitserve
from tests.parity.turns import in_turns

IRIS = REPOSITORY / "examples" / "iris.yaml"
AS_RELEASED = ("--name", RELEASE[0], "-n", RELEASE[1])


@pytest.mark.parametrize(("case", "version"), [*in_turns((case, case.stem) for case in ACCEPTED)])
def test_all_render_the_same_objects(
    case: Path, version: int, helms: list[Helm], command_line: CommandLine
) -> None:
    ours = command_line("render", *AS_RELEASED, "-f", case)
    theirs = helms[version - 3].render([case])

    assert not ours.exit_code, ours.err
    assert theirs.manifests is not None, theirs.complaint
    assert comparable(strictly_read(ours.out)) == comparable(strictly_read(theirs.manifests))


@pytest.mark.thorough
def test_the_wheel_writes_the_same(kitserve: Kitserve, command_line: CommandLine) -> None:
    assert kitserve.render([IRIS]).manifests == command_line("render", *AS_RELEASED, "-f", IRIS).out


@pytest.mark.parametrize(
    "place",
    [
        "inferenceServiceDefaults.resources.limits.memory",
        "inferenceServices.iris.resources.limits.memory",
        "inferenceServices.iris.predictor.model.resources.limits.memory",
        "resources.limits.memory",
    ],
)
def test_integers_of_set_keep_all_their_digits(
    place: str, helms: list[Helm], command_line: CommandLine
) -> None:
    options = ("--set", f"{place}=9007199254740993")

    ours = command_line("render", *AS_RELEASED, "-f", IRIS, *options)

    assert not ours.exit_code, ours.err
    for theirs in [helm.render([IRIS], *options) for helm in helms]:
        assert theirs.manifests is not None
        assert comparable(strictly_read(ours.out)) == comparable(strictly_read(theirs.manifests))
        assert "9007199254740993" in theirs.manifests


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.stem)
def test_kubernetes_reads_back_what_was_written(
    case: Path, command_line: CommandLine, helm3: Path, tmp_path: Path
) -> None:
    as_yaml, as_json = (command_line("render", "-f", case, "-o", form) for form in ("yaml", "json"))

    assert (as_yaml.exit_code, as_json.exit_code) == (0, 0)
    read = read_by_kubernetes(helm3, as_yaml.out, tmp_path / "reader")
    assert comparable(read) == comparable(json.loads(as_json.out)["items"])


@pytest.mark.parametrize(("case", "version"), [*in_turns(((case, str(case)) for case in REFUSED), one_of=4)])
def test_all_refuse_at_the_same_path(
    case: Refused, version: int, helms: list[Helm], command_line: CommandLine
) -> None:
    ours = command_line("render", "-f", case.file)

    assert ours.exit_code
    assert not ours.out
    assert f"] {case.path}: {case.sentence}" in ours.err
    theirs = helms[version - 3].render([case.file])
    assert theirs.manifests is None
    assert any(place in theirs.complaint for place in _as_helm_says_it(case)), theirs.complaint


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_the_schema_is_one(packaged_chart: Path, kitserve: Kitserve) -> None:
    printed = subprocess.run([kitserve.program, "schema"], check=True, capture_output=True, text=True).stdout
    shipped = subprocess.run(
        ["tar", "xzfO", packaged_chart, "kitserve/values.schema.json"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert printed == shipped == (REPOSITORY / "chart" / "values.schema.json").read_text()

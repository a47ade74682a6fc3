"""What GitOps compares: a field that is written is stored as it was written, whatever webhooks and defaults add."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.e2e.release import fitting
from tests.e2e.verdicts import DryRun, codes, refusals
from tests.generator.check.manifests import SERVICE, mutated

EXAMPLES = sorted((REPOSITORY / "examples").glob("*.yaml"))


def differences(written: Any, stored: Any, path: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """Where `stored` hasn't what is written, but for what it has beside it in maps."""
    if isinstance(written, dict) and isinstance(stored, dict):
        return [
            each for key in written for each in differences(written[key], stored.get(key), f"{path}.{key}")
        ]
    if isinstance(written, list) and isinstance(stored, list) and len(written) == len(stored):
        pairs = enumerate(zip(written, stored, strict=True))
        return [found for index, pair in pairs for found in differences(*pair, f"{path}[{index}]")]
    return [] if written == stored else [f"{path}: {written!r} is stored as {stored!r}"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[each.stem for each in EXAMPLES])
def test_what_is_written_is_what_is_stored(
    example: Path, dry: DryRun, request: pytest.FixtureRequest
) -> None:
    kitserve = Path(sys.executable).with_name("kitserve")
    command: list[str | Path] = [kitserve, "render", "-f", example, "-f", "-", "-n", dry.namespace]
    rendered = subprocess.run(
        command, input=json.dumps(fitting({})), capture_output=True, text=True, check=True
    ).stdout
    objects = list(YAML(typ="safe").load_all(rendered))
    if any(refusals(each) for each in objects):
        pytest.skip("needs fields of the examples that older ones don't have")
    if "llmInferenceServices" in example.read_text():
        request.getfixturevalue("llm_controller")
    found = []
    for written in objects:
        if "namespace" in written["metadata"]:
            written["metadata"]["namespace"] = dry.namespace
        found += [f"{written['kind']}{each}" for each in differences(written, dry.stored(written))]

    assert found == []


def test_a_mode_by_its_older_name_is_stored_by_its_newer_where_kitserve_says_so(dry: DryRun) -> None:
    mode = "serving.kserve.io/deploymentMode"
    written = mutated(SERVICE, "metadata.annotations", {mode: "RawDeployment"})

    said = f".metadata.annotations.{mode}: 'RawDeployment' is stored as 'Standard'"
    assert differences(written, dry.stored(written)) == [said] * ("KS142" in codes(written))

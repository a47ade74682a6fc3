"""`kitserve validate` and KServe's own code say the same of objects of every kind: in KS2xx, both ways."""

from typing import Any

import pytest
from kitserve.check.codes import CODES
from kitserve.check.objects import check_objects
from kitserve.crds import structures
from kitserve.helm.compose import compose
from kitserve.helm.construct import Construction
from kitserve.problems import Code

from tests.cases import ACCEPTED
from tests.cases.guides import SHOWN
from tests.e2e.verdict_cases import CASES, MORE_CASES, TRAINED
from tests.generator.check.manifests import MODEL, SERVICE, STORAGE, mutated
from tests.generator.command_line import CommandLine
from tests.generator.verdicts.comparison import Difference, agree, differences
from tests.generator.verdicts.drawn import alone, kinds, together
from tests.generator.verdicts.whole import WHOLE
from tests.parts import kserve_judge

# The first test of a version builds its judge.
pytestmark = pytest.mark.timeout(3600)

OLDEST, NEWEST = kserve_judge.versions()[0], kserve_judge.versions()[-1]
VERSIONS = pytest.mark.parametrize("version", [pytest.param(OLDEST, marks=pytest.mark.thorough), NEWEST])


def told(found: list[Difference]) -> str:
    return "\n\n".join(map(str, found[:3]))


def manifests(code: Code) -> list[dict[str, Any]]:
    """The objects of a code's example that are of KServe's group; none if it has others."""
    if not code.example.startswith("apiVersion"):
        return []
    found = [Construction("").build(root) for root in compose(code.example)]
    return found if all(item["apiVersion"].startswith("serving.kserve.io/") for item in found) else []


def test_there_is_a_judge_for_each_released_version() -> None:
    assert kserve_judge.versions() == structures.released()


@VERSIONS
def test_mutants_of_every_kind_are_judged_as_kserve_judges_them(version: str) -> None:
    served = {name.rpartition("/")[2] for name in structures.kinds(version)}
    assert {kind for kind, _ in kinds(version)} == served

    found = differences(version, alone(version, 3000, "mutants"))

    assert not found, told(found)


@VERSIONS
def test_objects_beside_each_other_are_judged_as_kserve_judges_them(version: str) -> None:
    found = differences(version, together(version, 600, "together"))

    assert not found, told(found)


@VERSIONS
def test_cases_for_a_cluster_are_judged_as_kserve_judges_them(version: str) -> None:
    served = structures.kinds(version)
    items = [mutated(item, path, value) for item, path, value in [*CASES, *MORE_CASES]]
    asked = [[item] for item in items if f"{item.get('apiVersion')}/{item.get('kind')}" in served]
    found = differences(version, asked)

    assert not found, told(found)


def rendered(kitserve: CommandLine, values: str) -> list[dict[str, Any]]:
    """The objects of KServe's group that values render to."""
    text = kitserve("render", "-f", "-", stdin=values).out
    found = [Construction("").build(root) for root in compose(text)]
    return [item for item in found if item["apiVersion"].startswith("serving.kserve.io/")]


@VERSIONS
def test_what_examples_and_guides_render_to_is_judged_as_kserve_judges_it(
    version: str, kitserve: CommandLine
) -> None:
    texts = [*(path.read_text() for path in ACCEPTED), *SHOWN.values()]
    asked = [rendered(kitserve, text) for text in texts]
    found = differences(version, asked)

    assert len(list(filter(None, asked))) > 20
    assert not found, told(found)


@VERSIONS
def test_a_predictor_that_mounts_an_image_is_admitted(version: str, kitserve: CommandLine) -> None:
    (case,) = (path for path in ACCEPTED if path.stem == "image-volumes-by-volume")
    items = [item for item in rendered(kitserve, case.read_text()) if item["kind"] == "InferenceService"]

    verdicts = kserve_judge.verdicts(version, [[item] for item in items])

    refused = {
        item["metadata"]["name"] for item, (told,) in zip(items, verdicts, strict=True) if not told.allowed
    }
    assert refused == ({"mixed"} if version == OLDEST else set())  # 0.15 has no storageUris


QUANTITIES = (
    *("1", "1.", ".5", "1Gi", "500m", "1e3", "1E", "-1", "+1", "1e-3", "1E+3", "0", "00"),
    *("", "-", "m", "-m", "Gi", "+k", ".", "-.Ki", "e3", "E", "e", "e+", " ", "- "),
    *(
        "1 ",
        " 1",
        "1\t",
        "1\n",
        "1\u2003",
        "\xa01",
        "1 Gi",
        "1gi",
        "1e1.5",
        "1mm",
        "--1",
        "1_000",
        "0x1",
        "\uff11",
    ),
)


@VERSIONS
@pytest.mark.parametrize(
    ("item", "path"),
    [
        (SERVICE, f"{MODEL}.resources.limits.memory"),
        (STORAGE, "spec.container.resources.limits.memory"),
        (TRAINED, "spec.model.memory"),
    ],
    ids=["rewritten", "unread", "read"],
)
def test_quantities_are_read_as_kserve_reads_them(item: dict[str, Any], path: str, version: str) -> None:
    asked = [[mutated(item, path, quantity)] for quantity in QUANTITIES]
    found = differences(version, asked)

    assert not found, told(found)


def test_objects_that_mutants_are_made_of_are_right() -> None:
    items = [Construction("").build(root) for root in compose(WHOLE)]
    answers = kserve_judge.verdicts(NEWEST, [[item] for item in items])

    assert [answer for (answer,) in answers if not answer.allowed] == []


def test_examples_of_problems_are_refused_by_kserve_as_their_codes_say() -> None:
    examples = {code.code: found for code in CODES if (found := manifests(code))}
    answers = kserve_judge.verdicts(NEWEST, list(examples.values()))
    wrong = [
        (code, answer)
        for code, answered in zip(examples, answers, strict=True)
        for answer in answered[-1:]
        if not answer.varies and answer.allowed == code.startswith("KS2")
    ]

    assert wrong == []


@pytest.mark.parametrize("allowed", [True, False])
def test_a_difference_is_noticed(allowed: bool) -> None:
    (right,) = (Construction("").build(root) for root in compose(WHOLE.partition("---")[0]))
    problems = [problem for _, problem in check_objects([right], NEWEST)]

    assert agree(kserve_judge.Verdict(allowed), problems) is allowed

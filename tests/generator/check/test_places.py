"""A problem of an object that values render to stands at the user's values, at both where it takes two."""

import json
import re
from pathlib import Path

import pytest

from tests.generator.command_line import CommandLine

BODY = "modelFormat: {name: sklearn}, storageUri: 'kit://registry.example.com/iris:v1'"
HEADLINE = re.compile(r"^(?:  and: )?<stdin>:(\d+):\d+:(?: \w+\[(KS\d+)\])? (\S+?)(?::|$)", re.MULTILINE)


def one(more: str) -> str:
    return f"inferenceServices:\n  iris:\n    {{{BODY}, {more}}}\n"


def llm(more: str) -> str:
    return f"llmInferenceServices:\n  chat:\n    {{uri: 'hf://example/chat', {more}}}\n"


CASES = {
    "both in the service": (
        f"inferenceServices:\n  iris:\n    minReplicas: 3\n    maxReplicas: 1\n    <<: {{{BODY}}}\n",
        [
            ("3", "KS224", "inferenceServices.iris.minReplicas"),
            ("4", "", "inferenceServices.iris.maxReplicas"),
        ],
    ),
    "one in the defaults": (
        f"inferenceServiceDefaults:\n  maxReplicas: 1\n{one('minReplicas: 3')}",
        [
            ("5", "KS224", "inferenceServices.iris.minReplicas"),
            ("2", "", "inferenceServiceDefaults.maxReplicas"),
        ],
    ),
    "both in the defaults": (
        f"inferenceServiceDefaults:\n  maxReplicas: 1\n  minReplicas: 3\n{one('labels: {}')}",
        [
            ("3", "KS224", "inferenceServiceDefaults.minReplicas"),
            ("2", "", "inferenceServiceDefaults.maxReplicas"),
        ],
    ),
    "the open predictor": (
        one("predictor: {minReplicas: 3, maxReplicas: 1}"),
        [
            ("3", "KS224", "inferenceServices.iris.predictor.minReplicas"),
            ("3", "", "inferenceServices.iris.predictor.maxReplicas"),
        ],
    ),
    "the open predictor over the defaults": (
        f"inferenceServiceDefaults:\n  predictor: {{maxReplicas: 1}}\n{one('minReplicas: 3')}",
        [
            ("5", "KS224", "inferenceServices.iris.minReplicas"),
            ("2", "", "inferenceServiceDefaults.predictor.maxReplicas"),
        ],
    ),
    "a model behind one that the predictor mounts itself": (
        "imageVolumes: {mountBy: volume}\ninferenceServices:\n  iris:\n    modelFormat: {name: triton}\n"
        "    delivery: imageVolume\n    storageUris:\n    - {uri: 'kit://registry.example.com/iris@sha256:"
        + "0"
        * 64
        + "'}\n"
        "    - {uri: 's3://bucket/a', mountPath: /mnt/../a}\n",
        [("8", "KS229", "inferenceServices.iris.storageUris[1].mountPath")],
    ),
    "a value of an LLMInferenceService": (
        llm("router: {scheduler: {replicas: 0}}"),
        [("3", "KS275", "llmInferenceServices.chat.router.scheduler.replicas")],
    ),
    "its open spec": (
        llm("spec: {router: {scheduler: {replicas: 0}}}"),
        [("3", "KS275", "llmInferenceServices.chat.spec.router.scheduler.replicas")],
    ),
    "resources of its main container": (
        llm("spec: {template: {containers: [{name: a}]}}, resources: {limits: {cpu: x}}"),
        [("3", "KS214", "llmInferenceServices.chat.resources.limits.cpu")],
    ),
    "its name for requests, which an adapter has": (
        llm("modelName: poems, adapters: {poems: {uri: 'hf://a/b'}}"),
        [
            ("3", "KS290", "llmInferenceServices.chat.adapters.poems"),
            ("3", "", "llmInferenceServices.chat.modelName"),
        ],
    ),
    "adapters of KServe's beside ModelKits": (
        llm("adapters: {a: {uri: 'kit://registry.example.com/a:v1'}, b: {uri: 'hf://a/b'}}"),
        [
            ("3", "KS289", "llmInferenceServices.chat.adapters"),
            ("3", "", "llmInferenceServices.chat.adapters.b"),
        ],
    ),
    "a format that nobody serves": (
        one("labels: {}").replace("sklearn", "keras"),
        [("3", "KS138", "inferenceServices.iris.modelFormat.name")],
    ),
    "a field that is missing": (
        one("labels: {}").replace("sklearn", "onnx"),
        [("2", "KS138", "inferenceServices.iris.protocolVersion")],
    ),
    "an annotation's typed value": (
        one("deploymentMode: Standard, minReplicas: 0"),
        [
            ("3", "KS141", "inferenceServices.iris.minReplicas"),
            ("3", "", "inferenceServices.iris.deploymentMode"),
        ],
    ),
    "an annotation": (
        one("annotations: {kitserve.io/layuot: model}"),
        [("3", "KS127", 'inferenceServices.iris.annotations["kitserve.io/layuot"]')],
    ),
    "an annotation that nobody reads": (
        one("annotations: {kitserve.io/layout: model}"),
        [("3", "KS128", 'inferenceServices.iris.annotations["kitserve.io/layout"]')],
    ),
    "a prefix": (
        "clusterStorageContainer:\n  prefixes:\n    - kit://\n    - s3://\n",
        [("4", "KS129", "clusterStorageContainer.prefixes[1]")],
    ),
    "a further variable": (
        "extraEnv:\n  - {name: A, value: b}\n  - {name: API_TOKEN, value: not-a-real-one}\n",
        [("3", "KS150", "extraEnv[1].value")],
    ),
    "a runtime by default": (
        f"inferenceServiceDefaults:\n  runtime: kserve-lgbserver\n{one('labels: {}')}",
        [("2", "KS137", "inferenceServiceDefaults.runtime"), ("5", "", "inferenceServices.iris.modelFormat")],
    ),
    "engine and layout": ("engine: kit\nlayout: model\n", [("2", "KS117", "layout"), ("1", "", "engine")]),
    "a further object": (
        "extraObjects:\n  - {apiVersion: v1, kind: Secret, metadata: {name: a}, datas: {}}\n",
        [("2", "KS210", "extraObjects[0].datas")],
    ),
    "both in the group": (
        f"serviceGroups:\n  a:\n    maxReplicas: 1\n    minReplicas: 3\n{one('group: a')}",
        [("4", "KS224", "serviceGroups.a.minReplicas"), ("3", "", "serviceGroups.a.maxReplicas")],
    ),
    "the group over the defaults": (
        "inferenceServiceDefaults:\n  minReplicas: 3\n  maxReplicas: 4\n"
        f"serviceGroups:\n  a:\n    maxReplicas: 1\n{one('group: a')}",
        [("2", "KS224", "inferenceServiceDefaults.minReplicas"), ("6", "", "serviceGroups.a.maxReplicas")],
    ),
    "a group that another service has": (
        f"serviceGroups:\n  a:\n    maxReplicas: 1\n{one('minReplicas: 3, maxReplicas: 2')}",
        [
            ("6", "KS224", "inferenceServices.iris.minReplicas"),
            ("6", "", "inferenceServices.iris.maxReplicas"),
        ],
    ),
    "a service called otherwise": (
        one("name: other, minReplicas: 3, maxReplicas: 1"),
        [
            ("3", "KS224", "inferenceServices.iris.minReplicas"),
            ("3", "", "inferenceServices.iris.maxReplicas"),
        ],
    ),
    "the second of two services of one name": (
        f"inferenceServices:\n  a: {{{BODY}, name: iris, namespace: a}}\n"
        f"  b: {{{BODY}, name: iris, namespace: b, minReplicas: 3, maxReplicas: 1}}\n",
        [("3", "KS224", "inferenceServices.b.minReplicas"), ("3", "", "inferenceServices.b.maxReplicas")],
    ),
    "a probe": (
        f"serviceGroups:\n  a: {{readinessProbe: {{httpGett: {{}}}}}}\n{one('group: a')}",
        [("2", "KS210", "serviceGroups.a.readinessProbe.httpGett")],
    ),
    "a toleration": (
        one("tolerations: [{key: a}, {effct: NoSchedule}]"),
        [("3", "KS210", "inferenceServices.iris.tolerations[1].effct")],
    ),
    "a transformer by default": (
        "inferenceServiceDefaults:\n  transformer:\n    containers: [{name: kserve-container, image: a}]\n"
        f"    minReplica: 1\n{one('labels: {}')}",
        [("4", "KS210", "inferenceServiceDefaults.transformer.minReplica")],
    ),
    "a canary": (
        one(
            f"deploymentMode: Standard, canary: [{{trafficPercnt: 1, predictor: {{name: a, model: {{{BODY}}}}}}}]"
        ),
        [("3", "KS210", "inferenceServices.iris.canary[0].trafficPercnt")],
    ),
    "a toleration of an LLMInferenceService's group": (
        f"serviceGroups:\n  a: {{tolerations: [{{effct: NoSchedule}}]}}\n{llm('group: a, name: other')}",
        [("2", "KS210", "serviceGroups.a.tolerations[0].effct")],
    ),
    "a share in the mode Standard": (
        one("deploymentMode: Standard, canaryTrafficPercent: 10"),
        [
            ("3", "KS141", "inferenceServices.iris.canaryTrafficPercent"),
            ("3", "", "inferenceServices.iris.deploymentMode"),
        ],
    ),
    "a name twice": (
        f"inferenceServices:\n  a: {{{BODY}, name: iris}}\n  iris: {{{BODY}}}\n",
        [("3", "KS302", "inferenceServices.iris.name"), ("2", "", "inferenceServices.a.name")],
    ),
    "a group that there isn't": (
        f"serviceGroups:\n  team: {{}}\n{one('group: teem')}",
        [("5", "KS303", "inferenceServices.iris.group")],
    ),
    "a label of all objects": (
        "localModels: {create: true}\nextraObjects: []\ninferenceServices: {}\ncommonLabels: {team: a b}\n",
        [("4", "KS214", "commonLabels.team")],
    ),
}


@pytest.mark.parametrize(("values", "places"), CASES.values(), ids=CASES)
def test_a_problem_stands_at_the_values_that_make_it(
    values: str, places: list[tuple[str, str, str]], kitserve: CommandLine
) -> None:
    assert HEADLINE.findall(kitserve("validate", "-", stdin=values).err) == places


def test_services_are_named(kitserve: CommandLine) -> None:
    services = "".join(f"  {name}: {{{BODY}}}\n" for name in ("ale", "beer", "cava", "dark", "port"))
    values = f"inferenceServiceDefaults: {{minReplicas: 3, maxReplicas: 1}}\ninferenceServices:\n{services}"
    checked = kitserve("validate", "-", stdin=values)

    assert checked.err.count("KS224") == 1
    assert "is more than maxReplicas, 1 (in the services ale, beer, cava and 2 more)" in checked.err


def test_services_of_a_group_are_named(kitserve: CommandLine) -> None:
    services = "".join(f"  {name}: {{{BODY}, group: a}}\n" for name in ("ale", "beer"))
    values = f"serviceGroups: {{a: {{minReplicas: 3, maxReplicas: 1}}}}\ninferenceServices:\n{services}"
    checked = kitserve("validate", "-", stdin=values)

    assert checked.err.count("KS224") == 1
    assert "is more than maxReplicas, 1 (in the services ale, beer)" in checked.err


def test_two_services_read_differently(kitserve: CommandLine) -> None:
    services = "".join(f"  {name}: {{{BODY}, minReplicas: 3, maxReplicas: 1}}\n" for name in ("ale", "beer"))
    checked = kitserve("validate", "-", stdin=f"inferenceServices:\n{services}")

    for line, name in enumerate(("ale", "beer"), start=2):
        assert re.search(
            rf"<stdin>:{line}:\d+: error\[KS224\] inferenceServices.{name}.minReplicas", checked.err
        )


def test_values_of_two_files_have_their_places(kitserve: CommandLine, tmp_path: Path) -> None:
    base, over = tmp_path / "base.yaml", tmp_path / "over.yaml"
    base.write_text(one("minReplicas: 3"))
    over.write_text("\ninferenceServices: {iris: {maxReplicas: 1}}\n")
    report = json.loads(kitserve("validate", "--merged", "--format", "json", base, over).out)

    (problem,) = [problem for problem in report if problem["code"] == "KS224"]
    (also,) = problem["also"]
    assert (problem["file"], problem["line"]) == (str(base), 3)
    assert (also["file"], also["line"], also["path"]) == (str(over), 2, "inferenceServices.iris.maxReplicas")


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_every_form_has_both_places(form: str, kitserve: CommandLine) -> None:
    out = kitserve("validate", "--format", form, "-", stdin="engine: kit\nlayout: model\n").out

    if form == "github":
        assert "%0Aand: <stdin>:1:1: engine" in out
    else:
        (result,) = json.loads(out)["runs"][0]["results"]
        (related,) = result["relatedLocations"]
        assert related["logicalLocations"][0]["fullyQualifiedName"] == "engine"


def test_hints_are_in_the_words_of_values(kitserve: CommandLine) -> None:
    assert "hint: set deploymentMode\n" in kitserve("validate", "-", stdin=one("scaleMetric: cpu")).err

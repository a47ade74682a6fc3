"""What somebody writes who is new to KServe: one sentence for each mistake, at its line, with what was meant."""

import re

import pytest

from tests.generator.command_line import CommandLine

URI = "kit://registry.example.com/iris:v1"
GOOD = f"""apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris
spec:
  predictor:
    model:
      modelFormat:
        name: sklearn
      storageUri: {URI}
"""
VALUES = f"inferenceServices:\n  iris:\n    modelFormat:\n      name: sklearn\n    storageUri: {URI}\n"
STORAGE = (
    "apiVersion: serving.kserve.io/v1alpha1\nkind: ClusterStorageContainer\nmetadata: {name: a}\nspec:\n"
    "  workloadType: initContainer\n  supportsMultiModelDownload: true\n"
    "  container: {name: storage-initializer, image: 'registry.example.com/a:1'}\n"
)
FOUND = re.compile(r"^<stdin>:(\d+):\d+: \w+\[(KS\d+)\]", re.MULTILINE)
Case = tuple[str, list[tuple[int, str]], str]


def swapped(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new)


def predictor(line: str) -> str:
    return swapped("  predictor:\n", f"  predictor:\n    {line}\n")


def model(lines: str) -> str:
    return f"{GOOD}      {lines}\n"


def limits(resources: str) -> str:
    return model(f"resources: {{{resources}}}")


MANIFESTS: dict[str, Case] = {
    "no colon": (swapped("    model:", "    model"), [(7, "KS003")], "put a colon and a blank after the key"),
    "no blank": (swapped("name: skl", "name:skl"), [(8, "KS211")], "put a blank behind the colon"),
    "a tab": (swapped("    model:", "\tmodel:"), [(7, "KS003")], "write spaces instead of the tab"),
    "a no-break space": (swapped("storageUri: ", "storageUri:\u00a0"), [(10, "KS003")], "no-break space"),
    "no quote at the end": (swapped("name: skl", 'name: "skl'), [(9, "KS003")], "close the quote"),
    "two objects without a separator": (GOOD + GOOD, [(11, "KS006")], "put a line with --- above it"),
    "an object twice": (f"{GOOD}---\n{GOOD}", [(15, "KS183")], "give one of them another name"),
    "no group": (
        swapped("serving.kserve.io/v1beta1", "v1beta1"),
        [(1, "KS217")],
        "write serving.kserve.io/v1beta1",
    ),
    "no name": (swapped("  name: iris", "  namespace: a"), [(3, "KS212")], "such as `name: iris`"),
    "no predictor": (swapped("  predictor:", "  predictors:"), [(6, "KS210")], "did you mean predictor?"),
    "a misspelt format": (swapped("sklearn", "sklaern"), [(9, "KS138")], "did you mean sklearn?"),
    "a format in capitals": (swapped("sklearn", "SKLearn"), [(9, "KS138")], "did you mean sklearn?"),
    "a part of a name": (swapped("storageUri", "uri"), [(10, "KS210")], "did you mean storageUri?"),
    "another first part": (swapped("storageUri", "modelUri"), [(10, "KS210")], "did you mean storageUri?"),
    "replicas": (predictor("replicas: 2"), [(7, "KS210")], "did you mean minReplicas?"),
    "replicas a level too high": (
        swapped("  predictor:\n", "  replicas: 2\n  predictor:\n"),
        [(6, "KS210")],
        "write minReplicas below predictor:",
    ),
    "before what should hold it": (
        swapped("  predictor:\n", "  minReplicas: 2\n  predictor:\n"),
        [(6, "KS210")],
        "indent it below predictor:",
    ),
    "a map too many": (
        swapped("  predictor:\n", "  predictor:\n   spec:\n"),
        [(7, "KS210")],
        "leave out spec: and indent less what is in it",
    ),
    "a choice in capitals": (predictor("scaleMetric: CPU"), [(7, "KS213")], "did you mean cpu?"),
    "a word that YAML knows": (model("env: [{name: N, value: a}]"), [(11, "KS211")], "write it in quotes"),
    "a variable as a map": (model("env: [{LEVEL: debug}]"), [(11, "KS210")], "name is needed here"),
    "a variable as text": (model("env: [LEVEL=debug]"), [(11, "KS211")], "such as `- {name: LOG_LEVEL"),
    "two values": (
        model("env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
        [(11, "KS185")],
        "keep one of the two",
    ),
    "no limits": (limits("cpu: 1"), [(11, "KS210")], "write it below limits: or requests:"),
    "a GPU of nobody": (limits("limits: {gpu: 1}"), [(11, "KS180")], "did you mean nvidia.com/gpu?"),
    "memory": (limits("limits: {mem: 1Gi}, requests: {mem: 1Gi}"), [(11, "KS180")], "did you mean memory?"),
    "half a GPU": (limits("limits: {nvidia.com/gpu: 0.5}"), [(11, "KS181")], "write a whole number"),
    "half a GPU as text": (limits("limits: {nvidia.com/gpu: 500m}"), [(11, "KS181")], "write a whole number"),
    "a GPU that is asked for alone": (
        limits("requests: {nvidia.com/gpu: 1}"),
        [(11, "KS181")],
        "below limits:",
    ),
    "two numbers of GPUs": (
        limits("limits: {nvidia.com/gpu: 2}, requests: {nvidia.com/gpu: 1}"),
        [(11, "KS181")],
        "leave out the request",
    ),
    "GPUs": (limits("limits: {nvidia.com/gpus: 1}"), [(11, "KS182")], "did you mean nvidia.com/gpu?"),
    "a policy in small letters": (model("imagePullPolicy: always"), [(11, "KS186")], "did you mean Always?"),
    "a protocol in small letters": (
        model("ports: [{containerPort: 80, protocol: tcp}]"),
        [(11, "KS186")],
        "did you mean TCP?",
    ),
    "an operator in small letters": (
        predictor("tolerations: [{key: a, operator: exists}]"),
        [(7, "KS186")],
        "did you mean Exists?",
    ),
    "an account with an underscore": (
        predictor("serviceAccountName: a_b"),
        [(7, "KS184")],
        "lower-case letters",
    ),
    "a Secret with an underscore": (
        model("env: [{name: A, valueFrom: {secretKeyRef: {name: a_b, key: c}}}]"),
        [(11, "KS184")],
        "lower-case letters",
    ),
    "a container as a map": (
        f"{GOOD[: GOOD.index('    model')]}    containers: {{image: 'example.com/a:1'}}\n",
        [(7, "KS211")],
        "such as `containers: [{name: kserve-container",
    ),
    "a container alone": (
        f"{GOOD[: GOOD.index('    model')]}    container: {{image: 'example.com/a:1'}}\n",
        [(7, "KS210")],
        "did you mean containers? such as `containers: [",
    ),
    "a model as text": (
        f"{GOOD[: GOOD.index('    model')]}    model: sklearn\n",
        [(7, "KS211")],
        "such as `model: {modelFormat: {name: sklearn}",
    ),
    "a field that is needed": (
        model("volumeMounts: [{name: a, path: /a}]"),
        [(11, "KS210")],
        "did you mean mountPath?",
    ),
    "parts in another order": (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndataString: {A: b}\n",
        [(4, "KS210")],
        "did you mean stringData?",
    ),
    "an image without a container": (
        f"{GOOD}  transformer: {{image: 'example.com/a:1'}}\n",
        [(11, "KS210")],
        "a transformer needs a container",
    ),
    "a word that the kind doesn't have for what it needs": (
        f"{STORAGE}  prefixes: ['kit://']\n",
        [(8, "KS210")],
        "supportedUriFormats is needed here",
    ),
    "a template in quotes": (
        limits("limits: {memory: '{{ .Values.memory }}'}"),
        [(11, "KS214")],
        "this may be a template: validate what it renders",
    ),
    "a variable of a shell": (
        limits("limits: {memory: '${MEMORY}'}"),
        [(11, "KS214")],
        "this may be a placeholder: validate what it is replaced by",
    ),
    "a placeholder for a number": (
        predictor("minReplicas: <replicas>"),
        [(7, "KS211")],
        "this may be a placeholder: validate what it is replaced by",
    ),
    "a page of the web": ("<html>404</html>\n", [(1, "KS005")], "or name another file"),
}
OF_VALUES: dict[str, Case] = {
    "no name above a service": (
        swapped("  iris:\n", "", VALUES),
        [(2, "KS023")],
        "write a name above modelFormat and storageUri, such as `iris:`",
    ),
    "a list of services": (
        f"inferenceServices:\n  - {{name: iris, storageUri: '{URI}'}}\n",
        [(1, "KS021")],
        "such as `inferenceServices: {iris: {",
    ),
    "a service of nothing": (
        "inferenceServices:\n  iris:\n",
        [(2, "KS021")],
        "such as `inferenceServices: {iris: {",
    ),
    "another word for services": (
        swapped("inferenceServices", "services", VALUES),
        [(1, "KS020")],
        "did you mean inferenceServices?",
    ),
    "models": (
        swapped("inferenceServices", "models", VALUES),
        [(1, "KS020")],
        "did you mean inferenceServices?",
    ),
    "KServe's model": (
        f"inferenceServices:\n  iris:\n    model: {{modelFormat: {{name: sklearn}}, storageUri: '{URI}'}}\n",
        [(3, "KS020")],
        "leave out model: and indent less what is in it",
    ),
    "values of a chart with charts": (
        "kitserve:\n  image: {tag: v1}\n",
        [(1, "KS020")],
        "leave out kitserve: and indent less what is in it",
    ),
    "no format": (
        swapped("    modelFormat:\n      name: sklearn\n", "", VALUES),
        [(2, "KS106")],
        "such as `sklearn`",
    ),
    "URIs as text": (
        swapped(f"storageUri: {URI}", f"storageUris: ['{URI}']", VALUES),
        [(5, "KS021")],
        "such as `- {uri: 'kit://",
    ),
    "a number for a word": (f"{VALUES}    protocolVersion: 2\n", [(6, "KS022")], "did you mean v2?"),
    "a word in capitals": ("engine: KIT\n", [(1, "KS022")], "did you mean kit?"),
    "the begin of a word": (
        f"{VALUES}    deploymentMode: Raw\n",
        [(6, "KS022")],
        "did you mean RawDeployment?",
    ),
    "a number in quotes": (f"{VALUES}    minReplicas: '2'\n", [(6, "KS021")], "write it without quotes"),
    "a word that YAML knows": (f"{VALUES}    labels: {{a: yes}}\n", [(6, "KS021")], "quote it"),
    "a template in quotes": ("image: {tag: '{{ .Values.tag }}'}\n", [(1, "KS023")], "this may be a template"),
    "a login that isn't used": (
        "credentials: {username: bob, password: not-a-real-one}\n",
        [(1, "KS119")],
        "set credentials.create to true",
    ),
    "true in quotes": (
        "credentials: {create: 'true', username: bob, password: not-a-real-one}\n",
        [(1, "KS021")],
        "write it without quotes",
    ),
    "a prefix": (
        "clusterStorageContainer: {prefix: kit://}\n",
        [(1, "KS020")],
        "did you mean prefixes? such as `prefixes: ['kit://']`",
    ),
    "a variable of ours": (
        "extraEnv:\n  - {name: A, value: b}\n  - {name: KITSERVE_LAYOUT, value: model}\n",
        [(3, "KS107")],
        "set the value layout",
    ),
    "an image with its tag": (
        "image: {repository: team/initializer:v1}\n",
        [(1, "KS023")],
        "a repository without a tag",
    ),
    "a second service below the first": (
        f"{VALUES}    rose: {{modelFormat: {{name: sklearn}}, storageUri: '{URI}'}}\n",
        [(6, "KS020")],
        "indent it less: it is a field of inferenceServices",
    ),
    "a default of the chart in other letters": (
        "securityContext: {runAsNonroot: true}\n",
        [(1, "KS210")],
        "did you mean runAsNonRoot?",
    ),
    "a field of KServe's predictor": (
        f"{VALUES}    timeout: 60\n",
        [(6, "KS020")],
        "write it below predictor, which takes any field of KServe's",
    ),
    "a field of the model's container": (
        f"{VALUES}    image: registry.example.com/server:1.0\n",
        [(6, "KS020")],
        "write it below predictor.model, which takes any field of KServe's",
    ),
    "a field of both, with the container's keys": (
        f"{VALUES}    securityContext: {{readOnlyRootFilesystem: true}}\n",
        [(6, "KS020")],
        "write it below predictor.model",
    ),
    "a field of both, with the pod's keys": (
        f"{VALUES}    securityContext: {{fsGroup: 1}}\n",
        [(6, "KS020")],
        "write it below predictor, which",
    ),
    "a field that the predictor has wrong": (
        f"{VALUES}    batcher: {{maxBatchSizes: 1}}\n",
        [(6, "KS020")],
        "",
    ),
    "the image of the initializer in a service": (
        f"{VALUES}    image: {{repository: a, tag: v1}}\n",
        [(6, "KS020")],
        "indent it less: it is a field of the root",
    ),
    "a field of an LLMInferenceService": (
        "llmInferenceServices: {chat: {uri: 'hf://a/b', prefill: {replicas: 1}}}\n",
        [(1, "KS020")],
        "write it below spec, which takes any field of KServe's",
    ),
    "pods of an LLMInferenceService": (
        "llmInferenceServices: {chat: {uri: 'hf://a/b', initContainers: []}}\n",
        [(1, "KS020")],
        "write it below spec.template",
    ),
    "runtimes": (
        "servingRuntimes: {mine: {image: a}}\n",
        [(1, "KS020")],
        "kitserve makes no such objects: write yours into extraObjects",
    ),
    "a kind of Kubernetes'": (
        f"{VALUES}networkPolicies: [{{}}]\n",
        [(6, "KS020")],
        "write yours into extraObjects",
    ),
    "a canary by its plural": (
        f"{VALUES}    canaries: []\n",
        [(6, "KS020")],
        "did you mean canary?",
    ),
    "a key that is there already": (
        f"{VALUES}    storageURL: {URI}\n",
        [(6, "KS020")],
        "did you mean storageUri? it has a value already",
    ),
}


def told(reported: str) -> list[tuple[int, str]]:
    """The line and the code of each problem."""
    return [(int(line), code) for line, code in FOUND.findall(reported)]


@pytest.mark.parametrize(
    ("text", "expected", "hint"),
    [*MANIFESTS.values(), *OF_VALUES.values()],
    ids=[*MANIFESTS, *(f"values: {name}" for name in OF_VALUES)],
)
def test_a_mistake_is_told_once(
    text: str, expected: list[tuple[int, str]], hint: str, kitserve: CommandLine
) -> None:
    reported = kitserve("validate", "-", stdin=text).err

    assert told(reported) == expected, reported
    assert hint in reported
    assert not re.search(r"^values: ", reported, re.MULTILINE)


@pytest.mark.parametrize(
    "more",
    [
        limits("limits: {nvidia.com/gpu: 1, hugepages-2Mi: 4Mi}, requests: {nvidia.com/gpu: 1}"),
        limits("limits: {nvidia.com/gpu: 1.0, nvidia.com/mig-1g.5gb: 1, nvidia.com/gpumem: 2000}"),
        model("runtime: own\n      resources: {requests: {nvidia.com/gpu: 1}}"),
        model("env: [{name: A, valueFrom: {secretKeyRef: {name: a.b, key: A_B}}}]"),
        model("env: [{name: A, valueFrom: {secretKeyRef: {name: a_b, key: c, optional: true}}}]"),
        f"{GOOD}---\n{swapped('name: iris', 'name: rose')}",
        f"{GOOD}---\n{swapped('  name: iris', f'  name: iris{chr(10)}  namespace: models')}",
        "image: {registry: '', repository: 'registry.example.com:5000/team/initializer', tag: v1}\n",
    ],
)
def test_what_is_right_stays_so(more: str, kitserve: CommandLine) -> None:
    assert kitserve("validate", "--strict", "-", stdin=more).exit_code == 0


def test_how_yaml_reads_a_word_is_told_with_the_error(kitserve: CommandLine) -> None:
    reported = kitserve(
        "validate", "-", stdin=swapped("  name: iris", "  name: iris\n  labels: {gpu: yes}")
    ).err

    assert "metadata.labels.gpu: expected text, got true or false: `yes` is read as true" in reported
    assert "KS013" not in reported


def test_a_mistake_of_the_text_in_an_object_of_others_is_theirs(kitserve: CommandLine) -> None:
    others = (
        "apiVersion: perses.dev/v1alpha1\nkind: PersesDashboard\nmetadata: {name: a}\nspec: {y: 1, y: 2}\n"
    )

    assert kitserve("validate", "--strict", "-", stdin=f"{others}---\n{GOOD}").exit_code == 0


def test_a_manifest_among_values_is_told_once(kitserve: CommandLine) -> None:
    for arguments in (("render", "-f", "-"), ("validate", "--merged", "-")):
        checked = kitserve(*arguments, stdin=GOOD)

        assert told(checked.err) == [(1, "KS005")]
        assert "hint: check objects by `kitserve validate FILE`" in checked.err


def test_files_to_validate_are_no_option(kitserve: CommandLine) -> None:
    checked = kitserve("validate", "-f", "values.yaml")

    assert checked.exit_code == 2
    assert "kitserve validate values.yaml" in checked.err

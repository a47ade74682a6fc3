"""LLMInferenceServices, their configurations, and caches of a namespace against the CRDs of KServe."""

from pathlib import Path

import pytest

from tests.generator.command_line import CommandLine

SERVICE = """\
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceService
metadata: {name: chat, labels: {team: nlp}}
spec:
  model:
    uri: hf://example/chat
    name: example/chat
    lora: {adapters: [{name: poems, uri: hf://example/poems}]}
  baseRefs: [{name: prefill}]
  replicas: 2
  parallelism: {tensor: 8, data: 16, dataLocal: 8, expert: true}
  router:
    route: {}
    gateway: {}
    scheduler: {}
  template:
    containers:
      - name: main
        image: registry.example.com/vllm:v1
        env: [{name: HF_HUB_OFFLINE, value: "1"}]
        resources: {limits: {cpu: 4, memory: 32Gi, nvidia.com/gpu: "1"}, requests: {cpu: 500m}}
        livenessProbe: {httpGet: {path: /health, port: 8000}, initialDelaySeconds: 120}
    tolerations: [{key: gpu, operator: Exists}]
  worker:
    containers: [{name: main, resources: {limits: {nvidia.com/gpu: 1}}}]
  prefill:
    replicas: 1
    template: {containers: [{name: main, args: [--disable-log-requests]}]}
"""
CONFIG = """\
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceServiceConfig
metadata: {name: prefill}
spec:
  template:
    containers:
      - name: main
        image: registry.example.com/vllm:v1
        command: [vllm, serve]
        securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
"""
CACHE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelNamespaceCache
metadata: {name: chat, namespace: models}
spec: {sourceModelUri: 'kit://registry.example.com/chat:v1', modelSize: 20Gi, nodeGroups: [gpu]}
"""


def report(kitserve: CommandLine, text: str, *options: str) -> str:
    return kitserve("validate", *options, "-", stdin=text).err


@pytest.mark.parametrize("text", [SERVICE, CONFIG, CACHE], ids=["service", "config", "cache"])
def test_whole_ones_are_right(text: str, kitserve: CommandLine) -> None:
    assert report(kitserve, text, "--strict") == "1 file: no problems\n"


WRONG = {
    "model:": ("modle:", "5:3: error[KS210] spec.modle: unknown field", ""),
    "replicas: 2": ("replicas: two", "10:3: error[KS211] spec.replicas: expected a whole number", ""),
    "uri: hf://example/chat\n": (
        "url: hf://example/chat\n",
        "error[KS210] spec.model.url",
        "did you mean uri?",
    ),
    "baseRefs: [{name: prefill}]": ("baseRefs: prefill", "9:3: error[KS211] spec.baseRefs", ""),
    "tensor: 8": ("tensor: -1", "11:17: error[KS215]", ""),
    "image: registry": (
        "imgae: registry",
        "19:9: error[KS210] spec.template.containers[0].imgae",
        "did you mean image?",
    ),
    "memory: 32Gi": ("memory: 32 Gi", "quantity", "such as `500m` or `1Gi`"),
    "port: 8000": ("port: [8000]", "22:50: error[KS211]", ""),
    "scheduler: {}": ("scheduler: {replicas: 0}", "error[KS275] spec.router.scheduler.replicas", ""),
    "prefill:\n": ("prefil:\n", "26:3: error[KS210] spec.prefil: unknown field", "did you mean prefill?"),
}


@pytest.mark.parametrize(("right", "wrong"), WRONG.items())
def test_wrong_ones_are_told_where(right: str, wrong: tuple[str, str, str], kitserve: CommandLine) -> None:
    instead, place, hint = wrong
    assert right in SERVICE

    said = report(kitserve, SERVICE.replace(right, instead, 1))

    assert place in said
    assert hint in said


def test_wrong_config_is_told_where(kitserve: CommandLine) -> None:
    assert "9:9: error[KS211] spec.template.containers[0].command: expected a list, got text" in report(
        kitserve, CONFIG.replace("[vllm, serve]", "vllm")
    )


@pytest.mark.parametrize(
    ("text", "version", "newer"),
    [(SERVICE, "0.15", "0.17"), (SERVICE, "0.16", "0.17"), (CONFIG, "0.16", "0.17"), (CACHE, "0.17", "0.19")],
)
def test_kinds_are_of_versions(text: str, version: str, newer: str, kitserve: CommandLine) -> None:
    assert "error[KS217]" in report(kitserve, text, "--kserve-version", version)
    assert "error" not in report(kitserve, text, "--kserve-version", newer)


def test_older_api_is_known_too(kitserve: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "older.yaml"
    file.write_text(CONFIG.replace("v1alpha2", "v1alpha1"))

    assert kitserve("validate", "--strict", file).err == "1 file: no problems\n"


VALUES = "llmInferenceServices:\n  chat: {uri: 'kit://registry.example.com/chat:v1'"
OLDER = {
    "an API that KServe 0.16 doesn't serve": (f"{VALUES}}}\n", "0.16", "it has serving.kserve.io/v1alpha1"),
    "a switch that KServe 0.16 doesn't have": (
        f"imageVolumes: {{mountBy: volume}}\n{VALUES}, apiVersion: v1alpha1}}\n",
        "0.16",
        "imageVolumes.mountBy: unknown field",
    ),
}


@pytest.mark.parametrize(("values", "version", "told"), OLDER.values(), ids=OLDER)
def test_an_older_kserve_is_named_at_the_values(
    values: str, version: str, told: str, kitserve: CommandLine
) -> None:
    assert told in report(kitserve, values, "--kserve-version", version)


@pytest.mark.parametrize("version", ["0.17", "0.19", "0.20", "0.21"])
@pytest.mark.parametrize("api", ["v1alpha1", "v1alpha2"])
def test_pods_with_the_volume_are_known_to_every_kserve_since_0_17(
    api: str, version: str, kitserve: CommandLine
) -> None:
    values = f"imageVolumes: {{mountBy: volume}}\n{VALUES}, apiVersion: {api}}}\n"

    assert "error[" not in report(kitserve, values, "--kserve-version", version)

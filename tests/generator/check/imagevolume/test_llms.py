"""LLMInferenceServices whose model or adapters are images."""

from typing import Any

import pytest

from tests.case_ids import case_id
from tests.generator.check.imagevolume.parts import PIN, image, mounted
from tests.generator.check.manifests import LLM, codes, mutated

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

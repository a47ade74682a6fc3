"""What a cluster of tests/e2e answered: `python -m tests.generator.doctor.recorded` records it there anew.

The release of RELEASE is applied in the namespace `models`, with a Secret `kit-secret` and a quota.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from kitserve.check.merged_values import check
from kitserve.cluster.api_server import Refused, connect
from kitserve.doctor.examination import Options, examine
from kitserve.helm.file_cache import FileCache
from kitserve.helm.load import read
from kitserve.render import manifests
from kitserve.render.release import Release

if TYPE_CHECKING:
    from kitserve.doctor.check import Check

FILE = Path(__file__).with_name("cluster.json")
NAMESPACE = "models"
HOST = "127.0.0.1:1"
"""Nobody answers there: what registries say has tests of its own."""
RELEASE: dict[str, Any] = {
    "image": {"registry": "registry.example.com", "repository": "kitserve-initializer", "tag": "e2e"},
    "inferenceServices": {
        "iris": {
            "modelFormat": {"name": "sklearn"},
            "protocolVersion": "v2",
            "storageUri": f"kit://{HOST}/models/iris:v1",
            "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
        }
    },
}
_SPEC = 6
"""Levels of a CRD that are kept: `properties.spec.properties.NAME`."""
_METADATA = "PartialObjectMetadata"
Answers = dict[str, Any]


@cache
def _recorded() -> Answers:
    found: Answers = json.loads(FILE.read_text())
    return found


def answers() -> Answers:
    """A copy of all answers by what was asked; a number is the status of a refusal."""
    return copy.deepcopy(_recorded())


def key(words: tuple[str, ...], options: dict[str, Any]) -> str:
    """What stands for a request: its method and path, and whether only metadata was wanted."""
    wanted = str(options.get("header_params", {}).get("Accept", ""))
    return " ".join([*words, *([_METADATA] if _METADATA in wanted else [])])


def examined(found: Answers, values: dict[str, Any] | None = None, **options: Any) -> list[Check]:  # noqa: ANN401 - Options'
    """The checks of a cluster that answers so; of no values, with None, those of its own services."""

    def request(*words: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's own
        answer = found.get(key(words, asked), 404)
        if isinstance(answer, int):
            raise Refused({"kind": "Status", "code": answer})
        if answer.get("kind") == "Status" and answer.get("code"):
            raise Refused(answer)
        return copy.deepcopy(answer)

    objects = None if values is None else rendered(values)
    return examine(request, Options(NAMESPACE, objects, **options))


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects of values in the namespace."""
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(values, file)
        file.flush()
        checked = check(read([file.name], [], [], FileCache()))
    assert not checked.problems, checked.problems
    return manifests.render(checked.values, checked.services, Release(namespace=NAMESPACE))


def _pruned(data: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(data, dict):
        kept = {} if depth == 0 else data
        return {name: _pruned(value, depth - 1) for name, value in kept.items() if name != "description"}
    return [_pruned(each, depth) for each in data] if isinstance(data, list) else data


def record() -> None:
    """Write what the cluster of the kubeconfig answers to all checks."""
    ask, _ = connect("")
    found: Answers = {}

    def request(*words: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's own
        try:
            answer = found[key(words, asked)] = ask(*words, **asked)
        except Refused as refused:
            found[key(words, asked)] = refused.status
            raise
        return answer

    examine(request, Options(NAMESPACE, rendered(RELEASE)))
    for name, answer in found.items():
        for version in (
            answer.get("spec", {}).get("versions", ()) if "customresourcedefinitions" in name else ()
        ):
            version["schema"] = _pruned(version["schema"], _SPEC)
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    record()

"""What a cluster of tests/e2e answered: `python -m tests.generator.doctor.recorded` asks it again, and writes the file.

There a release with one service is in the namespace `models`, with the Secret `kit-secret` and a quota.
"""

from __future__ import annotations

import copy
import json
import os
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
IMAGE = "IMAGE"
"""The member of the file with the initializer's image, which the node has."""
_SPEC = 4
"""Levels of a CRD's structure that are kept: the names of the fields in `spec`."""
_NEEDLESS = {
    *("description", "f:status", "_example", "f:metadata"),
    "kubectl.kubernetes.io/last-applied-configuration",
}
_METADATA = "PartialObjectMetadata"
Answers = dict[str, Any]


@cache
def _recorded() -> Answers:
    found: Answers = json.loads(FILE.read_text())
    return found


def answers() -> Answers:
    """A copy of all answers by what was asked; a number is the status of a refusal."""
    return copy.deepcopy(_recorded())


def release(host: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of the chart
    """The values that were applied, with the ModelKit in a registry."""
    registry, _, rest = _image().partition("/")
    repository, _, tag = rest.partition(":")
    iris = {
        "modelFormat": {"name": "sklearn"},
        "protocolVersion": "v2",
        "storageUri": f"kit://{host}/golden/iris:v1",
        "resources": {"requests": {"cpu": "50m", "memory": "100Mi"}},
    }
    return {
        "image": {"registry": registry, "repository": repository, "tag": tag},
        "unpackFlags": "-v --plain-http",
        "inferenceServices": {"iris": iris},
        **values,
    }


def _image() -> str:
    return os.environ.get("KITSERVE_E2E_IMAGE") or str(_recorded()[IMAGE])


def key(words: tuple[str, ...], options: dict[str, Any]) -> str:
    """What stands for a request: its method and path, and whether only metadata was wanted."""
    wanted = str(options.get("header_params", {}).get("Accept", ""))
    return " ".join([*words, *([_METADATA] if _METADATA in wanted else [])])


def examined(found: Answers, values: dict[str, Any] | None = None) -> list[Check]:
    """The checks of a cluster that answers so; without values, those of its own services."""

    def request(*words: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's own
        answer = found.get(key(words, asked), 404)
        if isinstance(answer, int):
            raise Refused({"kind": "Status", "code": answer, "message": "it said so"})
        if answer.get("kind") == "Status" and answer.get("code"):
            raise Refused(answer)
        return copy.deepcopy(answer)

    return examine(request, Options(NAMESPACE, None if values is None else rendered(values)))


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects of values in the namespace."""
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(values, file)
        file.flush()
        checked = check(read([file.name], [], [], FileCache()))
    assert not checked.problems, checked.problems
    return manifests.render(checked.values, checked.services, Release(namespace=NAMESPACE))


def _pruned(data: Any, depth: int = 99) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(data, list):
        return [_pruned(each, depth) for each in data]
    if not isinstance(data, dict):
        return data
    kept = {name: value for name, value in data.items() if name not in _NEEDLESS} if depth else {}
    return {name: _pruned(value, depth - 1) for name, value in kept.items()}


def record() -> None:
    """Write what the cluster of the kubeconfig answers to all checks."""
    ask, _ = connect("")
    found: Answers = {IMAGE: _image()}

    def request(*words: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's own
        try:
            answer = ask(*words, **asked)
        except Refused as refused:
            found[key(words, asked)] = refused.status
            raise
        found[key(words, asked)] = answer
        return answer

    examine(request, Options(NAMESPACE, rendered(release("127.0.0.1:1"))))
    examine(request, Options(NAMESPACE, None))
    for name, answer in ((name, each) for name, each in found.items() if name != IMAGE):
        for version in answer["spec"]["versions"] if "/customresourcedefinitions/" in name else ():
            fields = version["schema"]["openAPIV3Schema"]["properties"]
            version["schema"] = {"openAPIV3Schema": {"properties": _pruned({"spec": fields["spec"]}, _SPEC)}}
        for item in (answer, *answer.get("items", ())) if _METADATA not in name else ():
            item.get("metadata", {}).pop("managedFields", None)
    FILE.write_text(json.dumps(_pruned(found), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    record()

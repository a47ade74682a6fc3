"""The pods of `helm test`: one for each place in which services pull with the same account and secrets."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.cases import REPOSITORY
from tests.parity.objects import strictly_read

URI = "kit://registry.example.com/models/iris:v1"
IRIS = {"modelFormat": {"name": "sklearn"}, "storageUri": URI}


def pods(helm: Path, folder: Path, values: dict[str, Any]) -> list[tuple[str, str, str, list[str]]]:
    """Name, namespace, service account, and pull secrets of each."""
    (folder / "values.json").write_text(json.dumps(values))
    command: list[str | Path] = [
        helm,
        "template",
        "demo",
        REPOSITORY / "chart",
        "-n",
        "models",
        "-f",
        folder / "values.json",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [item for item in strictly_read(shown) if item["kind"] == "Pod"]
    return [
        (
            item["metadata"]["name"],
            item["metadata"]["namespace"],
            item["spec"].get("serviceAccountName", ""),
            [secret["name"] for secret in item["spec"].get("imagePullSecrets", [])],
        )
        for item in found
    ]


def test_each_group_is_tried_as_its_pods_pull(helm3: Path, tmp_path: Path) -> None:
    values = {
        "imagePullSecrets": [{"name": "for-all"}],
        "serviceGroups": {
            "a": {
                "namespace": "team-a",
                "serviceAccountName": "models",
                "imagePullSecrets": [{"name": "pull-a"}],
            },
            "b": {"namespace": "team-b"},
        },
        "inferenceServices": {
            "iris-a": {**IRIS, "name": "iris", "group": "a"},
            "rose-a": {**IRIS, "group": "a"},
            "own-a": {**IRIS, "group": "a", "imagePullSecrets": [{"name": "own"}, {"name": "123"}]},
            "iris-b": {**IRIS, "name": "iris", "group": "b"},
        },
    }

    assert pods(helm3, tmp_path, values) == [
        ("demo-kitserve-check-1", "models", "", ["for-all"]),
        ("demo-kitserve-check-2", "team-a", "models", ["own", "123"]),
        ("demo-kitserve-check-3", "team-a", "models", ["pull-a"]),
        ("demo-kitserve-check-4", "team-b", "", ["for-all"]),
    ]


def test_secrets_that_all_share_change_no_order(helm3: Path, tmp_path: Path) -> None:
    accounts = ("a", "a-b", "", "a.b", "a0")
    services = {f"s{number}": {**IRIS, "serviceAccountName": name} for number, name in enumerate(accounts)}
    values = {"imagePullSecrets": [{"name": "x"}], "inferenceServices": services}

    assert [account for _, _, account, _ in pods(helm3, tmp_path, values)] == [
        "",
        *sorted(filter(None, accounts)),
    ]

"""The files of monitoring/, and what kube-state-metrics said of a real cluster's pods."""

import json
import re
from typing import Any

from ruamel.yaml import YAML

from tests.cases import REPOSITORY

FOLDER = REPOSITORY / "monitoring"
RULES = FOLDER / "rules.yaml"
RECORDED = REPOSITORY / "tests/fixtures/monitoring/kube-state-metrics.txt"


def rules() -> list[dict[str, Any]]:
    """The rules, as Prometheus reads them."""
    (group,) = YAML(typ="safe").load(RULES)["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def alerts() -> dict[str, dict[str, Any]]:
    """The alerts among them by name."""
    return {each["alert"]: each for each in rules() if "alert" in each}


def dashboard() -> dict[str, Any]:
    """The dashboard, as Grafana reads it."""
    document: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text())
    return document


def queries() -> list[str]:
    """Each expression in the rules and in the dashboard."""
    targets = [target for panel in dashboard()["panels"] for target in panel.get("targets", ())]
    return [*(each["expr"] for each in rules()), *(target["expr"] for target in targets)]


def metrics() -> set[str]:
    """The metrics of kube-state-metrics that they ask for."""
    return {name for query in queries() for name in re.findall(r"\bkube_\w+", query)}

"""When alerts fire, by promtool, on what kube-state-metrics said of a cluster (test_alerts.py), and on variations."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases import REPOSITORY
from tests.e2e.prometheus import program
from tests.parts.exposition import Sample, samples
from tests.parts.monitoring import RECORDED, RULES
from tests.parts.page import commands

MINUTES = 60
RECOVERY = 45
PAGE = REPOSITORY / "docs/guide/monitoring.md"
Values = Callable[[Sample], str | None]
"""A series' values by the minute, in promtool's notation; None: there is no such series."""

CAUSES = {
    f"Kitserve{name}": 1
    for name in (
        "LoginRefused",
        "ModelKitRefused",
        "ModelKitUnusable",
        "RegistryUnreachable",
        "SettingsInvalid",
        "VolumeUnusable",
    )
}
LATER = {"KitserveModelServerNotPulled": 1, "KitserveModelLoadsLong": 1}


def lasting(sample: Sample) -> str | None:
    return f"{sample.value:.0f}+0x{MINUTES}"


def recovering(sample: Sample) -> str | None:
    """Every initializer ends well after some time; the exit code of the run before stays in the pod's status."""
    if sample.name.endswith("init_container_status_ready"):
        return f"{sample.value:.0f}+0x{RECOVERY} 1+0x{MINUTES}"
    if sample.name.endswith(("_waiting_reason", "_running")):
        return f"{sample.value:.0f}+0x{RECOVERY}"
    return lasting(sample)


def evicted(sample: Sample) -> str | None:
    """The pod's object stays, with the state that its init container had."""
    is_phase = sample.name == "kube_pod_status_phase"
    return f"{sample.labels['phase'] == 'Failed':d}+0x{MINUTES}" if is_phase else lasting(sample)


def older(sample: Sample) -> str | None:
    """kube-state-metrics before 2.20 doesn't say exit codes."""
    if sample.name.endswith("_exitcode"):
        return None
    return lasting(sample)


def killed(sample: Sample) -> str | None:
    """By a signal, as when a node's memory is short: no exit code of ours."""
    return f"137+0x{MINUTES}" if sample.name.endswith("_exitcode") else lasting(sample)


def stopped(sample: Sample) -> str | None:
    """Once, as by a drain."""
    if sample.name.endswith("_exitcode"):
        return f"143+0x{MINUTES}"
    return f"{min(sample.value, 1):.0f}+0x{MINUTES}"


CASES: dict[str, tuple[Values, int, dict[str, int]]] = {
    "at once": (lasting, 0, {}),
    "a minute": (lasting, 1, {"KitserveModelKitRefused": 1}),
    "three minutes": (lasting, 3, CAUSES),
    "half an hour": (lasting, 35, CAUSES | LATER),
    "recovered": (recovering, RECOVERY + 10, {}),
    "evicted": (evicted, 35, {"KitserveModelServerNotPulled": 1}),
    "older": (older, 35, {"KitserveInitializerCrashLooping": len(CAUSES)} | LATER),
    "killed": (killed, 35, {"KitserveInitializerCrashLooping": len(CAUSES)} | LATER),
    "stopped": (stopped, 35, LATER),
}


@pytest.mark.parametrize("case", CASES)
def test_when_alerts_fire(case: str, tmp_path: Path) -> None:
    values, minute, expected = CASES[case]
    series = [(each.series, values(each)) for each in samples(RECORDED.read_text())]

    check(tmp_path, [(name, each) for name, each in series if each], minute, expected)


TEXTS: dict[str, tuple[str, str, dict[str, int]]] = {
    "memory": (
        'last_terminated_reason{(.*)reason="Error"',
        r'last_terminated_reason{\1reason="OOMKilled"',
        CAUSES | LATER | {"KitserveInitializerOutOfMemory": len(CAUSES)},
    ),
    "another's initializer": (
        r'image_spec="[^"]*"',
        'image_spec="docker.io/kserve/storage-initializer:v0.20.0"',
        {"KitserveModelServerNotPulled": 1},
    ),
    "a mirror and a digest": (
        r'image_spec="[^"]*/(kitserve-initializer):[^"]*"',
        rf'image_spec="mirror.example.com/docker.io/kitserve/\1@sha256:{"0" * 64}"',
        CAUSES | LATER,
    ),
    "a name that begins alike": (
        r'image_spec="[^"]*/(kitserve-initializer):[^"]*"',
        r'image_spec="mirror.example.com/\1-of-mine:v1"',
        {"KitserveModelServerNotPulled": 1},
    ),
    "no uid": (r',uid="[^"]*"', "", CAUSES | LATER),
    "the initializer's image": (
        'init_container_status_waiting_reason{(.*)reason="CrashLoopBackOff"',
        r'init_container_status_waiting_reason{\1reason="ImagePullBackOff"',
        CAUSES | LATER | {"KitserveInitializerNotPulled": len(CAUSES)},
    ),
    "an LLM": (
        r'pod="([^"]*)-predictor-([^"]*)"(.*)container="kserve-container"',
        r'pod="\1-kserve-\2"\3container="main"',
        CAUSES | LATER,
    ),
    "somebody's container of that name": (
        'container="kserve-container"',
        'container="main"',
        CAUSES | {"KitserveModelLoadsLong": 1},
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_whom_alerts_are_about(case: str, tmp_path: Path) -> None:
    pattern, replacement, expected = TEXTS[case]
    text = RECORDED.read_text()
    changed = re.sub(pattern, replacement, text)

    assert changed != text
    check(
        tmp_path, [(each.series, f"{each.value:.0f}+0x{MINUTES}") for each in samples(changed)], 35, expected
    )


def test_two_replicas_of_kube_state_metrics_make_no_second_alert(tmp_path: Path) -> None:
    both = [
        (each.series.replace("{", f'{{instance="{name}",'), f"{each.value:.0f}+0x{MINUTES}")
        for each in samples(RECORDED.read_text())
        for name in ("a", "b")
    ]

    check(tmp_path, both, 35, CAUSES | LATER)


def test_the_commands_on_the_page_pass() -> None:
    (command,) = (each for each in commands(PAGE.read_text()) if each.startswith("promtool "))
    name, *arguments = command.split()

    ran = subprocess.run(
        [program(name), *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert "SUCCESS" in ran.stdout


def check(folder: Path, series: list[tuple[str, str]], minute: int, expected: dict[str, int]) -> None:
    """Let promtool evaluate the rules each minute, and count the alerts that fire in one of them."""
    fire = [{"labels": f'{{alertname="{name}"}}', "value": count} for name, count in sorted(expected.items())]
    asked = {
        "expr": 'count by (alertname) (ALERTS{alertstate="firing"})',
        "eval_time": f"{minute}m",
        "exp_samples": fire,
    }
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series],
        "promql_expr_test": [asked],
    }
    file = folder / "test.yaml"
    document = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}
    file.write_text(json.dumps(document))

    ran = subprocess.run(
        [program("promtool"), "test", "rules", file], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr

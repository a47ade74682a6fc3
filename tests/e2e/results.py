"""What became of the scenarios, file by file: kept for the table of docs/reference/compatibility.md."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cases import REPOSITORY
from tests.e2e import versions

FOLDER = REPOSITORY / "dist/e2e"
SCENARIOS = Path(__file__).parent
Counts = dict[str, int]


class Results:
    """Counts of a run by file: how many `passed` and `failed`, and how many were left out for what reason.

    A file that ran in part counts for nothing.
    """

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._partial: set[str] = set()

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note which files run in part."""
        self._partial |= {scenarios(item.path) for item in items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test when it has run, or earlier when it went wrong or wasn't for this KServe."""
        if report.when == "call" or report.outcome != "passed":
            name = scenarios(REPOSITORY / report.nodeid.partition("::")[0])
            self._counts.setdefault(name, Counter())[_outcome(report)] += 1

    def pytest_sessionfinish(self) -> None:
        """Put the counts of whole files into those of earlier runs."""
        whole = {name: dict(found) for name, found in self._counts.items() if name not in self._partial}
        if whole:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path = FOLDER / f"{versions.release()}.json"
            path.write_text(json.dumps(read(path) | whole, indent=1, sort_keys=True) + "\n")


def scenarios(path: Path) -> str:
    """The name of a file of scenarios: `test_render`, `knative/test_knative`."""
    return path.relative_to(SCENARIOS).with_suffix("").as_posix()


def read(path: Path) -> dict[str, Counts]:
    """The counts that a run left; none if there was none."""
    if not path.exists():
        return {}
    found: dict[str, Counts] = json.loads(path.read_text())
    return found


def _outcome(report: pytest.TestReport) -> str:
    if report.outcome != "skipped":
        return report.outcome
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return reason.removeprefix("Skipped: ")

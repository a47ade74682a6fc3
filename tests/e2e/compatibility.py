"""`python -m tests.e2e.compatibility`: takes what runs left in dist/e2e, and writes the table of what works where.

Results are kept in tests/e2e/results, the table in docs/reference/compatibility.md.
"""

import ast
import json
import re

from codegen.go_module import RELEASES

from tests.cases import REPOSITORY
from tests.e2e.results import FOLDER, SCENARIOS, Counts, read, scenarios

KEPT = SCENARIOS / "results"
PAGE = REPOSITORY / "docs/reference/compatibility.md"
TABLE = re.compile(r"(?s)(?<=<!-- scenarios -->\n\n).*?(?=\n\n<!-- /scenarios -->)")
PASSED, FAILED = "passed", "failed"


def table() -> str:
    """The table: a row for each file of scenarios, a column for each release of KServe."""
    results = {release: read(KEPT / f"{release}.json") for release in RELEASES}
    lines = [
        f"| Scenarios | {' | '.join(RELEASES)} | Left out where KServe is older |",
        f"| --- |{' --- |' * (len(RELEASES) + 1)}",
    ]
    for name, title in titles().items():
        counts = [results[release].get(name, {}) for release in RELEASES]
        cells = (title, *map(cell, counts), needed(counts))
        lines.append("".join(f"| {text} " if text else "| " for text in cells) + "|")
    return "\n".join(lines)


def titles() -> dict[str, str]:
    """What each file of scenarios is about: its docstring's first line."""
    found = {}
    for path in (*sorted(SCENARIOS.glob("test_*.py")), *sorted(SCENARIOS.glob("*/test_*.py"))):
        told = ast.get_docstring(ast.parse(path.read_text())) or path.stem
        found[scenarios(path)] = told.splitlines()[0].rstrip(".").replace("|", r"\|")
    return found


def cell(counts: Counts) -> str:
    """How many of a file's tests passed with a release; nothing if they didn't run."""
    passed, every = counts.get(PASSED, 0), sum(counts.values())
    if counts.get(FAILED):
        return f"**{counts[FAILED]} of {every} fail**"
    if not every:
        return ""
    return f"{passed}" if passed == every else f"{passed} of {every}" if passed else "none"


def needed(found: list[Counts]) -> str:
    """Why tests of a file were left out with some release."""
    reasons = {reason for counts in found for reason in counts if reason not in {PASSED, FAILED}}
    return "; ".join(sorted(reason.removeprefix("needs ") for reason in reasons))


def main() -> None:
    """Keep the results of dist/e2e, and write the table."""
    KEPT.mkdir(exist_ok=True)
    for path in sorted(FOLDER.glob("*.json")):
        found = {
            name: counts for name, counts in (read(KEPT / path.name) | read(path)).items() if name in titles()
        }
        (KEPT / path.name).write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    written = table()
    PAGE.write_text(TABLE.sub(lambda _: written, PAGE.read_text()))


if __name__ == "__main__":
    main()

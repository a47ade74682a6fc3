"""What README and the other pages say is true."""

import re
from pathlib import Path

import pytest
from kitserve.cli import app
from kitserve.crds import structures
from typer.main import get_group

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine
from tests.parts.tools import table

PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").rglob("*.md"),
        *(REPOSITORY / "image").glob("*.md"),
        *(REPOSITORY / "chart").glob("*.md"),
    ]
)
README = (REPOSITORY / "README.md").read_text()
MAKEFILE = (REPOSITORY / "Makefile").read_text()
SPEED = (REPOSITORY / "docs/benchmarks.md").read_text()
STARTS = (REPOSITORY / "docs/guide/delivery.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert not [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_make_targets_exist(page: Path) -> None:
    named = set(re.findall(r"(?:`|\$ )make ([a-z0-9-]+)", page.read_text()))

    assert named <= set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_paths_in_code_marks_exist(page: Path) -> None:
    named = re.findall(r"`((?:generator|chart|image|tests|docs|examples)/[\w./-]*)`", page.read_text())

    assert not [path for path in named if not (REPOSITORY / path).exists()]


WALKS = {"The command": "generator/kitserve", "The initializer": "image/kitserve_initializer"}


@pytest.mark.parametrize(("part", "package"), WALKS.items(), ids=WALKS)
def test_the_walks_through_a_package_meet_its_modules(part: str, package: str) -> None:
    page = (REPOSITORY / "docs/architecture.md").read_text()
    walk = page.partition(f"## {part}\n")[2].partition("\n## ")[0]
    named = re.findall(r"`([\w/]+\.(?:py|json\.gz))`", walk)

    assert len(named) > 10
    assert not [name for name in named if not any((REPOSITORY / at / name).exists() for at in (package, "."))]


def test_each_difference_from_kit_has_its_test() -> None:
    page = (REPOSITORY / "docs/reference/differences.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| Case |")]
    named = [
        re.findall(r"`((?:\w+/)*test_\w+\.py)::(test_\w+)`", row)
        for row in rows
        if not row.startswith("| --- ")
    ]
    tests = [(name, test) for found in named for name, test in found]

    assert all(len(found) == 1 for found in named)
    assert not [
        (name, test)
        for name, test in tests
        if f"def {test}(" not in (REPOSITORY / "tests/image" / name).read_text()
    ]


def test_readme_names_the_versions_that_tests_run() -> None:
    rows = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in README.splitlines()}
    tools = {name: row.source.version for name, row in table().items()}

    assert rows >= {
        ("KServe", tools["kserve-controller"]),
        ("KServe", ", ".join(structures.released())),
        *(("KServe", version) for version in structures.versions() if version not in structures.released()),
        ("Kubernetes", tools["kube-apiserver"]),
        ("Helm", f"{tools['helm3']}, {tools['helm4']}"),
        ("registry", f"distribution {tools['registry']}"),
    }
    assert f"containerd {tools['containerd']}" in README


def test_the_smallest_values_are_valid(kitserve: CommandLine) -> None:
    (values,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)

    assert kitserve("validate", "-", stdin=values).exit_code == 0


def test_readme_says_of_speed_what_was_measured() -> None:
    """A new measurement that is another one changes README too: the assertion has its words."""
    ours, kits = measured(SPEED, "gzip layers, two cores", r"([\d.]+) s of ([\d.]+) s")
    (memory,) = measured(SPEED, "peak resident memory, up to 10 GiB sparse", r"\| ([\d.]+) MiB \|")
    _, image = measured(STARTS, "image volume", r"\| ([\d.]+) s .*?\| ([\d.]+) s ")
    _, kserves = measured(
        STARTS, "KServe's own initializer, `oci+fetch://`", r"\| ([\d.]+) s .*?\| ([\d.]+) s "
    )
    said = " ".join(README.split())

    assert "that of `kit unpack`, which verifies nothing" in " ".join(SPEED.split())
    assert f"{ours:.1f} s instead of {kits:.1f} s for 1 GiB in gzip layers on two cores" in said
    assert f"10 GiB take {memory:.0f} MiB of memory" in said
    assert f"a model of 2 GiB answers after {image:.1f} s instead of {kserves:.1f} s" in said


def measured(page: str, work: str, numbers: str) -> tuple[float, ...]:
    """The numbers in the row of a table."""
    (row,) = (line for line in page.splitlines() if line.startswith(f"| {work} |"))
    found = re.search(numbers, row)
    assert found, row
    return tuple(map(float, found.groups()))


@pytest.mark.parametrize(
    "line", re.findall(r"^(?:\$ |\| .* \| `)(kitserve [^`\n]*)(?:$|` \|$)", README, re.MULTILINE)
)
def test_commands_in_readme_are_ones_that_there_are(line: str) -> None:
    _, name, *arguments = line.split()

    assert get_group(app).commands[name].make_context(name, arguments).params

"""chart/values.yaml and the reference show what works: services to uncomment, and each key once."""

import re
from collections import Counter
from typing import Any

import pytest
from kitserve.values.lookup import find
from kitserve.values.schema import schema
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.generator.command_line import CommandLine

VALUES = (REPOSITORY / "chart" / "values.yaml").read_text()
PAGES = {name: (REPOSITORY / name).read_text() for name in ("docs/reference/values.md", "chart/README.md")}
SHOWN = ("inferenceServices", "llmInferenceServices")
ALIKE = ("inferenceServiceDefaults.", "serviceGroups.NAME.")
"""Sections with the keys of another one."""


def uncommented(name: str) -> str:
    """values.yaml as a reader makes it who follows the comment below a value."""
    head, _, rest = VALUES.partition(f"\n{name}: {{}}\n")
    note, *lines = re.match(r"(?:  #.*\n)+", rest)[0].splitlines()  # type: ignore[index]
    assert "remove `{}` above, and the first `# ` of each line" in note
    sample = [line.replace("# ", "", 1) for line in lines]
    return "\n".join([head, f"{name}:", *sample, rest.partition("\n\n")[2]])


@pytest.mark.parametrize("name", SHOWN)
def test_the_service_that_is_shown_is_valid_when_uncommented(name: str, kitserve: CommandLine) -> None:
    checked = kitserve("validate", "--strict", "-", stdin=uncommented(name))

    assert checked.exit_code == 0, checked.err


@pytest.mark.parametrize("name", SHOWN)
def test_the_service_that_is_shown_renders(name: str, kitserve: CommandLine) -> None:
    text = uncommented(name)
    (service,) = YAML(typ="safe").load(text)[name]
    kind = f"{name.removesuffix('s').lower()}.serving.kserve.io"

    assert f"{kind}/{service}" in kitserve("render", "-f", "-", "-o", "name", stdin=text).out.split()


def test_the_services_come_before_their_defaults() -> None:
    assert VALUES.index("\ninferenceServices:") < VALUES.index("\ninferenceServiceDefaults:")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_each_value_once(page: str) -> None:
    rows = Counter(re.findall(r"^\| `([^`]+)` \|", PAGES[page], re.MULTILINE))
    values = {path for path in own_paths(schema()) if not path.startswith(ALIKE)}

    assert {path: number for path, number in rows.items() if number > 1} == {}
    assert values - rows.keys() == set()
    assert [path for path in rows if not find(path)] == []


def own_paths(node: dict[str, Any], prefix: str = "") -> set[str]:
    """The values that have no keys of ours below them, as the page writes them."""
    found: set[str] = set()
    for name, child in node.get("properties", {}).items():
        entries = [*child.get("patternProperties", {}).values()]
        below = [own_paths(child, f"{prefix}{name}.")]
        below += [own_paths(entry, f"{prefix}{name}.NAME.") for entry in entries]
        below.append(own_paths(child.get("items", {}), f"{prefix}{name}[]."))
        found |= set().union(*below) or {prefix + name}
    return found

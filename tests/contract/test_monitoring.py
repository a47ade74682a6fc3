"""The alerts say what users can follow, and ask for what there is."""

import re

import pytest
from codegen.monitoring.causes import CAUSES, CODES, Cause
from kitserve_initializer.errors import Cancelled, ExitCode, Terminated, exit_codes
from ruamel.yaml import YAML

from tests.cases import REPOSITORY
from tests.parts.exposition import samples
from tests.parts.monitoring import FOLDER, RECORDED, RULES, alerts, dashboard, metrics, queries, rules

ALERTS = alerts()


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", (REPOSITORY / page).read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_operator_gets_the_same_rules() -> None:
    wrapped = YAML(typ="safe").load(FOLDER / "prometheusrule.yaml")

    assert wrapped["spec"] == YAML(typ="safe").load(RULES)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_happens_and_leads_to_its_section(name: str) -> None:
    annotations = ALERTS[name]["annotations"]
    page, _, anchor = annotations["runbook_url"].partition("/blob/main/")[2].partition("#")

    assert annotations["summary"].endswith(".")
    assert "{{ $labels.namespace }}/{{ $labels.pod }}" in annotations["description"]
    assert anchor in anchors(page)


def test_every_exit_code_has_one_alert() -> None:
    each = [code for cause in CAUSES for code in cause.codes]

    assert len(each) == len(set(each))
    assert set(CODES) == {row.code for row in exit_codes()} - {Cancelled.code, Terminated.code}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.alert)
def test_the_page_names_an_alerts_exit_codes(cause: Cause) -> None:
    page = (REPOSITORY / "docs/guide/monitoring.md").read_text()
    section = page.partition(f"### {cause.alert}\n")[2].partition("\n#")[0]
    (named,) = re.findall(r"Exit codes ([\d, and to]+)", section)

    assert numbers(named) == set(cause.codes)


def numbers(text: str) -> set[int]:
    """The numbers in a sentence, and those between two of them with `to`."""
    spans = [range(int(first), int(last)) for first, last in re.findall(r"(\d+) to (\d+)", text)]
    return {int(each) for each in re.findall(r"\d+", text)} | {each for span in spans for each in span}


@pytest.mark.parametrize("row", [row for row in exit_codes() if row.code in CODES], ids=lambda row: row.name)
def test_an_alert_quotes_the_table_of_exit_codes(row: ExitCode) -> None:
    said = [each["annotations"]["description"] for each in ALERTS.values()]
    branch = f'if eq $labels.exit_code "{row.code}" }}}}\n{row.meaning} What to do: {row.hint}.\n'

    assert sum(branch in each for each in said) == 1


def test_rules_and_dashboard_ask_for_what_kube_state_metrics_said_of_a_cluster() -> None:
    assert metrics() == {each.name for each in samples(RECORDED.read_text())}


def test_rules_and_dashboard_ask_for_series_that_are_recorded_by_a_rule() -> None:
    recorded = {each["record"] for each in rules() if "record" in each}

    assert {name for query in queries() for name in re.findall(r"\bkitserve:\w+", query)} == recorded


def test_panels_have_places_and_ids_of_their_own() -> None:
    panels = dashboard()["panels"]
    cells = [
        (place["x"] + x, place["y"] + y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["w"])
        for y in range(place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len(cells) == len(set(cells))

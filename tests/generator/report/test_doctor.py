"""The table of checks: by concern, in one line each, and as JSON."""

import io
import json

from kitserve.doctor.check import Check, Subject
from kitserve.report import doctor

CHECKS = [
    Check("KServe", "Kubernetes", "ok", "the API server is v1.37.2"),
    Check("KServe", "mode", "unknown", "this login may not read it"),
    Check("Nodes", "disk", "warning", "small", "make room"),
    Check("Nodes", "a\x1b[31m##[error]", "error", "no\u202e node", "x"),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_people_read_a_table_by_concern() -> None:
    assert doctor.text(CHECKS, io.StringIO()).splitlines() == [
        "KServe",
        "  ok         Kubernetes  the API server is v1.37.2",
        "  not known  mode        this login may not read it",
        "",
        "Nodes",
        "  warning    disk              small",
        "             hint: make room",
        "  error      a\ufffd[31m# #[error]  no\ufffd node",
        "             hint: x",
    ]


def test_only_a_terminal_gets_colors() -> None:
    colored = doctor.text(CHECKS[:1], Terminal())

    assert "\x1b[32mok       \x1b[0m  Kubernetes" in colored
    assert "\x1b" not in doctor.text(CHECKS, io.StringIO())


def test_programs_read_a_list() -> None:
    found = json.loads(doctor.json(CHECKS))

    assert found[2] == {
        "group": "Nodes",
        "about": "disk",
        "result": "warning",
        "message": "small",
        "hint": "make room",
    }
    assert found[3]["about"] == CHECKS[3].about


def test_the_conclusion_counts() -> None:
    assert doctor.conclusion(CHECKS) == "4 checks: 1 error, 1 warning, 1 not known"
    assert doctor.conclusion(CHECKS * 2) == "8 checks: 2 errors, 2 warnings, 2 not known"
    assert doctor.conclusion(CHECKS[:1]) == "1 check: all ok"


def test_a_sentence_of_a_cluster_is_one_line_of_a_length_that_people_read() -> None:
    said = Subject("a", "b").error("first\n\n  second\t" + "x" * 5000).said

    assert said.startswith("first second xxx")
    assert len(said) == 1001

"""What Prometheus scrapes, as text: samples with their labels."""

import re
from dataclasses import dataclass

_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?P<labels>\{.*\})? (?P<value>\S+)\Z")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    """A line of a scrape; `series` is its text without the value."""

    name: str
    series: str
    labels: dict[str, str]
    value: float


def samples(text: str) -> list[Sample]:
    """The samples of a scrape, in order."""
    found = (_SAMPLE.match(line) for line in text.splitlines() if line and not line.startswith("#"))
    return [
        Sample(
            each["name"],
            each["name"] + (each["labels"] or ""),
            dict(_LABEL.findall(each["labels"] or "")),
            float(each["value"]),
        )
        for each in found
        if each
    ]


def of_metrics(text: str, names: set[str]) -> str:
    """The lines of some metrics, with what is said of them."""
    own = (
        line
        for line in text.splitlines()
        if re.sub(r"^# (?:HELP|TYPE) ", "", line).split("{")[0].split(" ")[0] in names
    )
    return "\n".join(own) + "\n"

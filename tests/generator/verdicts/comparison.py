"""Objects whose verdict by kitserve isn't KServe's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kitserve.check.objects import check_objects

from tests.parts.kserve_judge import Verdict, verdicts

Data = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """An object, KServe's verdict, and the codes of kitserve's errors and warnings about it."""

    version: str
    item: Data
    verdict: Verdict
    codes: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind with the version of its API."""
        return f"{self.item.get('kind')} {str(self.item.get('apiVersion')).rpartition('/')[2]}"

    def __str__(self) -> str:
        answer = (
            "admitted" if self.verdict.allowed else f"refused by {self.verdict.step}: {self.verdict.message}"
        )
        return f"KServe {self.version} {answer}\nkitserve: {'; '.join(self.problems) or 'nothing'}\n{json.dumps(self.item)}"


def differences(version: str, clusters: Sequence[Sequence[Data]]) -> list[Difference]:
    """The objects about which kitserve's KS2xx and KServe differ; the objects of a cluster are checked together."""
    answers = verdicts(version, clusters)
    return [
        difference
        for objects, answered in zip(clusters, answers, strict=True)
        for difference in _in_cluster(version, objects, answered)
    ]


def _in_cluster(version: str, objects: Sequence[Data], answered: Sequence[Verdict]) -> list[Difference]:
    codes: list[list[str]] = [[] for _ in objects]
    said: list[list[str]] = [[] for _ in objects]
    for number, problem in check_objects(objects, version):
        codes[number].append(problem.code)
        said[number].append(f"{problem.code} {problem.dotted}: {problem.message}")
    return [
        Difference(version, item, verdict, tuple(codes[number]), tuple(said[number]))
        for number, (item, verdict) in enumerate(zip(objects, answered, strict=True))
        if not _agree(verdict, codes[number])
    ]


def _agree(verdict: Verdict, codes: Sequence[str]) -> bool:
    refused = any(code.startswith("KS2") for code in codes)
    if verdict.varies:
        return not refused and "KS140" in codes
    return refused != verdict.allowed

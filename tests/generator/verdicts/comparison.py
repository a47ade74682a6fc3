"""Objects whose verdict by kitserve isn't KServe's."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kitserve.check.objects import check_objects
from kitserve.problems import Problem

from tests.parts.kserve_judge import Verdict, verdicts

Data = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """An object in a version of KServe, KServe's verdict, and what kitserve says."""

    version: str
    item: Data
    verdict: Verdict
    problems: tuple[Problem, ...]

    @property
    def kind(self) -> str:
        """The kind with the version of its API."""
        return f"{self.item['kind']} {self.item['apiVersion'].rpartition('/')[2]}"

    @property
    def rule(self) -> str:
        """The rule that is missing or too much, without names and numbers."""
        if self.verdict.varies:
            return "missed: depends on the cluster's default mode"
        if self.verdict.allowed:
            wrong = next(problem for problem in self.problems if problem.code.startswith("KS2"))
            return f"false alarm: {wrong.code} {re.sub('[0-9]+', 'N', wrong.dotted)}: {wrong.message}"[:120]
        said = re.sub(r'"[^"]*"|\{.*?\}|\d+', "…", self.verdict.message)
        return f"missed: {self.verdict.step}: {said}"[:120]

    def __str__(self) -> str:
        answer = "admitted" if self.verdict.allowed else f"{self.verdict.step}: {self.verdict.message}"
        said = "; ".join(f"{found.code} {found.dotted}: {found.message}" for found in self.problems)
        return f"KServe {self.version}: {answer}\nkitserve: {said or 'nothing'}\n{json.dumps(self.item)}"


def differences(version: str, clusters: Sequence[Sequence[Data]]) -> list[Difference]:
    """The objects about which kitserve's KS2xx and KServe differ; the objects of a cluster are checked together."""
    answers = verdicts(version, clusters)
    return [
        difference
        for objects, answered in zip(clusters, answers, strict=True)
        for difference in _in_cluster(version, objects, answered)
    ]


def _in_cluster(version: str, objects: Sequence[Data], answered: Sequence[Verdict]) -> list[Difference]:
    found: list[list[Problem]] = [[] for _ in objects]
    for number, problem in check_objects(objects, version):
        found[number].append(problem)
    return [
        Difference(version, item, verdict, tuple(problems))
        for item, verdict, problems in zip(objects, answered, found, strict=True)
        if not agree(verdict, problems)
    ]


def agree(verdict: Verdict, problems: Sequence[Problem]) -> bool:
    """Whether there is a KS2xx for what KServe refuses, and a warning for what only some clusters refuse."""
    codes = {problem.code for problem in problems}
    refused = any(code.startswith("KS2") for code in codes)
    if verdict.varies:
        return not refused and "KS140" in codes
    return refused != verdict.allowed

"""An alert, and the names and labels that expressions of several share."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rule = dict[str, Any]

PAGE = "docs/guide/monitoring.md"
BY = "(cluster, namespace, pod)"
CONTAINER = 'container="storage-initializer"'
NOT_DONE = f"and on {BY} kitserve:initializers"
"""The end of an expression: of pods with our initializer, that isn't done."""
POD = "{{ $labels.namespace }}/{{ $labels.pod }}"
_NEXT = "`kitserve status -n {{ $labels.namespace }}` says what stops the service."
_SITE = Path(__file__).parents[3] / "website" / "mkdocs.yml"


@dataclass(frozen=True)
class Alert:
    """What is true for `wait` when it fires; `description` begins with the pod."""

    name: str
    wait: str
    expression: str
    summary: str
    description: str
    severity: str = "warning"

    def rule(self) -> Rule:
        """Return it as Prometheus reads it."""
        annotations = {
            "summary": self.summary,
            "description": f"{POD}: {self.description}\n{_NEXT}",
            "runbook_url": f"{_repository()}/blob/main/{PAGE}#{self.name.lower()}",
        }
        alert = {"alert": self.name, "expr": self.expression, "for": self.wait}
        return {**alert, "labels": {"severity": self.severity}, "annotations": annotations}


def _repository() -> str:
    (address,) = re.findall(r"^repo_url: (\S+)$", _SITE.read_text(encoding="utf-8"), re.MULTILINE)
    return str(address)

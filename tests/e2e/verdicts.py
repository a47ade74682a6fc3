"""Two verdicts on objects: kitserve's, and the cluster's own, its webhooks' included."""

import json
from typing import Any

from kitserve import kserve, objectrules, openapi

from tests.e2e.kubectl import Kubectl, KubectlError


def refusals(*sent: dict[str, Any]) -> list[str]:
    """The codes by which kitserve says that a cluster refuses one of these objects, or all of them together."""
    version = kserve.versions()[-1]
    alone = [
        problem
        for each in sent
        for problem in (*openapi.check(each, version), *objectrules.broken(each, version))
    ]
    together = [problem for _, problem in objectrules.together(list(sent), version)]
    return sorted(problem.code for problem in (*alone, *together) if problem.code.startswith("KS2"))


def is_refused(sent: dict[str, Any], kubectl: Kubectl) -> bool:
    """Whether the API server refuses the object; nothing is stored."""
    try:
        kubectl.run("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=json.dumps(sent))
    except KubectlError:
        return True
    return False

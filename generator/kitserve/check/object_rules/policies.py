"""Rules for ClusterStorageContainers: whose the policy on signatures is, and whether the initializer can read it."""

import json
from collections.abc import Iterator

from kitserve.check.initializer import policy_fault
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.check.schema import value_schema
from kitserve.check.value_rules import verification
from kitserve.crds.examples import storage
from kitserve.crds.lookup import Data, maps, text
from kitserve.helm.merge import merge_defaults
from kitserve.problems import Code, Path, Problem
from kitserve.values.schema import defaults
from kitserve.values.view import view

_VARIABLE = "KITSERVE_VERIFICATION"
_POLICY = "env:\n  - name: KITSERVE_VERIFICATION\n"

TENANTS_POLICY = Code(
    "KS198",
    "error",
    "A ClusterStorageContainer takes the policy on signatures from an object in the pod's namespace.",
    why="Kubernetes resolves a reference to a ConfigMap or a Secret in the namespace of each pod, so a tenant chooses "
    "whose signatures count. Without the object there is no policy at all, or no pod.",
    example=storage(f"{_POLICY}    valueFrom:\n      configMapKeyRef: {{name: policy, key: policy.json}}\n"),
    remedy="Write the policy as the variable's value, as the chart and `kitserve render` do.",
)
REFUSED_POLICY = Code(
    "KS199",
    "error",
    "The initializer refuses a policy on signatures.",
    why="It ends with exit code 3 rather than serve by a policy that it can't read, so no pod starts "
    "(image/kitserve_initializer/trust/rules/policy_document.py).",
    example=storage(f'{_POLICY}    value: \'{{"unmatched": "refuse"}}\'\n'),
    remedy="Correct what the message names, or let the chart or `kitserve render` write the policy.",
)

_ENV: Path = ("spec", "container", "env")


def _policies_are_the_administrators(item: Data) -> Iterator[Problem]:
    for path, variable in _policies(item):
        if variable.get("valueFrom"):
            message = "the tenant of the pod's namespace would choose whose signatures count"
            yield TENANTS_POLICY.problem(
                message, path=(*path, "valueFrom"), hint="write the policy as its value"
            )


def _policies_can_be_read(item: Data) -> Iterator[Problem]:
    for path, variable in _policies(item):
        if found := _fault(text(variable, ("value",))):
            message, hint = (
                f"the initializer refuses this policy: {found}",
                "correct it, or render it from values",
            )
            yield REFUSED_POLICY.problem(message, path=(*path, "value"), hint=hint)


def _policies(item: Data) -> Iterator[tuple[Path, Data]]:
    yield from ((path, each) for path, each in maps(item, _ENV) if text(each, ("name",)) == _VARIABLE)


def _fault(policy: str) -> str:
    """Return why the initializer refuses a policy in JSON; nothing if it doesn't.

    The initializer's own parser says it of all but keys and root, which the rules for values know.
    """
    if not policy:
        return ""
    if fault := policy_fault(policy):
        return fault.message.removeprefix(f"{_VARIABLE}: ")
    values = merge_defaults(defaults(), {"verification": json.loads(policy)})
    problems = [] if value_schema.check(values) else _ruled(values)
    return f"{problems[0].dotted}: {problems[0].message}" if problems else ""


def _ruled(values: Data) -> list[Problem]:
    seen = view(values)
    return [problem for rule in verification.RULES for problem in rule(seen)]


RULES = (ObjectRule(_policies_are_the_administrators), ObjectRule(_policies_can_be_read))

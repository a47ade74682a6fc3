"""Go templates in LLMInferenceServiceConfigs: KServe's webhook fills them in for a service of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds import structures
from kitserve.crds.examples import llm
from kitserve.crds.lookup import Data
from kitserve.crds.node import Node
from kitserve.problems import Code, Path, Problem

TEMPLATE = Code(
    "KS279",
    "error",
    "A template in an LLMInferenceServiceConfig can't be filled in.",
    why="The whole configuration is one Go template, as JSON, which the webhook fills in for a sample service "
    "(ReplaceVariables in pkg/controller/v1alpha2/llmisvc/config_merge.go). So text in a template is in backquotes.",
    example=llm("template: {containers: [{name: main, args: ['{{ .Spec.Modle.Name }}']}]}\n").replace(
        "kind: LLMInferenceService", "kind: LLMInferenceServiceConfig"
    ),
    remedy="Name fields as Go does, such as `.Spec.Model.Name`.",
)
_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")
_FIELD = re.compile(r"(?<![\w)$])(?:\.[A-Za-z_]\w*)+")
_KNOWN = frozenset(
    {
        *("if", "else", "end", "range", "with", "define", "template", "block", "break", "continue"),
        *("true", "false", "nil", "and", "or", "not", "len", "index", "slice", "html", "js", "call"),
        *("print", "printf", "println", "urlquery", "eq", "ne", "lt", "le", "gt", "ge", "ChildName"),
    }
)


@dataclass(frozen=True)
class _Language:
    """What the templates of some versions know: functions besides those of all, and fields of `.GlobalConfig`."""

    functions: frozenset[str]
    settings: frozenset[str]


_GATEWAY = ("SystemNamespace", "IngressGatewayName", "IngressGatewayNamespace")
_TLS = ("EnableTLS", "ModelBasedRoutingHeaderName")
_FIRST = _Language(frozenset(), frozenset({*_GATEWAY, "StorageConfig", "CredentialConfig"}))
_SEVENTEEN = _Language(frozenset(), frozenset(_GATEWAY))
_NINETEEN = _Language(frozenset({"shutdownTimeout"}), frozenset({*_GATEWAY, *_TLS}))
_TWENTY = _Language(
    frozenset({"shutdownTimeout", "kvTransferConfig"}),
    frozenset({*_GATEWAY, *_TLS, "InferencePoolNamespacedName"}),
)
_MOVING = re.compile(r"\{\{-?\s*(range|with|define|template|block)\b")
"""Actions after which a field isn't the service's."""
_ROOT = frozenset(
    {
        *("LLMInferenceService", "TypeMeta", "ObjectMeta", "Spec", "Status", "GlobalConfig", "Kind"),
        *("APIVersion", "Name", "GenerateName", "Namespace", "SelfLink", "UID", "ResourceVersion"),
        *("Generation", "CreationTimestamp", "DeletionTimestamp", "DeletionGracePeriodSeconds"),
        *("Labels", "Annotations", "OwnerReferences", "Finalizers", "ManagedFields"),
    }
)
_METHOD = re.compile(r"(Get|Has|Is|Set|Managed|Deep|String)")


def _templates_are_right(language: _Language, item: Data) -> Iterator[Problem]:
    found = [(path, text) for path, text in _texts(item, ()) if "{{" in text]
    moving = any(_MOVING.search(text) for _, text in found)
    for path, text in found:
        for message in _wrong(text, language, moving=moving):
            yield TEMPLATE.problem(message, path=path)


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    # A URI is escaped before the template is read.
    if isinstance(value, str) and path[-1] != "uri":
        yield path, value
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in held:
        yield from _texts(child, (*path, step))


def _wrong(text: str, language: _Language, *, moving: bool) -> Iterator[str]:
    """Yield what is wrong with the actions of a text."""
    if "{{" in _ACTION.sub("", text):
        yield "an action that begins with {{ doesn't end with }}"
    for action in _ACTION.findall(text):
        if action.strip("- ").startswith("/*"):
            continue
        if '"' in action:
            yield "text in an action is in backquotes, because the template is JSON"
            continue
        words = re.sub(r"`[^`]*`", " ", action)
        if unknown := [name for name in _NAME.findall(words) if name not in _KNOWN | language.functions]:
            yield f"KServe's templates have no function {unknown[0]}"
        fields = [] if moving else _FIELD.findall(words)
        yield from (f"a template has no field {name}" for name in fields if not _is_field(name, language))


def _is_field(name: str, language: _Language) -> bool:
    first, *steps = name[1:].split(".")
    if first == "GlobalConfig" and steps:
        return steps[0] in language.settings
    if first != "Spec":
        return first in _ROOT or _METHOD.match(first) is not None
    return any(_leads_somewhere(root, steps) for root in _specs())


def _leads_somewhere(node: Node, steps: list[str]) -> bool:
    """Return whether Go's names lead to a field, or to what the structure doesn't say."""
    for step in steps:
        below = {key.lower(): child for key, child in node.properties.items()}
        if not below or _METHOD.match(step):
            return True
        if step != "WorkloadSpec":
            if step.lower() not in below or not step[0].isupper():
                return False
            node = below[step.lower()]
    return True


@cache
def _specs() -> tuple[Node, ...]:
    """Return the structures of a service's `spec` in all versions."""
    kinds = [structures.kinds(version) for version in structures.versions()]
    roots = [root for known in kinds for name, root in known.items() if name.endswith("/LLMInferenceService")]
    return tuple(root.properties["spec"] for root in roots)


RULES = (
    ObjectRule(partial(_templates_are_right, _FIRST), until="0.17"),
    ObjectRule(partial(_templates_are_right, _SEVENTEEN), since="0.17", until="0.19"),
    ObjectRule(partial(_templates_are_right, _NINETEEN), since="0.19", until="0.20"),
    ObjectRule(partial(_templates_are_right, _TWENTY), since="0.20"),
)

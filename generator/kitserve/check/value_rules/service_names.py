"""Rules for the names and groups of services; the chart's twin is in _names.tpl."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from kitserve.problems import Code, Problem, nearest
from kitserve.render.manifests.llm.llminferenceservice import services as llm_services
from kitserve.render.manifests.metadata import named
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kitserve.problems import Path
    from kitserve.render.manifests.inferenceservice import Services
    from kitserve.values.types import Values

_IRIS = "{modelFormat: {name: sklearn}, storageUri: 'kit://registry.example.com/iris:v1'"

NAME_TWICE = Code(
    "KS302",
    "error",
    "Two services of one kind would have the same name in one namespace.",
    why="A service is called as its key, or by `name`. Helm refuses a release that has an object twice, and a cluster "
    "would keep only the second.",
    example=f"inferenceServices:\n  iris: {_IRIS}}}\n  other: {_IRIS}, name: iris}}\n",
    remedy="Give them different names, or different namespaces.",
)
NO_GROUP = Code(
    "KS303",
    "error",
    "A service names a group that `serviceGroups` doesn't have.",
    why="The service would be without the namespace, the service account and the other values that its group has for "
    "it.",
    example=f"inferenceServices:\n  iris: {_IRIS}, group: team-a}}\n",
    remedy="Write the name of an entry of `serviceGroups`, or leave `group` out.",
)
CODES = (NAME_TWICE, NO_GROUP)
_COMPARED = 50
"""Groups that an unknown one is compared with."""


def check_names(values: Values, found: Services, namespace: str) -> Iterator[Problem]:
    """Yield the problems of the services' names and groups; `namespace` is the release's, empty if nobody knows it."""
    home = values.namespaceOverride or namespace
    kinds = {
        "inferenceServices": {service.key: service.entry for service in found},
        "llmInferenceServices": {key: given(service) for key, service in llm_services(values)},
    }
    groups = values.serviceGroups
    for kind, entries in kinds.items():
        known = {key: entry for key, entry in entries.items() if _has_group(entry, groups)}
        for key in sorted(entries.keys() - known.keys()):
            close = nearest(entries[key]["group"], [*islice(groups, _COMPARED)])
            hint = f"did you mean {close}?" if close else "name an entry of serviceGroups"
            yield NO_GROUP.problem("serviceGroups has no such group", path=(kind, key, "group"), hint=hint)
        yield from _named_once(kind, known, home)


def in_groups(found: Services, values: Values) -> Services:
    """Return the services without those whose group there isn't: what they lack may be the group's."""
    groups = values.serviceGroups
    return tuple(each for each in found if _has_group(each.entry, groups))


def _has_group(entry: Mapping[str, Any], groups: Collection[str]) -> bool:
    return not entry.get("group") or entry["group"] in groups


def _named_once(kind: str, entries: Mapping[str, Any], home: str) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for key, entry in sorted(entries.items()):
        other = first.setdefault((entry.get("namespace") or home, named(key, entry)), key)
        if other != key:
            message = f"the service {other} has this name and namespace"
            also: tuple[Path, ...] = ((kind, other, *(("name",) if entries[other].get("name") else ())),)
            yield NAME_TWICE.problem(
                message, path=(kind, key, "name"), hint="give it another name or namespace", also=also
            )

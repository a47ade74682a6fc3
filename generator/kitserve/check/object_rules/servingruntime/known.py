"""The runtimes that services find: KServe's own, and those among some objects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.quantities import amounts
from kitserve.crds import structures
from kitserve.crds.lookup import Data, at, items, mapping, text
from kitserve.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

_NEAR = 0.9
_RUNTIME_KINDS = ("ClusterServingRuntime", "ServingRuntime")
_MANY = 1000
"""Runtimes with their formats and protocols: KServe brings a tenth of it, and no cluster has more."""


@dataclass(frozen=True)
class Runtime:
    """The formats and protocols of a runtime, and its resources."""

    name: str
    formats: tuple[tuple[str, str, bool], ...]
    protocols: tuple[str, ...]
    nodes: bool
    resources: dict[str, Any]

    def takes(self, form: str, version: str, *, chosen: bool) -> bool:
        """Return whether it serves a format and version; unless `chosen`, it must select the format automatically."""
        return any(
            form == own and version in {"", of} and (chosen or selected) for own, of, selected in self.formats
        )

    def speaks(self, protocol: str) -> bool:
        """Return whether it has a protocol; a runtime that lists none has all."""
        return not protocol or not self.protocols or protocol in self.protocols


class Runtimes:
    """The runtimes that services find: KServe's own, and those among some objects.

    What many services ask is looked for once: thousands of both may stand in one file.
    """

    def __init__(self, known: list[Runtime]) -> None:
        self._known = known
        self._named: dict[str, list[Runtime]] = {}
        self._by_form: dict[str, list[Runtime]] = {}
        for runtime in known:
            self._named.setdefault(runtime.name, []).append(runtime)
            for form in dict.fromkeys(form for form, _, _ in runtime.formats):
                self._by_form.setdefault(form, []).append(runtime)
        self.forms = sorted({form for runtime in known for form, _, selected in runtime.formats if selected})
        self._alike: dict[str, str] = {}
        self._found: dict[tuple[str, str, str, bool], Candidates] = {}

    @property
    def are_few(self) -> bool:
        """Whether all services can be compared with all of them."""
        return sum(1 + len(runtime.formats) + len(runtime.protocols) for runtime in self._known) <= _MANY

    def like(self, name: str) -> str:
        """Return the name of a runtime of which another is a misspelling; empty without one. `NAME-2` is none."""
        if name not in self._alike:
            close = nearest(name, list(self._named), _NEAR)
            self._alike[name] = "" if name.startswith(f"{close}-") else close
        return self._alike[name]

    def named(self, name: str) -> list[Runtime]:
        """Those of a name."""
        return self._named.get(name, [])

    def of_format(self, form: str) -> list[Runtime]:
        """Those that have a format, in whatever version."""
        return self._by_form.get(form, [])

    def candidates(self, form: str, version: str, protocol: str, *, nodes: bool) -> Candidates:
        """Those among which KServe chooses."""
        asked = (form, version, protocol, nodes)
        if asked not in self._found:
            self._found[asked] = Candidates(
                runtime
                for runtime in self.of_format(form)
                if runtime.takes(form, version, chosen=False)
                and runtime.speaks(protocol)
                and runtime.nodes == nodes
            )
        return self._found[asked]


class Candidates:
    """Runtimes of which one serves, and what is known of their limits."""

    def __init__(self, found: Iterable[Runtime]) -> None:
        self._found = list(found)
        self.has_nodes = any(runtime.nodes for runtime in self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    @cached_property
    def limits(self) -> dict[str, Fraction]:
        """The largest limit of each resource that all of them limit."""
        limits = [amounts(mapping(runtime.resources, ("limits",))) for runtime in self._found]
        counts = Counter(name for each in limits for name in each)
        largest: dict[str, Fraction] = {}
        for each in limits:
            for name, limit in each.items():
                if counts[name] == len(limits):
                    largest[name] = max(limit, largest.get(name, limit))
        return largest


def runtimes(found: list[Data], version: str) -> Runtimes:
    """KServe's own runtimes, and those among some objects."""
    known = [
        Runtime(
            name,
            tuple((form, of, auto) for form, of, auto, _ in facts["formats"]),
            tuple(facts["protocols"]),
            facts["nodes"],
            facts,
        )
        for name, facts in structures.runtimes(version).items()
    ]
    return Runtimes(known + [runtime for item in found if (runtime := runtime_of(item))])


def runtime_of(item: Data) -> Runtime | None:
    """Return the runtime that an object is; None for another object, and for a runtime that is disabled."""
    if item["kind"] not in _RUNTIME_KINDS or at(item, ("spec", "disabled")) is True:
        return None
    forms = [form for form in items(item, ("spec", "supportedModelFormats")) if isinstance(form, dict)]
    return Runtime(
        text(item, ("metadata", "name")),
        tuple(
            (text(form, ("name",)), text(form, ("version",)), form.get("autoSelect") is True)
            for form in forms
        ),
        tuple(word for word in items(item, ("spec", "protocolVersions")) if isinstance(word, str)),
        isinstance(at(item, ("spec", "workerSpec")), dict),
        mapping(item, ("spec", "containers", 0, "resources")),
    )

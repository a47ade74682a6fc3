"""ClusterStorageContainers that take the same URIs, among themselves and with KServe's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from kitserve.check.object_rules.go_regexp.common_match import is_common
from kitserve.check.object_rules.rule import has
from kitserve.check.object_rules.storagecontainer.matching import FORMATS, WORKLOADS
from kitserve.crds.examples import storage
from kitserve.crds.lookup import Data, maps, text
from kitserve.problems import Code, Path, Problem

SAME_PREFIX = Code(
    "KS115",
    "error",
    "Two ClusterStorageContainers match the same URIs.",
    why="KServe uses the first match in the order of its cache, which is undefined: it prefers "
    "neither the longest prefix nor the oldest object (GetContainerSpecForStorageUri in "
    "pkg/webhook/admission/pod/storage_initializer_injector.go). A pod may start with either of "
    "them.",
    example=f"{storage()}---\n{storage(name='other')}",
    remedy="Keep one of them, give them prefixes that don't overlap, or choose one with "
    "`spec.predictor.storageContainerName` (KServe 0.20).",
)
KSERVES_URIS = Code(
    "KS129",
    "warning",
    "A ClusterStorageContainer matches URIs that KServe's own one, `default`, matches too.",
    why="KServe uses the first match in the order of its cache, which is undefined, so a pod may start with either of "
    "them (config/storagecontainers/default.yaml, GetContainerSpecForStorageUri in "
    "pkg/webhook/admission/pod/storage_initializer_injector.go).",
    example=storage(formats="  supportedUriFormats:\n    - prefix: s3://\n"),
    remedy="Leave these URIs to KServe, set `disabled: true` in `default`, or choose one with "
    "`spec.predictor.storageContainerName` (KServe 0.20).",
)

_KSERVES = "default"
_KSERVES_FORMATS = (
    *(("gs://", ""), ("s3://", ""), ("hdfs://", ""), ("hf://", ""), ("webhdfs://", "")),
    ("", "https://(.+?).blob.core.windows.net/(.+)"),
    ("", "https://(.+?).file.core.windows.net/(.+)"),
    ("", "https?://(.+)/(.+)"),
)
"""The formats of config/storagecontainers/default.yaml, since KServe 0.15."""
_NEWER_FORMATS = {"0.21": (("modelscope://", ""),)}
"""Those that came later, each with its version of KServe."""
_SCHEME = re.compile(r"\^?([a-z][a-z0-9?]{0,11})://")
_BEGINNING = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(://.*|:/?)?\Z", re.DOTALL)
_MOST = 100
"""Pairs of formats that are compared where a regular expression is one of them: no cluster has a tenth of it."""


@dataclass(frozen=True)
class _Format:
    """A format of an object: what it matches, its path, and the object's index and name."""

    number: int
    name: str
    path: Path
    prefix: str = ""
    regex: str = ""

    @property
    def pattern(self) -> str:
        """The regular expression for what the format matches."""
        return "^" + re.sub(r"([^A-Za-z0-9])", r"\\\1", self.prefix) if self.prefix else self.regex

    def meets(self, other: "_Format") -> bool:
        """Return whether some URI matches both."""
        if self.prefix and other.prefix:
            return self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        prefix, regex = (self.prefix, other.regex) if self.prefix else (other.prefix, self.regex)
        return not _differ(prefix, regex) and is_common(self.pattern, other.pattern)


def _differ(prefix: str, regex: str) -> bool:
    """Return whether a prefix and a regular expression begin with two schemes: it is seen at once, and usual."""
    scheme, begun, _ = prefix.partition(":")
    if prefix and not _BEGINNING.match(prefix):
        return True  # no URI begins so
    found = _SCHEME.match(regex) if begun else None
    return bool(found) and not re.fullmatch(found[1] if found else "", scheme)


def is_for_pods(item: Data) -> bool:
    """Return whether an object is a ClusterStorageContainer that KServe uses for pods."""
    return _is_used(item) and _workload(item) == WORKLOADS[0]


def takes(item: Data, uri: str) -> bool:
    """Return whether a ClusterStorageContainer matches a URI."""
    asked = _Format(0, "", (), prefix=uri)
    return any(
        uri.startswith(each.prefix) if each.prefix else each.meets(asked) for each in _formats(0, item)
    )


def overlaps(found: list[Data], version: str) -> Iterator[tuple[int, Problem]]:
    """Yield each object that matches URIs of an earlier one, or of KServe's, with its index."""
    by_workload: dict[str, list[_Format]] = {}
    for number, item in enumerate(found):
        if _is_used(item):
            by_workload.setdefault(_workload(item), []).extend(_formats(number, item))
    for formats in by_workload.values():
        yield from _with_each_other(formats, version)
    names = {text(item, ("metadata", "name")) for item in found if item["kind"] == "ClusterStorageContainer"}
    if _KSERVES not in names:
        yield from _with_kserves(by_workload.get(WORKLOADS[0], []), version)


def _is_used(item: Data) -> bool:
    return item["kind"] == "ClusterStorageContainer" and item.get("disabled") is not True


def _workload(item: Data) -> str:
    return text(item, ("spec", "workloadType")) or WORKLOADS[0]


def _formats(number: int, item: Data) -> Iterator[_Format]:
    name = text(item, ("metadata", "name"))
    for path, form in maps(item, FORMATS):
        if prefix := text(form, ("prefix",)):
            yield _Format(number, name, (*path, "prefix"), prefix=prefix)
        elif regex := text(form, ("regex",)):
            yield _Format(number, name, (*path, "regex"), regex=regex)


def _with_each_other(formats: list[_Format], version: str) -> Iterator[tuple[int, Problem]]:
    told: set[tuple[int, Path, str]] = set()
    for one, other in chain(_nested_prefixes(formats), _common_matches(formats)):
        earlier, later = sorted((one, other), key=lambda each: each.number)
        if (meeting := (later.number, later.path, earlier.name)) not in told:
            told.add(meeting)
            choose = ", or choose by spec.predictor.storageContainerName" if has(version, "0.20") else ""
            message = f"{earlier.name} matches these URIs too"
            yield (
                later.number,
                SAME_PREFIX.problem(message, path=later.path, hint=f"keep one of them{choose}"),
            )


def _nested_prefixes(formats: list[_Format]) -> Iterator[tuple[_Format, _Format]]:
    """In the order of the alphabet what begins with a prefix comes right behind it."""
    entries: dict[tuple[str, str], _Format] = {}
    for each in formats:
        if each.prefix:
            entries.setdefault((each.prefix, each.name), each)
    above: list[_Format] = []
    for prefix, name in sorted(entries):
        entry = entries[prefix, name]
        while above and not prefix.startswith(above[-1].prefix):
            above.pop()
        yield from ((other, entry) for other in above if other.name != name)
        above.append(entry)


def _common_matches(formats: list[_Format]) -> Iterator[tuple[_Format, _Format]]:
    """Yield the pairs of formats that match a URI in common, one of them at least a regular expression."""
    pairs = (
        (one, other)
        for number, one in enumerate(formats)
        if one.regex
        for index, other in enumerate(formats)
        if other.name != one.name and (other.prefix or index > number)
    )
    yield from ((one, other) for one, other in islice(pairs, _MOST) if one.meets(other))


def _kserves_formats(version: str) -> Iterator[tuple[str, str]]:
    yield from _KSERVES_FORMATS
    yield from chain(*(forms for since, forms in _NEWER_FORMATS.items() if has(version, since)))


def _with_kserves(formats: list[_Format], version: str) -> Iterator[tuple[int, Problem]]:
    own = [_Format(-1, _KSERVES, (), *form) for form in _kserves_formats(version)]
    choose = "choose by spec.predictor.storageContainerName" if has(version, "0.20") else "disable KServe's"
    left = _MOST
    for each in formats:
        seen = [other for other in own if each.prefix and other.prefix]
        compared = [other for other in own if other not in seen and not _differ(each.prefix, other.regex)]
        left -= len(compared)
        if any(each.meets(other) for other in (*seen, *(compared if left >= 0 else ()))):
            message = "KServe's own ClusterStorageContainer, default, matches these URIs too"
            hint = f"leave them to KServe's, or {choose}"
            yield each.number, KSERVES_URIS.problem(message, path=each.path, hint=hint)

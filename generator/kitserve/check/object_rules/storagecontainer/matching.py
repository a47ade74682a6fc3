"""How KServe finds a ClusterStorageContainer: by its workload and the formats of its URIs."""

import re
from collections.abc import Iterator
from functools import partial

from kitserve.check.object_rules import go_regexp
from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import storage
from kitserve.crds.lookup import Data, at, maps, text
from kitserve.problems import Code, Path, Problem

IMPLICIT = Code(
    "KS112",
    "warning",
    "A field relies on a default: `workloadType` or `supportsMultiModelDownload` of a "
    "ClusterStorageContainer, `mountPath` in `storageUris`.",
    why="KServe's minimal CRDs (chart kserve-crd-minimal) have no defaults. Without `workloadType` "
    "KServe never uses the object, without `supportsMultiModelDownload` the controller panics on "
    "a service with `storageUris` (pkg/apis/serving/v1alpha1/storage_container_types.go), and "
    "without a path KServe's webhook refuses the service "
    "(pkg/apis/serving/v1beta1/inference_service_validation.go).",
    example=storage().replace("  workloadType: initContainer\n", ""),
    remedy="Write the fields: `initContainer`, `true`, and `/mnt/models` for `mountPath`.",
)
WORKLOAD = Code(
    "KS113",
    "error",
    "KServe doesn't know a `workloadType`.",
    why="KServe knows `initContainer` and `localModelDownloadJob`, and no CRD restricts the field: "
    "KServe never uses an object with another word "
    "(pkg/apis/serving/v1alpha1/storage_container_types.go).",
    example=storage().replace("initContainer", "InitContainer"),
    remedy="Write `initContainer`, or `localModelDownloadJob` for the jobs of a LocalModelCache.",
)
NEVER_MATCHES = Code(
    "KS114",
    "error",
    "A URI format has neither prefix nor regex.",
    why="It matches no URI (IsStorageUriSupported in pkg/apis/serving/v1alpha1/storage_container_types.go).",
    example=storage(formats="  supportedUriFormats:\n    - {}\n"),
    remedy="Write `prefix: kit://`.",
)
BAD_REGEX = Code(
    "KS120",
    "error",
    "Go's RE2 can't read a regular expression.",
    why="KServe tries all ClusterStorageContainers one by one and stops at the first invalid "
    "expression, so other teams' pods don't start either (IsStorageUriSupported in "
    "pkg/apis/serving/v1alpha1/storage_container_types.go). RE2 has no look-around and no "
    "backreferences.",
    example=storage(formats="  supportedUriFormats:\n    - regex: ^kit://(?!private)\n"),
    remedy="Use `prefix`, or an expression of https://github.com/google/re2/wiki/Syntax.",
)
UNANCHORED = Code(
    "KS121",
    "warning",
    "A regular expression doesn't begin with `^`.",
    why="KServe searches for a match anywhere in the URI: `kit://` would also match "
    "`s3://bucket/kit://x` (IsStorageUriSupported in "
    "pkg/apis/serving/v1alpha1/storage_container_types.go).",
    example=storage(formats="  supportedUriFormats:\n    - regex: kit://.+\n"),
    remedy="Begin it with `^`.",
)
WORKLOADS = ("initContainer", "localModelDownloadJob")
FORMATS: Path = ("spec", "supportedUriFormats")
# KServe's own begins with `https://`, which is no part of a kit:// URI that people write.
_OTHER_SCHEME = re.compile(r"(?!kit)[a-z][a-z0-9+.?-]*://")


def _is_explicit(field: str, usual: str, item: Data) -> Iterator[Problem]:
    if isinstance(item.get("spec"), dict) and item["spec"].get(field) is None:
        message = "KServe's minimal CRDs set no default for this"
        yield IMPLICIT.problem(message, path=("spec", field), hint=f"write {field}: {usual}")


def _workload_is_known(item: Data) -> Iterator[Problem]:
    workload = at(item, ("spec", "workloadType"))
    if isinstance(workload, str) and workload not in WORKLOADS:
        hint = f"one of {', '.join(WORKLOADS)}"
        yield WORKLOAD.problem("KServe never uses this", path=("spec", "workloadType"), hint=hint)


def _formats_match_something(item: Data) -> Iterator[Problem]:
    for path, form in maps(item, FORMATS):
        if not form.get("prefix") and not form.get("regex"):
            yield NEVER_MATCHES.problem("this matches no URI", path=path, hint="such as `prefix: kit://`")


def _regexes_are_anchored_re2(item: Data) -> Iterator[Problem]:
    for path, form in maps(item, FORMATS):
        regex = text(form, ("regex",))
        if not regex or form.get("prefix"):
            continue
        if fault := go_regexp.fault(regex):
            yield BAD_REGEX.problem(f"Go's RE2 can't read this: {fault}", path=(*path, "regex"))
        elif not regex.startswith(("^", r"\A")) and not _OTHER_SCHEME.match(regex):
            message = "KServe looks for this anywhere in a URI"
            yield UNANCHORED.problem(message, path=(*path, "regex"), hint="begin it with ^")


RULES = (
    ObjectRule(partial(_is_explicit, "workloadType", "initContainer")),
    ObjectRule(partial(_is_explicit, "supportsMultiModelDownload", "true"), since="0.16"),
    ObjectRule(_workload_is_known),
    ObjectRule(_formats_match_something),
    ObjectRule(_regexes_are_anchored_re2),
)

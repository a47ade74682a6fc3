"""The groups in which the values are shown, by the reader's question."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Top-level values that belong together."""

    title: str
    introduction: str
    keys: tuple[str, ...]


GROUPS = (
    Group(
        "Models to serve",
        "What most values files are about: which ModelKits are served, and how.",
        ("inferenceServices", "inferenceServiceDefaults", "serviceGroups", "llmInferenceServices"),
    ),
    Group(
        "The initializer",
        "Its image, and what it unpacks.",
        (
            "image",
            "resources",
            "unpackFlags",
            "layout",
            "allowPatterns",
            "ignorePatterns",
            "serviceAnnotations",
            "engine",
            "verifyAgain",
            "logFormat",
            "extraEnv",
            "securityContext",
        ),
    ),
    Group(
        "Access to registries",
        "Logins, clouds, proxies and certificates.",
        (
            "credentials",
            "imagePullSecrets",
            "imageMirrors",
            "serviceAccounts",
            "aws",
            "google",
            "proxy",
            "tls",
            "firstByteSeconds",
        ),
    ),
    Group("Signatures", "Whose ModelKits may be served.", ("verification", "allowParentsByTag")),
    Group(
        "Models that nodes keep",
        "Images of ModelKits, and KServe's local models.",
        ("imageVolumes", "localModels"),
    ),
    Group(
        "All objects",
        "Names and labels, the object that teaches KServe `kit://`, and objects of your own.",
        (
            "clusterStorageContainer",
            "nameOverride",
            "namespaceOverride",
            "standardLabels",
            "commonLabels",
            "commonAnnotations",
            "extraObjects",
        ),
    ),
    Group("Helm", "Tests, and use as a subchart.", ("test", "global", "enabled")),
)


def grouped(keys: Iterable[str]) -> Iterator[tuple[Group, list[str]]]:
    """Yield each group with those of the keys that are in it; what is in no group goes with the last but one."""
    left = list(keys)
    known = {key for group in GROUPS for key in group.keys}
    for group in GROUPS:
        own = [key for key in group.keys if key in left]
        others = [key for key in left if key not in known] if group is GROUPS[-2] else []
        yield group, own + others

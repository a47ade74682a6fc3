"""Claims for volumes beside the services whose pods mount them."""

from collections.abc import Iterator

from kitserve.check.object_rules.imagevolume.sources import pods, sources
from kitserve.crds.examples import MODEL, service
from kitserve.crds.lookup import Data, items, maps, text, whole
from kitserve.problems import Code, Path, Problem

UNSHARED = Code(
    "KS187",
    "warning",
    "Several replicas mount a claim that one node, or one pod, may mount.",
    why="Pods on two nodes can't mount a claim with the access mode ReadWriteOnce: the second waits for the volume as "
    "long as the first runs (`Multi-Attach error`). Of ReadWriteOncePod that is so for any second pod "
    "(https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes).",
    example="apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: models}\n"
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n---\n"
    + service(
        "minReplicas: 2\n", model=MODEL.replace("kit://registry.example.com/iris:v1", "pvc://models/iris")
    ),
    remedy="Let the claim have ReadWriteMany, or ReadOnlyMany if nothing is written to it, or the service one replica.",
)
_ONE_AT_A_TIME = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})
_HINT = "give the claim ReadWriteMany, or the service one replica"


def unshared(found: list[Data]) -> Iterator[tuple[int, Problem]]:
    """Yield each service with several replicas and a claim among the objects that they can't share, with its index."""
    claims = {_key(item): modes for item in found if (modes := _modes(item))}
    for number, item in enumerate(found if claims else ()):
        if item["kind"] != "InferenceService":
            continue
        namespace = text(item, ("metadata", "namespace"))
        for pod in pods(item):
            for name, place in _claims(item, pod) if (replicas := _replicas(item, pod)) else ():
                if held := claims.get((namespace, name)):
                    message = f"the claim {name} is {held[0]}, so that pods on several nodes can't mount it"
                    yield number, UNSHARED.problem(message, path=replicas, hint=_HINT, also=(place,))


def _key(item: Data) -> tuple[str, str]:
    return text(item, ("metadata", "namespace")), text(item, ("metadata", "name"))


def _modes(item: Data) -> list[str]:
    """Return a claim's access modes if one node or one pod may mount it; nothing for any other object."""
    if item["kind"] != "PersistentVolumeClaim":
        return []
    modes = items(item, ("spec", "accessModes"))
    is_single = modes and all(mode in _ONE_AT_A_TIME for mode in modes if isinstance(mode, str))
    return [mode for mode in modes if isinstance(mode, str)] if is_single else []


def _replicas(item: Data, pod: Path) -> Path:
    """Return the field by which a component has, or may get, several replicas; empty without one."""
    paths = ((*pod, field) for field in ("maxReplicas", "minReplicas"))
    return next((path for path in paths if (whole(item, path) or 0) > 1), ())


def _claims(item: Data, pod: Path) -> Iterator[tuple[str, Path]]:
    """Yield the claims that a component's pods mount, each with its place."""
    for path, _ in maps(item, (*pod, "volumes")):
        place = (*path, "persistentVolumeClaim", "claimName")
        if name := text(item, place):
            yield name, place
    for source in sources(item, pod):
        if source.scheme == "pvc":
            yield source.uri.partition("://")[2].partition("/")[0], source.path

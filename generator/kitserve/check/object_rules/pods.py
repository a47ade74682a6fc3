"""Where objects of KServe's kinds describe pods and containers, for the rules of Kubernetes on both."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.lookup import Data, components, containers, is_modelmesh, maps
from kitserve.problems import Path, Problem

Check = Callable[[Data, Path], Iterator[Problem]]
"""A function from an object, and the path of a pod or a container in it, to what is wrong there."""


class PodRules(NamedTuple):
    """One check as the rules of each kind that describes pods."""

    of_service: tuple[ObjectRule, ...]
    of_runtime: tuple[ObjectRule, ...]
    of_storage_container: tuple[ObjectRule, ...]


def pod_rules(of_container: Check, of_pod: Check = lambda _item, _pod: iter(())) -> PodRules:
    """Return the rules that check every pod and every container; a ClusterStorageContainer has no pod of its own."""

    def of_service(item: Data) -> Iterator[Problem]:
        if is_modelmesh(item):
            return
        for pod in components(item):
            yield from of_pod(item, pod)
        for container in containers(item):
            yield from of_container(item, container)

    def of_runtime(item: Data) -> Iterator[Problem]:
        yield from of_pod(item, ("spec",))
        for container, _ in maps(item, ("spec", "containers")):
            yield from of_container(item, container)

    def of_storage_container(item: Data) -> Iterator[Problem]:
        yield from of_container(item, ("spec", "container"))

    return PodRules((ObjectRule(of_service),), (ObjectRule(of_runtime),), (ObjectRule(of_storage_container),))

"""A model's adapters: the CRD keeps them unchecked, because they are models again, and Go's types don't."""

from collections.abc import Iterator

from kitserve.crds.codes import FORM, TYPE
from kitserve.crds.go_url import is_url
from kitserve.crds.lookup import Data, at
from kitserve.crds.node import Node
from kitserve.crds.structural_schema.checker import Checker
from kitserve.crds.wording import kind_of
from kitserve.problems import Path, Problem

_MODEL: Path = ("spec", "model")
_ADAPTERS: Path = ("lora", "adapters")


def check_models(item: Data, root: Node) -> Iterator[Problem]:
    """Yield what Go can't read in the model of an LLMInferenceService or its configuration, and in its adapters."""
    spec = root.properties.get("spec")
    model = spec and spec.properties.get("model")
    if model and item["kind"].startswith("LLMInferenceService"):
        yield from _check(at(item, _MODEL), model, _MODEL)


def _check(value: object, node: Node, path: Path) -> Iterator[Problem]:
    uri = at(value, ("uri",))
    if isinstance(uri, str) and not is_url(uri):
        yield FORM.problem("this isn't a URI", path=(*path, "uri"), hint="such as hf://organisation/model")
    adapters = at(value, _ADAPTERS)
    if adapters is not None and not isinstance(adapters, list):
        yield TYPE.problem(f"expected a list, got {kind_of(adapters)}", path=(*path, *_ADAPTERS))
    for index, adapter in enumerate(adapters if isinstance(adapters, list) else ()):
        if adapter is not None:
            place: Path = (*path, *_ADAPTERS, index)
            found = Checker().check(adapter, node, place)
            yield from (problem for problem in found if problem.code == TYPE.code)
            yield from _check(adapter, node, place)

"""A KServe without a Go module: what its Python package adds to the CRDs of an earlier one.

The way is proven on 0.20, of which both are known: derived from 0.19, it has the fields that its module has.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from codegen.crds import DERIVED, changed
from codegen.derivation import Schema, Step, differences, is_derivable, root
from codegen.python_models import Models, read
from kitserve.crds import structures
from kitserve.crds.node import Node

OLDER = ("kserve==0.19.0", "kubernetes==34.1.0")
((EARLIER, KNOWN, NEWER),) = DERIVED.values()
LLMS = {
    f"serving.kserve.io/{version}/{kind}"
    for version in ("v1alpha1", "v1alpha2")
    for kind in ("LLMInferenceService", "LLMInferenceServiceConfig")
}
models = cache(read)


@cache
def schema(node: Node) -> Schema:
    """A node as a CRD has it, as far as fields and types go."""
    found = {
        "type": node.type,
        "properties": {name: schema(child) for name, child in node.properties.items()},
        "required": list(node.required),
        "items": node.items and schema(node.items),
        "additionalProperties": node.extra and schema(node.extra),
    }
    return {key: value for key, value in found.items() if value}


def schemas(version: str) -> dict[str, Schema]:
    return {name: schema(node) for name, node in structures.kinds(version).items()}


def places(found: Schema, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each place below one, with its type."""
    below = {f".{name}": child for name, child in found.get("properties", {}).items()}
    below |= {key: found[key] for key in ("items", "additionalProperties") if key in found}
    for name, child in below.items():
        yield f"{place}{name}", child.get("type", "")
        yield from places(child, f"{place}{name}")


def described(kinds: dict[str, Schema], of: Models) -> dict[str, set[tuple[str, str]]]:
    """The places of the kinds that the models describe."""
    return {name: set(places(kind)) for name, kind in kinds.items() if is_derivable(name, of)}


def test_models_have_the_fields_of_the_crds() -> None:
    known = models(KNOWN)
    found = [
        (name.rpartition("/")[2], *difference)
        for name, kind in schemas("0.20").items()
        for difference in differences(kind, root(name), known)
    ]

    # KServe takes these out of the CRD: a service has no ephemeral containers.
    assert found == [
        ("InferenceService", f"spec.{component}.ephemeralContainers", "only in the models")
        for component in ("explainer", "predictor", "transformer")
    ]


def test_what_the_models_dont_describe_is_known() -> None:
    assert {name for name in structures.kinds("0.20") if not is_derivable(name, models(KNOWN))} == LLMS


def test_0_20_derived_from_0_19_has_the_fields_of_its_module() -> None:
    known = models(KNOWN)
    derived = described(changed(schemas("0.19"), Step(models(OLDER), known)), known)
    released = described(schemas("0.20"), known)
    missing = {place for name, kind in released.items() for place, _ in kind - derived[name]}

    assert derived.keys() == released.keys()
    assert sum(len(kind - set(places(schemas("0.19")[name]))) for name, kind in released.items()) > 5000
    assert not [place for name, kind in derived.items() for place in kind - released[name]]
    # 0.20 leaves them in the new field, and takes them out elsewhere.
    assert {place.partition(".ephemeralContainers")[0] for place in missing} == {
        ".spec.canaryitems.predictor"
    }


@pytest.mark.parametrize(
    ("kind", "added"),
    [
        ("v1beta1/InferenceService", {".spec.tracing", ".spec.predictor.schedulingGroup"}),
        ("v1alpha1/ServingRuntime", {".spec.resourceClaims", ".spec.workerSpec.resourceClaims"}),
        ("v1alpha1/ClusterServingRuntime", {".spec.resourceClaims", ".spec.workerSpec.resourceClaims"}),
        ("v1alpha1/ClusterStorageContainer", set()),
    ],
)
def test_the_newest_version_is_derived_again_as_it_is_shipped(kind: str, added: set[str]) -> None:
    name = f"serving.kserve.io/{kind}"
    step = Step(models(KNOWN), models(NEWER))
    shipped, before = set(places(schemas("0.21")[name])), set(places(schemas("0.20")[name]))

    assert set(places(changed(schemas("0.20"), step)[name])) == shipped
    assert added <= {place for place, _ in shipped - before}
    assert bool(added) == (shipped != before)


def test_the_newest_package_has_no_further_kind() -> None:
    before, after = (
        {name for name, model in models(packages[:1]).items() if {"kind", "spec"} <= model.fields.keys()}
        for packages in (KNOWN, NEWER)
    )

    assert after == before

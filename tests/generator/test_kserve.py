"""The shipped structures are what KServe's released modules hold."""

import gzip
import json
import re
from importlib.resources import files

from kitserve import kserve
from kitserve.kserve import derive


def test_all_versions_are_small() -> None:
    assert kserve.versions() == ("0.15", "0.16", "0.17", "0.19", "0.20")
    assert len(files(kserve).joinpath(kserve.FILE).read_bytes()) < 300 * 1024


def expanded(number: int, nodes: list[kserve.Node]) -> kserve.Node:
    """A node with its children in place of their numbers, so that two tables can be compared."""
    node = dict(nodes[number])
    if "p" in node:
        node["p"] = {name: expanded(child, nodes) for name, child in node["p"].items()}
    return node | {key: expanded(node[key], nodes) for key in ("a", "i") if key in node}


def test_the_smallest_version_is_derived_again_as_it_is_shipped() -> None:
    (release,) = (release for release in derive.RELEASES if release.startswith("0.15."))
    found = json.loads(gzip.decompress(derive.pack(derive.facts((release,)))))

    assert found["versions"]["0.15"]["source"] == kserve.source("0.15")
    assert found["versions"]["0.15"]["runtimes"] == kserve.runtimes("0.15")
    assert {
        name: expanded(root, found["nodes"]) for name, root in found["versions"]["0.15"]["kinds"].items()
    } == {name: expanded(root, kserve.nodes()) for name, root in kserve.kinds("0.15").items()}


def test_facts_are_tied_to_released_modules() -> None:
    for version in kserve.versions():
        (release,) = (release for release in derive.RELEASES if release.startswith(f"{version}."))
        source = kserve.source(version)

        assert source["module"] == f"{derive.MODULE}@v{release}"
        assert {folder for folder in source if folder != "module"} == {derive.CRDS, derive.RUNTIMES}
        assert all(re.fullmatch("[0-9a-f]{64}", source[folder]) for folder in (derive.CRDS, derive.RUNTIMES))


def test_runtimes_serve_formats_by_protocols() -> None:
    runtimes = kserve.runtimes("0.20")

    assert runtimes["kserve-sklearnserver"]["formats"] == [["sklearn", "1", True, 1]]
    assert runtimes["kserve-mlserver"]["protocols"] == ["v2"]
    assert runtimes["kserve-huggingfaceserver-multinode"]["nodes"] is True
    assert "kserve-vllmserver" not in kserve.runtimes("0.19")

"""The shipped structures are what KServe's released modules hold."""

import gzip
import json
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
    assert {
        name: expanded(root, found["nodes"]) for name, root in found["versions"]["0.15"]["kinds"].items()
    } == {name: expanded(root, kserve.nodes()) for name, root in kserve.kinds("0.15").items()}

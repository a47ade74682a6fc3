"""The shipped structures are what KServe's released modules hold, and its Python packages where there is no module."""

import gzip
import json
import re
from dataclasses import asdict
from importlib.resources import files

from codegen import crds, go_module
from kitserve.crds import structures


def test_all_versions_are_small() -> None:
    assert structures.versions() == ("0.15", "0.16", "0.17", "0.19", "0.20", "0.21")
    assert structures.released() == structures.versions()[:-1]
    assert len(files(structures.__package__).joinpath(structures.FILE).read_bytes()) < 300 * 1024


def test_the_smallest_version_is_derived_again_as_it_is_shipped() -> None:
    (release,) = (release for release in go_module.RELEASES if release.startswith("0.15."))
    found = json.loads(gzip.decompress(crds.pack(crds.facts((release,)))))
    nodes = structures.decode(found["nodes"])

    assert found["versions"]["0.15"]["source"] == structures.source("0.15")
    assert found["versions"]["0.15"]["runtimes"] == structures.runtimes("0.15")
    assert {name: asdict(nodes[root]) for name, root in found["versions"]["0.15"]["kinds"].items()} == {
        name: asdict(root) for name, root in structures.kinds("0.15").items()
    }


def test_facts_are_tied_to_released_modules() -> None:
    for version in structures.released():
        (release,) = (release for release in go_module.RELEASES if release.startswith(f"{version}."))
        source = structures.source(version)

        assert source["module"] == f"{go_module.MODULE}@v{release}"
        assert {folder for folder in source if folder != "module"} == {go_module.CRDS, go_module.RUNTIMES}
        assert all(
            re.fullmatch("[0-9a-f]{64}", source[folder]) for folder in (go_module.CRDS, go_module.RUNTIMES)
        )


def test_runtimes_serve_formats_by_protocols() -> None:
    runtimes = structures.runtimes("0.20")

    assert runtimes["kserve-sklearnserver"]["formats"] == [["sklearn", "1", True, 1]]
    assert runtimes["kserve-mlserver"]["protocols"] == ["v2"]
    assert runtimes["kserve-huggingfaceserver-multinode"]["nodes"] is True
    assert "kserve-vllmserver" not in structures.runtimes("0.19")

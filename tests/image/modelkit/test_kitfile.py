"""The Kitfile is written as KitOps writes it: kitfiles.json holds configs and what Go's yaml.v3 3.0.1 made of them.

The YAML was encoded from structs with KitOps' fields, order and tags, with indent 2, as `kit unpack` does.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitserve_initializer.modelkit import kitfile
from kitserve_initializer.modelkit.kitfile_yaml import emitter
from kitserve_initializer.oci import manifest

CASES = json.loads((Path(__file__).parents[1] / "kitfiles.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_is_written_as_yaml_v3_does(case: dict[str, Any]) -> None:
    config = manifest.parse(json.dumps(case["config"]).encode())

    assert kitfile.read(config).yaml.decode() == case["kitfile"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_as_themselves(number: float) -> None:
    assert float(emitter.format_float(number)) == number

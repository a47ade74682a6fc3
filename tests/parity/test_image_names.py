"""The image of a ModelKit has one name: by kitserve, and by the chart's template in both helms."""

import json
import subprocess
from pathlib import Path

import pytest
from kitserve.render.manifests.image_volume import image
from kitserve_initializer.oci.reference import parse

from tests.cases import REPOSITORY
from tests.cases.image_names import NAMES, Named

TEMPLATE = REPOSITORY / "chart" / "templates" / "_imagevolume.tpl"
_NAMER = """{{- $images := dict }}
{{- range $name, $of := .Values.asked }}
{{- $_ := set $images $name (include "kitserve.imageOf" $of) }}
{{- end }}
images: {{ toJson $images }}
"""


@pytest.mark.parametrize("named", NAMES.values(), ids=NAMES)
def test_kitserve_names_an_image(named: Named) -> None:
    assert image(named.uri, named.layout, named.filters, named.labels) == named.image


@pytest.mark.parametrize("helm", ["helm3", "helm4"])
def test_the_chart_names_them_too(helm: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    asked = {name: [of.uri, of.layout, of.filters, of.labels] for name, of in NAMES.items()}
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: namer\nversion: 0.1.0\n")
    (tmp_path / "values.yaml").write_text(json.dumps({"asked": asked}))
    (tmp_path / "templates" / TEMPLATE.name).write_text(TEMPLATE.read_text())
    (tmp_path / "templates" / "out.yaml").write_text(_NAMER)
    command = [request.getfixturevalue(helm), "template", tmp_path]

    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout

    images = json.loads(out[out.index("images: ") :].removeprefix("images: "))
    assert images == {name: of.image for name, of in NAMES.items()}


@pytest.mark.parametrize("named", NAMES.values(), ids=NAMES)
def test_what_has_an_image_is_a_reference(named: Named) -> None:
    if named.image:
        assert parse(named.uri).registry == named.image.partition("/")[0]

"""What an SBOM says of itself depends on what it says of the image."""

import json
from pathlib import Path
from typing import Any

from release.artifacts.layout import blob, combine, platforms, view
from release.statements.sbom import settled
from tests.release.layouts import layout

DOCUMENT: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "serialNumber": "urn:uuid:1c1a1e50-0000-4000-8000-000000000000",
    "metadata": {"timestamp": "2026-11-26T00:00:00Z", "component": {"name": "kitserve-initializer"}},
    "components": [{"name": "urllib3", "version": "2.8.0"}],
}
SECONDS = 1_800_000_000


def test_another_run_s_sbom_of_the_same_image_is_the_same() -> None:
    later = DOCUMENT | {
        "serialNumber": "urn:uuid:2c1a1e50-0000-4000-8000-000000000000",
        "metadata": DOCUMENT["metadata"] | {"timestamp": "2026-11-27T00:00:00Z"},
    }

    once = settled(DOCUMENT, SECONDS)

    assert once == settled(later, SECONDS)
    assert once["metadata"]["timestamp"] == "2027-01-15T08:00:00+00:00"
    assert (once["components"], once["metadata"]["component"]) == (
        DOCUMENT["components"],
        DOCUMENT["metadata"]["component"],
    )


def test_another_image_s_sbom_has_another_number() -> None:
    other = DOCUMENT | {"components": []}

    assert settled(DOCUMENT, SECONDS)["serialNumber"] != settled(other, SECONDS)["serialNumber"]


def test_a_scanner_sees_one_platform_at_a_time(tmp_path: Path) -> None:
    both = layout(tmp_path / "both", {"linux/amd64": {"a": b"1"}, "linux/arm64": {"a": b"2"}})
    combine(both, "v1", {})
    digest = platforms(both)["linux/arm64"]
    one = tmp_path / "one"
    one.mkdir()

    view(both, digest, one)

    (named,) = json.loads((one / "index.json").read_text())["manifests"]
    assert named["digest"] == digest
    assert blob(one, digest) == blob(both, digest)

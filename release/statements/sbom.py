"""What is in an image and behind a package: CycloneDX, by syft."""

import json
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from release.artifacts.layout import platforms, view
from release.plan import IMAGE, TARGETS, Dist, Plan
from release.programs import run

SILENT = {"SYFT_CHECK_FOR_APP_UPDATE": "false"}


def write(plan: Plan, dist: Dist) -> None:
    """Write an SBOM for each target and platform of the image."""
    for target in TARGETS:
        layout = dist.layout(target)
        for platform, digest in platforms(layout).items():
            document = settled(_scanned(layout, digest, plan.tag(target)), plan.commit.seconds)
            text = json.dumps(document, indent=1, sort_keys=True) + "\n"
            dist.sbom(name(target, platform, plan.version)).write_text(text)


def _scanned(layout: Path, manifest: str, version: str) -> dict[str, Any]:
    options = ["--quiet", f"--source-name={IMAGE}", f"--source-version={version}", "--output=cyclonedx-json"]
    with tempfile.TemporaryDirectory() as folder:
        view(layout, manifest, Path(folder))
        found: dict[str, Any] = json.loads(
            run("syft", "scan", f"oci-dir:{folder}", *options, environment=SILENT)
        )
    return found


def name(target: str, platform: str, version: str) -> str:
    """Return the name of an image's SBOM."""
    return f"{IMAGE}-{version}{TARGETS[target]}-{platform.replace('/', '-')}"


def settled(document: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Return the SBOM with the commit's time and a serial number of its content: the same image has the same."""
    metadata = document["metadata"] | {"timestamp": datetime.fromtimestamp(seconds, UTC).isoformat()}
    without = {key: value for key, value in document.items() if key != "serialNumber"} | {
        "metadata": metadata
    }
    content = json.dumps(without, sort_keys=True)
    return without | {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}"}

"""What a stranger does with a release: pull it, verify it, install it. Nothing is taken from where it was built."""

import shutil
import tempfile
import venv
from pathlib import Path

from release.artifacts import content
from release.artifacts.layout import platforms
from release.errors import ReleaseError
from release.plan import TARGETS, Dist, Plan
from release.programs import run
from release.registry.client import pull_chart, pull_layout, resolve
from release.registry.publication import SBOM
from release.registry.signing import Signer, verify, verify_file, verify_file_statement, verify_statement
from release.statements import checksums
from release.statements.provenance import KIND

VALUES = (
    "inferenceServices: {iris: {modelFormat: {name: sklearn}, storageUri: 'kit://r.example.com/iris:v1'}}\n"
)


def check(plan: Plan, dist: Dist, digests: dict[str, str], signer: Signer) -> None:
    """Check all that was pushed, and the files.

    Raises:
        ReleaseError: something isn't what was released, or isn't signed.
    """
    with tempfile.TemporaryDirectory() as folder:
        for target in TARGETS:
            check_image(plan, target, digests[target], signer, Path(folder))
        check_chart(plan, digests, signer, Path(folder))
        check_files(dist, signer, Path(folder))
        check_command(plan, dist, Path(folder))


def check_image(plan: Plan, target: str, digest: str, signer: Signer, folder: Path) -> None:
    """Check what the tag of a target stands for: signatures, SBOMs, provenance, and the files in it."""
    destination = plan.destination
    tagged, name = f"{destination.image}:{plan.tag(target)}", f"{destination.image}@{digest}"
    if resolve(destination, tagged) != digest:
        raise ReleaseError(f"{tagged} isn't {digest}")
    verify(signer, destination, name)
    verify_statement(signer, destination, name, KIND)
    layout = folder / target
    pull_layout(destination, name, layout, plan.tag(target))
    content.check(layout)
    for manifest in platforms(layout).values():
        verify(signer, destination, f"{destination.image}@{manifest}")
        verify_statement(signer, destination, f"{destination.image}@{manifest}", SBOM)


def check_chart(plan: Plan, digests: dict[str, str], signer: Signer, folder: Path) -> None:
    """Check the chart's signature and provenance, and that it renders the image by its digest."""
    destination = plan.destination
    name = f"{destination.chart}@{digests['chart']}"
    verify(signer, destination, name)
    verify_statement(signer, destination, name, KIND)
    rendered = run("helm", "template", "kitserve", pull_chart(destination, plan.version, folder))
    if f"{destination.image}:{plan.version}@{digests['initializer']}" not in rendered:
        raise ReleaseError(f"the chart {name} doesn't render the image {digests['initializer']}")


def check_files(dist: Dist, signer: Signer, folder: Path) -> None:
    """Check every file by the checksums, and these and the provenance by their signatures."""
    together = folder / "files"
    for source in (dist.packages, dist.files):
        shutil.copytree(source, together, dirs_exist_ok=True)
    listing = together / dist.checksums.name
    verify_file(signer, listing)
    checksums.check(listing.read_text(), together)
    for package in dist.packages.iterdir():
        verify_file_statement(signer, together / dist.provenance.name, KIND, together / package.name)


def check_command(plan: Plan, dist: Dist, folder: Path) -> None:
    """Install the wheels into an environment of their own, and check that the command renders and validates."""
    environment, values = folder / "environment", folder / "values.yaml"
    venv.create(environment, with_pip=True)
    values.write_text(VALUES)
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", *sorted(dist.packages.glob("*.whl")))
    version = run(python, "-m", "kitserve", "--version")
    if plan.version not in version:
        raise ReleaseError(f"the wheel of {plan.version} says that it is {version}")
    run(python, "-m", "kitserve", "validate", values)
    if f":{plan.version}" not in run(python, "-m", "kitserve", "render", "-f", values):
        raise ReleaseError("the wheel renders another image than that of its version")

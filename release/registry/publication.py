"""Pushes and signs what was built: images first, because the chart names one."""

from pathlib import Path

from release.artifacts.layout import platforms
from release.errors import ReleaseError
from release.plan import Dist, Plan
from release.registry.client import push_chart, push_layout, push_metadata, resolve
from release.registry.signing import Signer, attest, attest_files, sign, sign_file
from release.statements.provenance import KIND
from release.statements.sbom import name as sbom_name

SBOM = "cyclonedx"


def publish(plan: Plan, dist: Dist, built: dict[str, str], signer: Signer) -> dict[str, str]:
    """Push and sign everything, and return the digests of the image's targets and of the `chart`.

    Raises:
        ReleaseError: the registry has another digest than what was built.
    """
    for target, digest in built.items():
        _publish_image(plan, dist, target, digest, signer)
    destination = plan.destination
    push_chart(destination, dist.chart(plan.version))
    chart = resolve(destination, f"{destination.chart}:{plan.version}")
    _sign(plan, dist, f"{destination.chart}@{chart}", signer)
    sign_file(signer, dist.checksums)
    attest_files(signer, dist.provenance)
    return built | {"chart": chart}


def publish_metadata(plan: Plan, tree: Path) -> None:
    """Push what Artifact Hub reads about the chart's repository."""
    push_metadata(plan.destination, tree / "release" / "artifacthub-repo.yml")


def _publish_image(plan: Plan, dist: Dist, target: str, digest: str, signer: Signer) -> None:
    destination = plan.destination
    name = f"{destination.image}:{plan.tag(target)}"
    push_layout(destination, dist.layout(target), plan.tag(target), name)
    if (pushed := resolve(destination, name)) != digest:
        raise ReleaseError(f"{name} is {pushed}, and what was built is {digest}")
    _sign(plan, dist, f"{destination.image}@{digest}", signer)
    for platform, manifest in platforms(dist.layout(target)).items():
        told = dist.sbom(sbom_name(target, platform, plan.version))
        attest(signer, destination, f"{destination.image}@{manifest}", SBOM, told)


def _sign(plan: Plan, dist: Dist, name: str, signer: Signer) -> None:
    sign(signer, plan.destination, name)
    attest(signer, plan.destination, name, KIND, dist.predicate)

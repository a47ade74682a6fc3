"""The image, its targets and platforms, by its own Dockerfile: an OCI image layout for each target."""

from pathlib import Path

from release.artifacts.buildah import Buildah
from release.artifacts.layout import combine
from release.plan import PLATFORMS, TARGETS, Dist, Plan


def build(builder: Buildah, tree: Path, plan: Plan, dist: Dist) -> dict[str, str]:
    """Build every target for every platform, and return the digest of each target's index."""
    digests = {}
    for target in TARGETS:
        layout = dist.layout(target)
        layout.parent.mkdir(parents=True, exist_ok=True)
        for platform in PLATFORMS:
            image = _built(builder, tree / "image", plan, target, platform)
            builder.run(
                "push", "--quiet", "--format", "oci", image, f"oci:{layout}:{platform.replace('/', '-')}"
            )
        digests[target] = combine(layout, plan.tag(target), _annotations(plan, target))
    return digests


def _built(builder: Buildah, context: Path, plan: Plan, target: str, platform: str) -> str:
    options = [
        "--platform",
        platform,
        "--identity-label=false",
        f"--timestamp={plan.commit.seconds}",
        f"--tls-verify={'false' if plan.destination.plain_http else 'true'}",
    ]
    arguments = {
        "BASE": plan.bases.base,
        "BUILDER": plan.bases.builder,
        "VERSION": plan.version,
        "REVISION": plan.commit.revision,
        "SOURCE": plan.source,
    }
    return builder.build(context, context / "Dockerfile", target, options, **arguments)


def _annotations(plan: Plan, target: str) -> dict[str, str]:
    """Return the index's annotations (image-spec 1.1, "Pre-Defined Annotation Keys")."""
    told = {
        "title": "kitserve-initializer",
        "description": "KServe's storage initializer for KitOps ModelKits",
        "licenses": "Apache-2.0",
        "version": plan.tag(target),
        "revision": plan.commit.revision,
        "base.name": plan.bases.base.partition("@")[0],
        "base.digest": plan.bases.base.partition("@")[2],
    } | ({"source": plan.source} if plan.source else {})
    return {f"org.opencontainers.image.{key}": value for key, value in told.items()}

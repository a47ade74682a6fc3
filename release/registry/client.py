"""The registry, by oras and helm. Logins are those of docker's configuration (`oras login`)."""

from pathlib import Path

from release.errors import ReleaseError
from release.plan import Destination
from release.programs import run


def holds(destination: Destination, name: str) -> bool:
    """Return whether the registry has a manifest under a name with its tag.

    Raises:
        ReleaseError: the registry doesn't say.
    """
    try:
        run("oras", "resolve", *_plain(destination), name)
    except ReleaseError as error:
        if "not found" in str(error).lower():
            return False
        raise
    return True


def resolve(destination: Destination, name: str) -> str:
    """Return the digest that a tag names."""
    return run("oras", "resolve", *_plain(destination), name)


def push_layout(destination: Destination, layout: Path, tag: str, name: str) -> None:
    """Push what an OCI layout has under a tag, an index with all its manifests, under a name with its tag."""
    plain = ["--to-plain-http"] if destination.plain_http else []
    run("oras", "cp", "--no-tty", "--from-oci-layout", *plain, f"{layout}:{tag}", name)


def pull_layout(destination: Destination, name: str, layout: Path, tag: str) -> None:
    """Pull what a name with its digest stands for, into an OCI layout."""
    plain = ["--from-plain-http"] if destination.plain_http else []
    run("oras", "cp", "--no-tty", "--to-oci-layout", *plain, name, f"{layout}:{tag}")


def push_chart(destination: Destination, archive: Path) -> None:
    """Push a chart's archive. helm writes the archive's time into the manifest."""
    plain = ["--plain-http"] if destination.plain_http else []
    run("helm", "push", archive, f"oci://{destination.charts}", *plain)


def pull_chart(destination: Destination, version: str, folder: Path) -> Path:
    """Pull a version of the chart, and return the archive."""
    plain = ["--plain-http"] if destination.plain_http else []
    run("helm", "pull", f"oci://{destination.chart}", "--version", version, "--destination", folder, *plain)
    return folder / f"kitserve-{version}.tgz"


def push_metadata(destination: Destination, file: Path) -> None:
    """Push what Artifact Hub wants to know of the chart's repository, under the tag that it looks for."""
    kind = "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml"
    options = ["--artifact-type", "application/vnd.cncf.artifacthub.config.v1+yaml", *_plain(destination)]
    run(
        "oras",
        "push",
        "--no-tty",
        *options,
        f"{destination.chart}:artifacthub.io",
        f"{file.name}:{kind}",
        folder=file.parent,
    )


def _plain(destination: Destination) -> list[str]:
    return ["--plain-http"] if destination.plain_http else []

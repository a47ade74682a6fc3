"""What is released, and where to."""

from dataclasses import dataclass
from pathlib import Path

IMAGE = "kitserve-initializer"
TARGETS = {"initializer": "", "keyless": "-keyless"}
"""Targets of image/Dockerfile that are released, and what each adds to the tag.

`with-kit` isn't: it holds another project's program.
"""
PLATFORMS = ("linux/amd64", "linux/arm64")


@dataclass(frozen=True)
class Commit:
    """A commit: its hash in hex, and the seconds since 1970 of its committer's date, which all files get."""

    revision: str
    seconds: int


@dataclass(frozen=True)
class Destination:
    """A registry, such as `ghcr.io`, and whose repositories there are pushed to."""

    registry: str
    organisation: str
    plain_http: bool = False

    @property
    def image_repository(self) -> str:
        """The image's repository within the registry."""
        return f"{self.organisation}/{IMAGE}"

    @property
    def image(self) -> str:
        """The image's name without tag and digest."""
        return f"{self.registry}/{self.image_repository}"

    @property
    def charts(self) -> str:
        """What `helm push` is given, without `oci://`: it appends the chart's name."""
        return f"{self.registry}/{self.organisation}/charts"

    @property
    def chart(self) -> str:
        """The chart's name without tag and digest."""
        return f"{self.charts}/kitserve"


@dataclass(frozen=True)
class Bases:
    """What the image is built on (image/Dockerfile's BASE and BUILDER), each by a digest."""

    base: str
    builder: str


@dataclass(frozen=True)
class Plan:
    """A release.

    `source` is the public address of the repository, without a slash at the end; empty: it has none.
    """

    version: str
    commit: Commit
    destination: Destination
    bases: Bases
    source: str = ""

    def tag(self, target: str) -> str:
        """Return the tag of an image's target."""
        return f"{self.version}{TARGETS[target]}"

    def tagged(self) -> list[str]:
        """Return every name that the release pushes to a registry."""
        images = [f"{self.destination.image}:{self.tag(target)}" for target in TARGETS]
        return [*images, f"{self.destination.chart}:{self.version}"]


@dataclass(frozen=True)
class Dist:
    """The folder that a release is built into."""

    folder: Path

    @property
    def packages(self) -> Path:
        """Wheels and source distributions: what goes to PyPI, and nothing else."""
        return self.folder / "packages"

    @property
    def files(self) -> Path:
        """The chart's archive, SBOMs, provenance, checksums and notes."""
        return self.folder / "files"

    def layout(self, target: str) -> Path:
        """Return the OCI image layout of an image's target."""
        return self.folder / "images" / target

    def chart(self, version: str) -> Path:
        """Return the chart's archive."""
        return self.files / f"kitserve-{version}.tgz"

    def sbom(self, name: str) -> Path:
        """Return the SBOM of an image's platform or of a package."""
        return self.files / f"{name}.cdx.json"

    @property
    def provenance(self) -> Path:
        """The in-toto statement on all files."""
        return self.files / "provenance.intoto.json"

    @property
    def predicate(self) -> Path:
        """What the statement says, without the files: the same is true of images and chart."""
        return self.folder / "predicate.json"

    @property
    def checksums(self) -> Path:
        """Digests of all files, as sha256sum writes them."""
        return self.files / "SHA256SUMS"

    @property
    def notes(self) -> Path:
        """What the release's page says."""
        return self.folder / "notes.md"

"""Where things are: the folders, addresses and names that the parts of the cluster agree on."""

from dataclasses import dataclass
from pathlib import Path

NODE_NAME = "kitserve"
# The node's address is one that documentation owns (RFC 5737): it meets nothing real, and the network is our own.
NODE_IP = "192.0.2.10"
POD_CIDR = "10.244.0.0/16"
SERVICE_CIDR = "10.96.0.0/16"
API_SERVICE_IP = "10.96.0.1"
API_PORT = 6443
KSERVE_NAMESPACE = "kserve"
# The line that ends the progress of a start.
READY = "ready"

# KServe's node agent keeps cached models here.
MODELS_FOLDER = Path("/var/lib/kserve-models")
VOLUME_PLUGINS = "/var/lib/kubelet/volume-plugins"

# On disk, unlike /tmp on many machines: images and models are unpacked below.
FOLDERS = Path("/var/tmp")
PREFIX = "kitserve-e2e-"


@dataclass(frozen=True)
class Layout:
    """The folder of one run. All of it goes when the run ends."""

    folder: Path

    @property
    def cgroup(self) -> str:
        """Name of the cgroup that holds the run's pods, in every hierarchy."""
        return self.folder.name

    @property
    def lock(self) -> Path:
        """Holds the id of the run's keeper, and is locked as long as that lives."""
        return self.folder / "keeper.lock"

    @property
    def temporary(self) -> Path:
        """For TMPDIR, so that what is killed leaves nothing elsewhere."""
        return self.folder / "tmp"

    @property
    def init(self) -> Path:
        """Holds the id, as the machine sees it, of the namespaces' first process."""
        return self.folder / "init.pid"

    @property
    def image(self) -> Path:
        """Holds the name of kitserve's image."""
        return self.folder / "image.name"

    @property
    def kserve(self) -> Path:
        """Holds KServe's release."""
        return self.folder / "kserve.version"

    @property
    def programs(self) -> Path:
        """Every program of the cluster under its own name, for PATH."""
        return self.folder / "bin"

    @property
    def images(self) -> Path:
        """Archives of images to import into the node."""
        return self.folder / "images"

    @property
    def release(self) -> Path:
        """A release's image and chart, as `make release` leaves them in dist/release."""
        return self.folder / "release"

    @property
    def certificates(self) -> Path:
        """Keys, certificates and kubeconfigs."""
        return self.folder / "certificates"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.kubeconfig_of("admin")

    @property
    def configuration(self) -> Path:
        """Configuration files of the cluster's programs."""
        return self.folder / "configuration"

    @property
    def registries(self) -> Path:
        """What containerd knows of registries: a folder for each, with its hosts.toml."""
        return self.folder / "registries"

    @property
    def logs(self) -> Path:
        """One log a program."""
        return self.folder / "logs"

    def environment(self) -> dict[str, str]:
        """Where programs put what they would leave in /tmp and in the home folder."""
        homes = {f"HELM_{name}_HOME": str(self.temporary / "helm") for name in ("CACHE", "CONFIG", "DATA")}
        return {"TMPDIR": str(self.temporary), "KUBECACHEDIR": str(self.temporary / "kube"), **homes}

    def kubeconfig_of(self, client: str) -> Path:
        """The kubeconfig of one of the cluster's own clients."""
        return self.certificates / f"{client}.kubeconfig"

    def make(self) -> None:
        """Create the folders."""
        for path in (
            self.temporary,
            self.programs,
            self.images,
            self.certificates,
            self.configuration,
            self.registries,
            self.logs,
        ):
            path.mkdir()

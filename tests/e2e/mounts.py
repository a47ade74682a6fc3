"""The mount namespace: a node's usual folders, without touching the machine's."""

from pathlib import Path

from tests.e2e.layout import MODELS_FOLDER, Layout
from tests.e2e.processes import run

# The kubelet sets these for the whole kernel, whatever namespace it runs in.
KERNEL_SETTINGS = {
    "kernel/keys/root_maxbytes": "25000000",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
}


def set_up_mounts(layout: Layout) -> None:
    """Replace what the node's programs write to, in this namespace only."""
    for path in ("/run", "/var/log"):
        run("mount", "-t", "tmpfs", "tmpfs", path)
    _lay_over_var_lib()
    for target in (Path("/var/lib/kubelet"), Path("/var/lib/containerd"), MODELS_FOLDER):
        _bind(layout.folder / target.name, target)
    # KServe's agent and the download jobs are different users.
    MODELS_FOLDER.chmod(0o777)
    _shield_kernel_settings(layout)


def _lay_over_var_lib() -> None:
    """What is written to /var/lib goes to memory; what is there stays readable."""
    for name in ("upper", "work"):
        Path("/run/var-lib", name).mkdir(parents=True)
    layers = "lowerdir=/var/lib,upperdir=/run/var-lib/upper,workdir=/run/var-lib/work"
    run("mount", "-t", "overlay", "-o", layers, "overlay", "/var/lib")


def _bind(source: Path, target: Path) -> None:
    """Images and volumes are large: these folders are the run's own on disk."""
    source.mkdir()
    target.mkdir(exist_ok=True)
    run("mount", "--bind", source, target)


def _shield_kernel_settings(layout: Layout) -> None:
    """Let the kubelet read what it wants and write to files of ours."""
    for name, value in KERNEL_SETTINGS.items():
        file = layout.configuration / name.replace("/", ".")
        file.write_text(value + "\n")
        run("mount", "--bind", file, Path("/proc/sys", name))

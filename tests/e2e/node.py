"""The node: containerd runs containers, the kubelet runs pods, kube-proxy makes service addresses work."""

import json
import ssl
import subprocess
from pathlib import Path

from tests.e2e import knative
from tests.e2e.images import KSERVE, LOCALMODEL, LOCALMODELNODE, PAUSE
from tests.e2e.layout import NODE_IP, NODE_NAME, POD_CIDR, VOLUME_PLUGINS, Layout
from tests.e2e.processes import answers, run, start, wait

CONTAINERD = "/run/containerd/containerd.sock"
CAP_SYS_RESOURCE = 24
START_WITH = {"pause", KSERVE, LOCALMODEL, LOCALMODELNODE, *knative.IMAGES}


def start_containerd(layout: Layout) -> None:
    """Start containerd and import what the node and KServe need to start."""
    network = layout.configuration / "cni"
    network.mkdir()
    (network / "10-bridge.conflist").write_text(json.dumps(_network()))
    configuration = layout.configuration / "containerd.toml"
    configuration.write_text(_containerd(layout, network))
    process = start(layout, "containerd", "--config", str(configuration))
    wait(layout, process, lambda: Path(CONTAINERD).is_socket())
    import_images(layout, *filter(START_WITH.__contains__, _archives(layout)))


def import_images(layout: Layout, *names: str) -> None:
    """Import images of the run, by default all that weren't needed to start; none can be pulled here."""
    for name in names or [each for each in _archives(layout) if each not in START_WITH]:
        run(layout.programs / "ctr", "--namespace=k8s.io", "images", "import", layout.images / f"{name}.tar")


def _archives(layout: Layout) -> list[str]:
    return sorted(archive.stem for archive in layout.images.iterdir())


def start_node(layout: Layout) -> None:
    """Start the kubelet and kube-proxy and wait until the node is Ready."""
    for name, document in (("kubelet", _kubelet(layout)), ("kube-proxy", _kube_proxy(layout))):
        (layout.configuration / f"{name}.json").write_text(json.dumps(document))
    kubelet = _start_kubelet(layout)
    start(layout, "kube-proxy", f"--config={layout.configuration / 'kube-proxy.json'}")
    trust = ssl.create_default_context(cafile=str(layout.certificates / "ca.crt"))
    trust.load_cert_chain(layout.certificates / "admin.crt", layout.certificates / "admin.key")
    wait(layout, kubelet, lambda: answers(f"https://{NODE_IP}:10250/healthz", trust))
    kubectl = (layout.programs / "kubectl", f"--kubeconfig={layout.kubeconfig}")
    run(*kubectl, "wait", "--for=create", f"node/{NODE_NAME}", "--timeout=60s")
    run(*kubectl, "wait", "--for=condition=Ready", f"node/{NODE_NAME}", "--timeout=60s")


def _start_kubelet(layout: Layout) -> subprocess.Popen[bytes]:
    return start(
        layout,
        "kubelet",
        f"--config={layout.configuration / 'kubelet.json'}",
        f"--kubeconfig={layout.kubeconfig_of('kubelet')}",
        f"--hostname-override={NODE_NAME}",
        f"--node-ip={NODE_IP}",
    )


def _kubelet(layout: Layout) -> dict[str, object]:
    certificates = layout.certificates
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {"x509": {"clientCAFile": str(certificates / "ca.crt")}},
        "tlsCertFile": str(certificates / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(certificates / "kubelet-server.key"),
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "volumePluginDir": VOLUME_PLUGINS,
        "cgroupRoot": f"/{layout.cgroup}",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        # A test machine's disk may be fuller than a node's; images can't be pulled again.
        "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        # A test pulls the initializer's image from a registry. From then on the node's own names of it, which no
        # registry has, would count as pulled too, and every pod would have to prove that it may pull them.
        "imagePullCredentialsVerificationPolicy": "NeverVerifyAllowlistedImages",
        "preloadedImagesVerificationAllowlist": [f"{PAUSE.partition('/')[0]}/*"],
        "makeIPTablesUtilChains": False,
        "maxPods": 50,
    }


def _kube_proxy(layout: Layout) -> dict[str, object]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(layout.kubeconfig_of("kube-proxy"))},
        "hostnameOverride": NODE_NAME,
        "clusterCIDR": POD_CIDR,
        "mode": "iptables",
        # The limit of connections is the machine's, not the namespace's.
        "conntrack": {"maxPerCore": 0},
    }


def _network() -> dict[str, object]:
    addresses = {"type": "host-local", "ranges": [[{"subnet": POD_CIDR}]], "routes": [{"dst": "0.0.0.0/0"}]}
    bridge = {"type": "bridge", "bridge": "pods0", "isGateway": True, "hairpinMode": True, "ipam": addresses}
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge, ports]}


def _containerd(layout: Layout, network: Path) -> str:
    restricted = str(not _may_lower_oom_scores()).lower()
    return f"""version = 3
disabled_plugins = ["io.containerd.nri.v1.nri"]

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{PAUSE}"

[plugins."io.containerd.cri.v1.images".registry]
config_path = "{layout.registries}"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = {restricted}

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "{network}"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
BinaryName = "{layout.programs / "runc"}"
"""


def _may_lower_oom_scores() -> bool:
    """Whether root has CAP_SYS_RESOURCE here, which sandboxes often lack."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return bool(int(status["CapEff"], 16) >> CAP_SYS_RESOURCE & 1)

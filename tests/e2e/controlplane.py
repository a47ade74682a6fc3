"""The control plane: etcd, the API server, the controller manager and the scheduler."""

import ssl

from tests.e2e.layout import API_PORT, NODE_IP, POD_CIDR, SERVICE_CIDR, VOLUME_PLUGINS, Layout
from tests.e2e.processes import answers, start, wait

ETCD = "http://127.0.0.1:2379"


def start_control_plane(layout: Layout) -> None:
    """Start all of it and wait until the API server is ready."""
    _start_etcd(layout)
    _start_apiserver(layout)
    _start_controllers(layout)


def _start_etcd(layout: Layout) -> None:
    peer = "http://127.0.0.1:2380"
    arguments = [
        f"--data-dir={layout.folder / 'etcd'}",
        # Nothing is worth keeping: a machine that crashes takes the cluster with it.
        "--unsafe-no-fsync",
        f"--listen-client-urls={ETCD}",
        f"--advertise-client-urls={ETCD}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]
    wait(layout, start(layout, "etcd", *arguments), lambda: answers(f"{ETCD}/health"))


def _start_apiserver(layout: Layout) -> None:
    certificates = layout.certificates
    arguments = [
        f"--etcd-servers={ETCD}",
        f"--secure-port={API_PORT}",
        f"--advertise-address={NODE_IP}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--client-ca-file={certificates / 'ca.crt'}",
        f"--tls-cert-file={certificates / 'apiserver.crt'}",
        f"--tls-private-key-file={certificates / 'apiserver.key'}",
        # How it reaches the kubelet, for `kubectl logs` and `kubectl exec`.
        f"--kubelet-certificate-authority={certificates / 'ca.crt'}",
        f"--kubelet-client-certificate={certificates / 'apiserver-kubelet.crt'}",
        f"--kubelet-client-key={certificates / 'apiserver-kubelet.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={certificates / 'service-accounts.key'}",
        f"--service-account-signing-key-file={certificates / 'service-accounts.key'}",
    ]
    trust = ssl.create_default_context(cafile=str(certificates / "ca.crt"))
    ready = f"https://127.0.0.1:{API_PORT}/readyz"
    wait(layout, start(layout, "kube-apiserver", *arguments), lambda: answers(ready, trust))


def _start_controllers(layout: Layout) -> None:
    """Nothing waits for these two: what they do shows in what comes after."""
    certificates = layout.certificates
    start(
        layout,
        "kube-controller-manager",
        f"--kubeconfig={layout.kubeconfig_of('kube-controller-manager')}",
        f"--root-ca-file={certificates / 'ca.crt'}",
        f"--service-account-private-key-file={certificates / 'service-accounts.key'}",
        "--use-service-account-credentials",
        # Made at start; its default lies outside of /var/lib.
        f"--flex-volume-plugin-dir={VOLUME_PLUGINS}",
        "--allocate-node-cidrs",
        f"--cluster-cidr={POD_CIDR}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        "--leader-elect=false",
    )
    start(
        layout,
        "kube-scheduler",
        f"--kubeconfig={layout.kubeconfig_of('kube-scheduler')}",
        "--leader-elect=false",
    )

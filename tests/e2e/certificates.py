"""The cluster's certification authority, and a certificate for each that speaks in it."""

import base64
import datetime
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.e2e.layout import API_PORT, API_SERVICE_IP, KSERVE_NAMESPACE, NODE_IP, NODE_NAME, Layout
from tests.parts.certificates import general_name

# Kubernetes reads who a client is from its certificate: the common name is the user, the organization its group.
CLIENTS = {
    "admin": ("kitserve-admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
    "kubelet": (f"system:node:{NODE_NAME}", "system:nodes"),
    "apiserver-kubelet": ("kube-apiserver", "system:masters"),
}
SERVERS = {
    "apiserver": ["127.0.0.1", NODE_IP, API_SERVICE_IP, "localhost", "kubernetes.default.svc"],
    "kubelet-server": [NODE_IP, NODE_NAME],
    "kserve-webhook": [f"kserve-webhook-server-service.{KSERVE_NAMESPACE}.svc"],
    "localmodel-webhook": [f"localmodel-webhook-server-service.{KSERVE_NAMESPACE}.svc"],
    "llmisvc-webhook": [f"llmisvc-webhook-server-service.{KSERVE_NAMESPACE}.svc"],
}


@dataclass(frozen=True)
class Authority:
    """A certification authority."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def issue_all(layout: Layout) -> None:
    """Write the authority, all certificates and keys, and a kubeconfig for each client."""
    authority = _authority()
    _write(layout.certificates / "ca", authority.certificate, authority.key)
    _write(
        layout.certificates / "service-accounts",
        authority.certificate,
        ec.generate_private_key(ec.SECP256R1()),
    )
    for name, (user, group) in CLIENTS.items():
        _issue(layout.certificates / name, authority, user, group, [])
        layout.kubeconfig_of(name).write_text(json.dumps(_kubeconfig(layout, name)))
    for name, hosts in SERVERS.items():
        _issue(layout.certificates / name, authority, name, "", hosts)


def _authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("kitserve-e2e", "")
    builder = _builder(name, name, key.public_key())
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return Authority(key, certificate.sign(key, SHA256()))


def _issue(path: Path, authority: Authority, user: str, group: str, hosts: list[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name(user, group), authority.certificate.subject, key.public_key())
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(list(map(general_name, hosts))), critical=False
        )
    _write(path, builder.sign(authority.key, SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
    return builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(
        now + datetime.timedelta(days=30)
    )


def _name(user: str, group: str) -> x509.Name:
    organization = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    return x509.Name([*organization, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _write(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )


def _kubeconfig(layout: Layout, client: str) -> dict[str, object]:
    """With the files' contents inside, so that it works wherever it is copied to."""

    def data(file: str) -> str:
        return base64.b64encode((layout.certificates / file).read_bytes()).decode()

    cluster = {"server": f"https://127.0.0.1:{API_PORT}", "certificate-authority-data": data("ca.crt")}
    user = {"client-certificate-data": data(f"{client}.crt"), "client-key-data": data(f"{client}.key")}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "kitserve", "cluster": cluster}],
        "users": [{"name": client, "user": user}],
        "contexts": [{"name": "kitserve", "context": {"cluster": "kitserve", "user": client}}],
        "current-context": "kitserve",
    }

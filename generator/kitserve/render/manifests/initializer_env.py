"""The initializer's environment; the chart's twin is _environment.tpl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import present
from kitserve.values.view import given

if TYPE_CHECKING:
    from kitserve.values.types import Credentials, Tls, Values

Variables = list[dict[str, Any]]

# Annotations of an InferenceService that the initializer reads, in the order in which they are rendered.
ANNOTATIONS = {
    "filter": "KITSERVE_SERVICE_FILTER",
    "unpack-flags": "KITSERVE_SERVICE_UNPACK_FLAGS",
    "layout": "KITSERVE_SERVICE_LAYOUT",
    "digest": "KITSERVE_SERVICE_DIGEST",
}
DOMAIN = "kitserve.io"


def environment(values: Values) -> Variables:
    """`env` of the container: the values' own, then the users'."""
    return own(values) + [present(given(variable)) for variable in values.extraEnv]


def own(values: Values) -> Variables:
    """What values of ours set, in the order of KitOps' guide: flags, credentials, then the others."""
    flags: Variables = [{"name": "KIT_UNPACK_FLAGS", "value": values.unpackFlags}]
    return flags + _credentials(values.credentials) + _settings(values) + _tls(values.tls)


def service_annotations_env(values: Values) -> Variables:
    """What a service's annotations say, by the downward API; an absent annotation gives an empty variable."""
    return [
        {
            "name": variable,
            "valueFrom": {"fieldRef": {"fieldPath": f"metadata.annotations['{DOMAIN}/{annotation}']"}},
        }
        for annotation, variable in ANNOTATIONS.items()
        if annotation in values.serviceAnnotations
    ]


def _settings(values: Values) -> Variables:
    """Our own, and what clouds and proxies need; nothing of it is rendered unless it is set."""
    texts = {
        "KITSERVE_ENGINE": values.engine,
        "KITSERVE_LAYOUT": values.layout,
        "STORAGE_ALLOW_PATTERNS": ",".join(values.allowPatterns),
        "STORAGE_IGNORE_PATTERNS": ",".join(values.ignorePatterns),
        "KITSERVE_LOG_FORMAT": values.logFormat,
        "KITSERVE_ALLOW_PARENTS_BY_TAG": "true" if values.allowParentsByTag else "",
        "KITSERVE_VERIFY_AGAIN": "true" if values.verifyAgain else "",
        "AWS_ECR_REGION": values.aws.ecrRegion,
        "GCP_WIF": "true" if values.google.workloadIdentity else "",
        "GCP_GAR_LOCATION": values.google.location,
        "HTTPS_PROXY": values.proxy.https,
        "HTTP_PROXY": values.proxy.http,
        "NO_PROXY": values.proxy.noProxy,
        "KITSERVE_CA_CERTIFICATES": values.tls.caCertificates,
    }
    return [{"name": name, "value": text} for name, text in texts.items() if text]


def _credentials(credentials: Credentials) -> Variables:
    """Optional references: a namespace without the Secret pulls anonymously, instead of pods that never start."""
    found = []
    if secret := credentials.secretName:
        found += [
            ("KIT_USER", secret, credentials.usernameKey),
            ("KIT_PASSWORD", secret, credentials.passwordKey),
        ]
    if docker := credentials.dockerConfigSecretName:
        found += [("KITSERVE_DOCKER_CONFIG_JSON", docker, ".dockerconfigjson")]
    return [_reference(name, "secretKeyRef", secret, key) for name, secret, key in found]


def _tls(tls: Tls) -> Variables:
    """Optional too: a registry that needs none of it is none the worse."""
    found = []
    if bundle := tls.caConfigMapName:
        found += [_reference("KITSERVE_CA_BUNDLE", "configMapKeyRef", bundle, tls.caConfigMapKey)]
    if secret := tls.clientSecretName:
        found += [
            _reference("KITSERVE_CLIENT_CERTIFICATE", "secretKeyRef", secret, "tls.crt"),
            _reference("KITSERVE_CLIENT_KEY", "secretKeyRef", secret, "tls.key"),
        ]
    return found


def _reference(variable: str, kind: str, name: str, key: str) -> dict[str, Any]:
    return {"name": variable, "valueFrom": {kind: {"name": name, "key": key, "optional": True}}}

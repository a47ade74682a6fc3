"""The Helm release that manifests are rendered for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """Name and namespace, as `helm install NAME -n NAMESPACE` has them."""

    name: str = "kitserve"
    namespace: str = "default"

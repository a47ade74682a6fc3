"""The Helm release that manifests are rendered for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """Name and namespace, as in `helm install NAME -n NAMESPACE`."""

    name: str = "kitserve"
    namespace: str = "default"

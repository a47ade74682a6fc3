"""Service accounts for the pods of InferenceServices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitserve.render.manifests.metadata import metadata, names, present
from kitserve.values.view import given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.render.release import Release
    from kitserve.values.types import ServiceAccount, Values


def render(values: Values, release: Release) -> Iterator[dict[str, Any]]:
    """Yield each service account, in the order of names."""
    for name, account in sorted(values.serviceAccounts.items()):
        annotations = present(_identity(account)) | account.annotations
        namespace = account.namespace or release.namespace
        item = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(values, release, name, namespace, account.labels, annotations),
            **present({"imagePullSecrets": names(values.imagePullSecrets)}),
        }
        if "automountServiceAccountToken" in given(account):
            item["automountServiceAccountToken"] = account.automountServiceAccountToken
        yield item


def _identity(account: ServiceAccount) -> dict[str, str]:
    return {
        "eks.amazonaws.com/role-arn": account.awsRoleArn,
        "iam.gke.io/gcp-service-account": account.googleServiceAccount,
        "azure.workload.identity/client-id": account.azureClientId,
        "azure.workload.identity/tenant-id": account.azureTenantId,
    }

"""Titles of sections, which editors show above a key's description, and examples of values, which they offer."""

from collections.abc import Iterator
from typing import Any

from kitserve.values.schema import Schema

TITLES = {
    "": "Values of kitserve",
    "aws": "Amazon ECR",
    "clusterStorageContainer": "ClusterStorageContainer",
    "credentials": "Credentials for registries",
    "credentials.registries.NAME": "Login to a registry",
    "google": "Google's registries",
    "image": "Image of the initializer",
    "imageVolumes": "ModelKits as images",
    "imageVolumes.pauseImage": "Image of the pods that keep models on nodes",
    "imageVolumes.prefetch.NAME": "DaemonSet that keeps a model on nodes",
    "inferenceServiceDefaults": "Defaults of InferenceServices",
    "inferenceServices.NAME": "InferenceService",
    "inferenceServices.NAME.modelVolume": "PersistentVolumeClaim of a service",
    "inferenceServices.NAME.predictor": "KServe's spec.predictor",
    "llmInferenceServices.NAME": "LLMInferenceService",
    "llmInferenceServices.NAME.spec": "KServe's spec of an LLMInferenceService",
    "localModels": "Models on the nodes' disks",
    "localModels.caches.NAME": "LocalModelCache",
    "localModels.nodeGroups.NAME": "LocalModelNodeGroup",
    "proxy": "HTTP proxies",
    "serviceAccounts.NAME": "ServiceAccount",
    "test": "Pods of `helm test`",
    "tls": "TLS with registries",
    "verification": "Signatures of ModelKits",
}
_IRIS = "kit://registry.example.com/models/iris:v1"
_DIGEST = "sha256:77fcec93129d3c7aa9c1d6ced62c28d133c5c89a95d47504a6280d3cb545816c"
EXAMPLES: dict[str, list[Any]] = {
    "allowPatterns": [["*.safetensors", "*.json"]],
    "aws.ecrRegion": ["eu-west-1"],
    "commonLabels": [{"team": "fraud"}],
    "credentials.dockerConfigSecretName": ["registry-logins"],
    "credentials.registries": [
        {"registry.example.com": {"username": "reader", "password": "PASSWORD", "namespaces": ["models"]}}
    ],
    "credentials.registryHosts": [["registry.example.com"]],
    "google.location": ["europe-west1"],
    "ignorePatterns": [["*.bin"]],
    "image.digest": [_DIGEST],
    "image.registry": ["registry.example.com"],
    "image.repository": ["kitserve/kitserve-initializer"],
    "imagePullSecrets": [[{"name": "registry-pull"}]],
    "imageVolumes.prefetch": [{"iris": {"uri": f"{_IRIS}@{_DIGEST}"}}],
    "inferenceServices": [{"iris": {"modelFormat": {"name": "sklearn"}, "storageUri": _IRIS}}],
    "inferenceServices.NAME.args": [["--max-model-len=8192"]],
    "inferenceServices.NAME.env": [[{"name": "LOG_LEVEL", "value": "info"}]],
    "inferenceServices.NAME.maxReplicas": [3],
    "inferenceServices.NAME.minReplicas": [1],
    "inferenceServices.NAME.modelFormat.name": [
        "sklearn",
        "xgboost",
        "lightgbm",
        "onnx",
        "huggingface",
        "triton",
    ],
    "inferenceServices.NAME.modelVolume.size": ["20Gi"],
    "inferenceServices.NAME.modelVolume.storageClassName": ["standard"],
    "inferenceServices.NAME.resources": [{"limits": {"cpu": "2", "memory": "8Gi"}}],
    "inferenceServices.NAME.runtime": ["kserve-sklearnserver", "kserve-huggingfaceserver"],
    "inferenceServices.NAME.scaleTarget": [80],
    "inferenceServices.NAME.serviceAccountName": ["models"],
    "inferenceServices.NAME.storageUri": [_IRIS],
    "inferenceServices.NAME.storageUris": [[{"uri": _IRIS, "mountPath": "/mnt/models/iris"}]],
    "inferenceServices.NAME.storageUris[].mountPath": ["/mnt/models/iris"],
    "inferenceServices.NAME.storageUris[].uri": [_IRIS],
    "inferenceServices.NAME.unpacking.digest": [_DIGEST],
    "inferenceServices.NAME.unpacking.filter": ["model", "model:classifier,docs"],
    "inferenceServices.NAME.unpacking.label": ["quantization=q4_0"],
    "inferenceServices.NAME.unpacking.unpackFlags": ["--filter model"],
    "llmInferenceServices": [
        {"chat": {"uri": "kit://registry.example.com/models/chat:v1", "router": {"gateway": {}, "route": {}}}}
    ],
    "llmInferenceServices.NAME.uri": ["kit://registry.example.com/models/chat:v1"],
    "llmInferenceServices.NAME.router": [{"gateway": {}, "route": {}, "scheduler": {}}],
    "localModels.caches.NAME.size": ["20Gi"],
    "localModels.caches.NAME.uri": [f"{_IRIS}@{_DIGEST}"],
    "localModels.nodeGroups.NAME.storageLimit": ["1Ti"],
    "proxy.http": ["http://proxy.example.com:3128"],
    "proxy.https": ["http://proxy.example.com:3128"],
    "proxy.noProxy": [".cluster.local,10.0.0.0/8"],
    "serviceAccounts": [{"models": {"awsRoleArn": "arn:aws:iam::123456789012:role/models-reader"}}],
    "serviceAnnotations": [["filter", "layout", "digest"]],
    "unpackFlags": ["--filter model"],
    "verification.rules": [
        [
            {
                "references": ["registry.example.com/models/**"],
                "identities": [
                    {
                        "issuer": "https://token.actions.githubusercontent.com",
                        "subject": "https://github.com/acme/models/.github/workflows/pack.yaml@refs/heads/main",
                    }
                ],
            }
        ]
    ],
    "verification.rules[].references": [["registry.example.com/models/**"]],
}
"""By path, as in `kitserve explain`; a service's are its defaults' too."""
_ALIKE = {
    "inferenceServiceDefaults": "inferenceServices.NAME",
    "serviceGroups.NAME": "inferenceServices.NAME",
}


def exemplify(node: Schema, path: str = "") -> None:
    """Add titles and examples to a schema, at the paths that it has."""
    if title := TITLES.get(path):
        node["title"] = title
    if examples := EXAMPLES.get(_known(path)):
        node["examples"] = examples
    for below, child in _children(node, path):
        exemplify(child, below)


def _known(path: str) -> str:
    """Return the path by which the examples of a value are known."""
    for section, other in _ALIKE.items():
        if path.startswith(f"{section}."):
            return other + path.removeprefix(section)
    return path


def _children(node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    for name, child in node.get("properties", {}).items():
        yield f"{path}.{name}" if path else name, child
    for child in node.get("patternProperties", {}).values():
        yield f"{path}.NAME", child
    if isinstance(node.get("items"), dict):
        yield f"{path}[]", node["items"]

"""What mutants hold: words and numbers that some rule of KServe's looks at, and shapes that none expects."""

from typing import Any

WORDS = (
    *("a", "b", "x.y", "A", "root", "main", "v1", "v2", "grpc-v2", "1", "0", "-1", "true", "None"),
    *(
        "kit://example.com/a:1",
        "pvc://claim/a",
        "oci://example.com/a:1",
        "oci+native://example.com/a:1",
        "hf://org/a",
    ),
    *("s3://bucket/a", "a://b", ":a", "http://a:b", "kserve-container", "worker-container"),
    *("transformer-container", "storage-initializer", "sklearn", "onnx", "huggingface", "triton"),
    *("cpu", "memory", "rps", "concurrency", "1Gi", "500m", "0.5", "1e3", "2GB", "1gi", "10%"),
    *("Gi", "-m", ".", "1Gi ", "1e1.5"),
    *("/mnt/models", "/", "/a/../b", "10s", "1h30m", "PYTHONPATH", "PROTOCOL", "STORAGE_URI"),
    *("TENSOR_PARALLEL_SIZE", "nvidia.com/gpu", "example.com/gpu", "2020-01-01T00:00:00Z"),
    *("Always", "TCP", "all", "Splitter", "Resource", "hpa", "keda", "Standard", "Knative", ""),
    *("a b",),
)
TEMPLATES = (
    *("{{ .Spec.Model.Name }}", "{{ .Name }}", "{{ ChildName .ObjectMeta.Name `-a` }}", "{{", "{{ .Foo }}"),
    *(
        "{{ .Spec.Foo }}",
        "{{ .Spec.model }}",
        "{{ foo }}",
        '{{ "a" }}',
        "{{- if .Spec.Replicas }}a{{ end }}",
        "}}",
    ),
)
NUMBERS = (0, 1, 2, 3, 100, -1, 101, 65536, 2**31, 2**53, 2**63, 0.5, 1.0, -0.25)
ODD: tuple[Any, ...] = (
    *(None, True, False, [], {}, [None], [[]], ["a"], [1]),
    *({"a": None}, {"a": 1}, {"name": "a"}),
)
NAMES = ("a.b", "A", "1a", "a-", "a_b", "a" * 64, "a" * 254, "ab", "")
ANNOTATIONS = (
    *("serving.kserve.io/deploymentMode", "serving.kserve.io/autoscalerClass"),
    *("autoscaling.knative.dev/class", "serving.kserve.io/gpu-resource-types"),
    *("serving.kserve.io/disable-localmodel", "serving.kserve.io/metrics"),
    *("serving.kserve.io/exp-dra-device-class", "serving.kserve.io/exp-dra-cel-selector"),
    *("serving.kserve.io/exp-dra-device-count", "serving.kserve.io/exp-dra-container-name"),
)
SETTINGS = (
    *("Standard", "Knative", "RawDeployment", "Serverless", "ModelMesh", "hpa", "keda", "external"),
    *("none", "kpa", "hpa.autoscaling.knative.dev", '["example.com/gpu"]', "[]", "2"),
    *("device.example.com", " x ", "a\nb"),
)

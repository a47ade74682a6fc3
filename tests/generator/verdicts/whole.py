"""Objects of every kind that KServe admits: what mutants are made of."""

from typing import Any

from kitserve.check.codes import CODES
from kitserve.crds import structures
from kitserve.helm.compose import compose
from kitserve.helm.construct import Construction

from tests.generator.check.samples import SAMPLES

Data = dict[str, Any]

GROUP = "serving.kserve.io"
WHOLE = """\
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: chain}
spec:
  timeout: 30
  nodes:
    root:
      routerType: Sequence
      steps:
        - {name: first, serviceName: iris, data: $request, dependency: Hard}
        - {name: second, nodeName: share, condition: "a == 1"}
    share:
      routerType: Splitter
      steps:
        - {serviceName: one, weight: 40}
        - {serviceUrl: 'http://two.example.com', weight: 60}
  resources: {requests: {cpu: 100m}, limits: {memory: 1Gi}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: choice}
spec:
  nodes:
    root: {routerType: Switch, steps: [{serviceName: a, condition: "b"}, {serviceName: c}]}
    all: {routerType: Ensemble, steps: [{serviceName: a}, {serviceName: b}]}
---
apiVersion: serving.kserve.io/v1alpha1
kind: TrainedModel
metadata: {name: iris}
spec:
  inferenceService: many
  model: {framework: sklearn, memory: 1Gi, storageUri: 's3://bucket/iris'}
---
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelCache
metadata: {name: iris}
spec: {sourceModelUri: 'kit://registry.example.com/iris:v1', modelSize: 1Gi, nodeGroups: [workers]}
---
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelNamespaceCache
metadata: {name: iris, namespace: models}
spec: {sourceModelUri: 'kit://registry.example.com/iris:v1', modelSize: 1Gi, nodeGroups: [workers]}
---
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelNodeGroup
metadata: {name: workers}
spec:
  storageLimit: 10Gi
  persistentVolumeClaimSpec:
    accessModes: [ReadWriteOnce]
    resources: {requests: {storage: 10Gi}}
    storageClassName: local
  persistentVolumeSpec:
    accessModes: [ReadWriteOnce]
    capacity: {storage: 10Gi}
    local: {path: /models}
    nodeAffinity:
      required: {nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: In, values: ["true"]}]}]}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: forest, namespace: models}
spec:
  supportedModelFormats:
    - {name: forest, version: "1", autoSelect: true, priority: 2}
    - {name: forest, version: "2", autoSelect: true, priority: 2}
  protocolVersions: [v2]
  containers:
    - name: kserve-container
      image: registry.example.com/forest:v1
      resources: {requests: {cpu: "1"}, limits: {memory: 2Gi, nvidia.com/gpu: "1"}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: large}
spec:
  supportedModelFormats: [{name: huggingface, version: "1", autoSelect: true, priority: 9}]
  protocolVersions: [v1]
  containers:
    - {name: kserve-container, image: 'registry.example.com/large:v1', env: [{name: A, value: b}]}
  workerSpec:
    pipelineParallelSize: 2
    tensorParallelSize: 1
    containers:
      - name: worker-container
        image: registry.example.com/large:v1
        resources: {limits: {nvidia.com/gpu: 1}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterServingRuntime
metadata: {name: trees}
spec:
  supportedModelFormats: [{name: sklearn, version: "1", autoSelect: true, priority: 7}]
  protocolVersions: [v1, v2]
  containers: [{name: kserve-container, image: 'registry.example.com/trees:v1'}]
---
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceService
metadata: {name: chat}
spec:
  model:
    uri: hf://example/chat
    name: example/chat
    lora: {adapters: [{name: poems, uri: 'hf://example/poems'}, {name: songs, uri: 'hf://example/songs'}]}
  replicas: 2
  parallelism: {tensor: 8, data: 16, dataLocal: 8, expert: true}
  router:
    route: {http: {refs: [{name: own}]}}
    gateway: {refs: [{name: gateway, namespace: infra}]}
    scheduler: {replicas: 1, template: {containers: [{name: main, image: 'registry.example.com/epp:v1'}]}}
  template:
    containers:
      - name: main
        image: registry.example.com/vllm:v1
        env: [{name: HF_HUB_OFFLINE, value: "1"}]
        resources: {limits: {cpu: "4", memory: 32Gi, nvidia.com/gpu: "1"}}
        livenessProbe: {httpGet: {path: /health, port: 8000}, initialDelaySeconds: 120}
  worker: {containers: [{name: main, resources: {limits: {nvidia.com/gpu: "1"}}}]}
  prefill:
    replicas: 1
    parallelism: {pipeline: 2}
    template: {containers: [{name: main, image: 'registry.example.com/vllm:v1'}]}
    worker: {containers: [{name: main, image: 'registry.example.com/vllm:v1'}]}
---
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceService
metadata: {name: scaled}
spec:
  model: {uri: 'hf://example/chat'}
  scaling:
    minReplicas: 1
    maxReplicas: 3
    wva: {variantCost: "10", hpa: {}}
  prefill:
    scaling: {maxReplicas: 2, wva: {hpa: {}}}
  router:
    route: {group: a, weight: 10, http: {spec: {parentRefs: [{name: gateway}]}}}
    gateway: {}
    scheduler: {config: {inline: {plugins: []}}, pool: {ref: {name: own}}}
  kvCacheOffloading: {cpu: 1Gi, secondary: [{fileSystem: {emptyDir: {size: 1Gi}}}]}
---
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceServiceConfig
metadata: {name: prefill}
spec:
  model: {uri: 'hf://example/chat', name: chat}
  replicas: 1
  router: {route: {}, gateway: {}, scheduler: {replicas: 1}}
  template:
    containers:
      - name: main
        image: registry.example.com/vllm:v1
        command: [vllm, serve]
        args: ['{{ .Spec.Model.Name }}']
        securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
"""


def whole(version: str) -> list[Data]:
    """The objects of the samples, of the codes' examples, and of this module whose kind a version serves."""
    texts = [SAMPLES, WHOLE, *(code.example for code in CODES if code.example.startswith("apiVersion"))]
    found = [Construction("").build(root) for text in texts for root in compose(text)]
    older = [
        {**item, "apiVersion": f"{GROUP}/v1alpha1"}
        for item in found
        if item["apiVersion"] == f"{GROUP}/v1alpha2"
    ]
    served = structures.kinds(version)
    return [item for item in (*found, *older) if f"{item['apiVersion']}/{item['kind']}" in served]

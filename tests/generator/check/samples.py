"""Manifests such as people write."""

# Forms that KServe's and KitOps' own samples have, in few words: none of them is wrong.
SAMPLES = """\
apiVersion: "serving.kserve.io/v1beta1"
kind: "InferenceService"
metadata:
  name: "older-field"
spec:
  predictor:
    sklearn:
      protocolVersion: "v2"
      storageUri: "gs://examples/model"
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: transformed
spec:
  predictor:
    minReplicas: 1
    model:
      modelFormat: {name: pytorch}
      storageUri: gs://examples/model
      resources: {limits: {cpu: 1, memory: 1Gi, nvidia.com/gpu: 1}, requests: {cpu: 100m}}
  transformer:
    containers:
      - image: example.com/transformer:v1
        command: [python, -m, model]
        env: [{name: STORAGE_URI, value: gs://examples/tokenizer}]
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: custom
  annotations: {serving.kserve.io/deploymentMode: Standard, serving.kserve.io/autoscalerClass: hpa}
spec:
  predictor:
    scaleMetric: memory
    scaleTarget: 80
    logger: {mode: all, url: http://collector}
    batcher: {maxBatchSize: 32, maxLatency: 500}
    containers:
      - name: kserve-container
        image: example.com/server:v1
        ports: [{containerPort: 9000, name: h2c, protocol: TCP}]
    tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]
    volumes: [{name: cache, emptyDir: {medium: Memory}}]
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: large
  annotations: {serving.kserve.io/deploymentMode: Standard, serving.kserve.io/autoscalerClass: none}
spec:
  predictor:
    model:
      modelFormat: {name: huggingface}
      storageUri: pvc://models/large
      args: [--model_name=large]
    workerSpec: {pipelineParallelSize: 2, tensorParallelSize: 1}
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: explained
spec:
  predictor:
    model: {modelFormat: {name: sklearn}, storageUri: kit://example.com/models/iris:v1}
  explainer:
    art: {type: SquareAttack, config: {nb_classes: "10"}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterServingRuntime
metadata: {name: forest}
spec:
  annotations: {prometheus.kserve.io/port: '8080'}
  supportedModelFormats: [{name: forest, version: "1", autoSelect: true, priority: 2}]
  protocolVersions: [v2, grpc-v2]
  containers:
    - name: kserve-container
      image: example.com/forest:v1
      env: [{name: NAME, value: "{{.Name}}"}]
      resources: {requests: {cpu: "1", memory: 2Gi}, limits: {cpu: "1", memory: 2Gi}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: ClusterStorageContainer
metadata: {name: default}
spec:
  container:
    name: storage-initializer
    image: example.com/storage-initializer:v0.20.0
    imagePullPolicy: IfNotPresent
    resources: {requests: {memory: 100Mi, cpu: 100m}, limits: {memory: 1Gi, cpu: "1"}}
  supportedUriFormats:
    - prefix: gs://
    - prefix: s3://
    - regex: "https://(.+?).blob.core.windows.net/(.+)"
    - regex: "https?://(.+)/(.+)"
  workloadType: initContainer
  supportsMultiModelDownload: true
---
apiVersion: v1
kind: Secret
metadata:
  name: storage
  annotations: {serving.kserve.io/s3-endpoint: s3.example.com}
type: Opaque
stringData: {AWS_ACCESS_KEY_ID: a, AWS_SECRET_ACCESS_KEY: b}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa}
secrets: [{name: storage}]
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: graph}
spec:
  nodes:
    root: {routerType: Sequence, steps: [{serviceName: custom}, {serviceName: large, data: $request}]}
"""

{{/*
Merge an entry of inferenceServices over its group, and that over inferenceServiceDefaults, into a map; JSON would round
large integers. Call with (list TARGET ENTRY VALUES).
*/}}
{{- define "kitserve.inferenceService" -}}
{{- $entry := index . 1 -}}
{{- $values := index . 2 -}}
{{- include "kitserve.overlay" (list (index . 0) ($values.inferenceServiceDefaults | default dict | deepCopy)) -}}
{{- with get ($values.serviceGroups | default dict) ($entry.group | default "") -}}
{{- include "kitserve.overlay" (list (index $ 0) (deepCopy .)) -}}
{{- end -}}
{{- include "kitserve.overlay" (list (index . 0) $entry) -}}
{{- end -}}

{{/*
spec.predictor of an InferenceService, put into a map: what the typed values give, and the open `predictor` over it.
Call with (list TARGET SERVICE VALUES); SERVICE is the entry merged with its defaults.
*/}}
{{- define "kitserve.predictor" -}}
{{- $predictor := index . 0 -}}
{{- $service := index . 1 | deepCopy -}}
{{- $values := index . 2 -}}
{{- include "kitserve.sources" (list $service $values) -}}
{{- $model := dict -}}
{{- $format := dict -}}
{{- include "kitserve.copy" (list $format ($service.modelFormat | default dict) (list "name" "version")) -}}
{{- with $format }}{{- $_ := set $model "modelFormat" . -}}{{- end -}}
{{- include "kitserve.copy" (list $model $service (list "protocolVersion" "runtime" "runtimeVersion" "storageUri" "args" "resources" "startupProbe" "readinessProbe" "livenessProbe" "volumeMounts")) -}}
{{- include "kitserve.env" (list $model $service.env) -}}
{{- /* Without URI and `storage` KServe takes the model for a server of several models, and adds its agent. */ -}}
{{- if $service.mounts }}{{- $_ := set $model "storage" dict -}}{{- end -}}
{{- with $service.storageKey }}{{- $_ := set $model "storage" (dict "key" . "parameters" (dict "type" "kit")) -}}{{- end -}}
{{- include "kitserve.copy" (list $predictor $service (list "serviceAccountName" "storageContainerName" "volumes" "minReplicas" "maxReplicas" "scaleTarget" "scaleMetric" "canaryTrafficPercent")) -}}
{{- include "kitserve.placement" (list $predictor $service) -}}
{{- with $service.storageUris }}{{- $_ := set $predictor "storageUris" . -}}{{- end -}}
{{- with $service.imagePullSecrets | default $values.imagePullSecrets }}{{- $_ := set $predictor "imagePullSecrets" . -}}{{- end -}}
{{- with $model }}{{- $_ := set $predictor "model" . -}}{{- end -}}
{{- include "kitserve.overlay" (list $predictor ($service.predictor | default dict)) -}}
{{- include "kitserve.mount" (list $predictor $service.mounts) -}}
{{- end -}}

{{/*
The parts of an InferenceService's spec beside its predictor, put into a map: the pods of components run as the service's
account, and pull by its secrets. Call with (list TARGET SERVICE VALUES).
*/}}
{{- define "kitserve.otherParts" -}}
{{- $spec := index . 0 -}}
{{- $service := index . 1 -}}
{{- $secrets := $service.imagePullSecrets | default (index . 2).imagePullSecrets -}}
{{- range $name := list "transformer" "explainer" -}}
{{- with get $service $name -}}
{{- $part := dict -}}
{{- include "kitserve.copy" (list $part $service (list "serviceAccountName")) -}}
{{- with $secrets }}{{- $_ := set $part "imagePullSecrets" . -}}{{- end -}}
{{- include "kitserve.overlay" (list $part .) -}}
{{- $_ := set $spec $name $part -}}
{{- end -}}
{{- end -}}
{{- include "kitserve.copy" (list $spec $service (list "canary")) -}}
{{- end -}}

{{/*
Where the pods of a service run, put into the spec of a pod. Call with (list TARGET SERVICE).
*/}}
{{- define "kitserve.placement" -}}
{{- $keys := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" -}}
{{- include "kitserve.copy" (list (index . 0) (index . 1) $keys) -}}
{{- end -}}

{{/*
Annotations of an InferenceService, as JSON: its `annotations` over those that its other keys give.
Call with the entry merged with its defaults.
*/}}
{{- define "kitserve.annotations" -}}
{{- $annotations := dict -}}
{{- with .deploymentMode }}{{- $_ := set $annotations "serving.kserve.io/deploymentMode" . -}}{{- end -}}
{{- with .autoscalerClass }}{{- $_ := set $annotations "serving.kserve.io/autoscalerClass" . -}}{{- end -}}
{{- if not (include "kitserve.isImageVolume" .) -}}
{{- with (.unpacking).filter }}{{- $_ := set $annotations "kitserve.io/filter" . -}}{{- end -}}
{{- with (.unpacking).unpackFlags }}{{- $_ := set $annotations "kitserve.io/unpack-flags" . -}}{{- end -}}
{{- with (.unpacking).layout }}{{- $_ := set $annotations "kitserve.io/layout" . -}}{{- end -}}
{{- with (.unpacking).digest }}{{- $_ := set $annotations "kitserve.io/digest" . -}}{{- end -}}
{{- with (.unpacking).label }}{{- $_ := set $annotations "kitserve.io/label" . -}}{{- end -}}
{{- with (.unpacking).verification }}{{- $_ := set $annotations "kitserve.io/verification" . -}}{{- end -}}
{{- end -}}
{{- include "kitserve.overlay" (list $annotations (.annotations | default dict)) -}}
{{- toJson $annotations -}}
{{- end -}}

{{/*
Variables of a container, put into a map. Call with (list TARGET VARIABLES).
*/}}
{{- define "kitserve.env" -}}
{{- $env := list -}}
{{- range index . 1 -}}
{{- $variable := dict -}}
{{- include "kitserve.copy" (list $variable . (list "name" "value" "valueFrom")) -}}
{{- $env = append $env $variable -}}
{{- end -}}
{{- with $env }}{{- $_ := set (index $ 0) "env" . -}}{{- end -}}
{{- end -}}

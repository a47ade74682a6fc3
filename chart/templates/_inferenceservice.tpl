{{/*
An entry of inferenceServices over inferenceServiceDefaults, as JSON. Call with (list ENTRY DEFAULTS).
*/}}
{{- define "kitserve.inferenceService" -}}
{{- $service := index . 1 | default dict | deepCopy -}}
{{- include "kitserve.overlay" (list $service (index . 0)) -}}
{{- toJson $service -}}
{{- end -}}

{{/*
spec.predictor of an InferenceService, as JSON: what the typed values give, and the open `predictor` over it.
Call with the entry merged with its defaults.
*/}}
{{- define "kitserve.predictor" -}}
{{- $model := dict -}}
{{- $format := dict -}}
{{- include "kitserve.copy" (list $format (.modelFormat | default dict) (list "name" "version")) -}}
{{- with $format }}{{- $_ := set $model "modelFormat" . -}}{{- end -}}
{{- include "kitserve.copy" (list $model . (list "protocolVersion" "runtime" "storageUri" "resources")) -}}
{{- $predictor := dict -}}
{{- include "kitserve.copy" (list $predictor . (list "serviceAccountName" "storageUris")) -}}
{{- with $model }}{{- $_ := set $predictor "model" . -}}{{- end -}}
{{- include "kitserve.overlay" (list $predictor (.predictor | default dict)) -}}
{{- toJson $predictor -}}
{{- end -}}

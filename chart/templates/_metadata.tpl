{{/*
Labels and annotations of an object's metadata: its own over those of all objects, without empty fields.
Call with (list ROOT LABELS ANNOTATIONS).
*/}}
{{- define "kitserve.metadata" -}}
{{- $root := index . 0 -}}
{{- $labels := include "kitserve.labels" $root | fromJson -}}
{{- include "kitserve.overlay" (list $labels (index . 1)) -}}
{{- $annotations := dict -}}
{{- include "kitserve.overlay" (list $annotations ($root.Values.commonAnnotations | default dict)) -}}
{{- include "kitserve.overlay" (list $annotations (index . 2)) -}}
{{- with $labels }}
labels:
  {{- include "kitserve.yaml" . | nindent 2 }}
{{- end }}
{{- with $annotations }}
annotations:
  {{- include "kitserve.yaml" . | nindent 2 }}
{{- end }}
{{- end -}}

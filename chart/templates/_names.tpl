{{/*
The namespace of what names none. Call with the root context.
*/}}
{{- define "kitserve.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{/*
What the test's pods are called after: the release, and the chart if its name isn't in that. Room is left for a suffix.
*/}}
{{- define "kitserve.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" | trimSuffix "." -}}
{{- end -}}

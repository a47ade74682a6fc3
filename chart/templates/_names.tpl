{{/*
The namespace of objects that don't set their own. Call with the root context.
*/}}
{{- define "kitserve.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{/*
The beginning of the test pods' names: the release, and the chart if its name isn't in that. It leaves room for a suffix.
*/}}
{{- define "kitserve.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" | trimSuffix "." -}}
{{- end -}}

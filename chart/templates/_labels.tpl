{{/*
Labels of every object, as YAML: `commonLabels` over Kubernetes' recommended ones, which the values may turn off.
Call with the root context.
*/}}
{{- define "kitserve.labels" -}}
{{- $labels := dict -}}
{{- if .Values.standardLabels -}}
{{- $_ := set $labels "app.kubernetes.io/name" (.Values.nameOverride | default .Chart.Name) -}}
{{- $_ := set $labels "app.kubernetes.io/instance" .Release.Name -}}
{{- $_ := set $labels "app.kubernetes.io/version" .Chart.AppVersion -}}
{{- $_ := set $labels "app.kubernetes.io/part-of" .Chart.Name -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" .Release.Service -}}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- end -}}
{{- include "kitserve.overlay" (list $labels (.Values.commonLabels | default dict)) -}}
{{- toJson $labels -}}
{{- end -}}

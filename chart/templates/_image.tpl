{{/*
An image's reference, [registry/]repository[:tag][@digest]; without tag and digest the tag is the chart's appVersion.
Call with the root context.
*/}}
{{- define "kitserve.image" -}}
{{- $image := .Values.image | default dict -}}
{{- with (.Values.global).imageRegistry | default $image.registry }}{{ . }}/{{ end -}}
{{- $image.repository -}}
{{- $tag := $image.tag | default (ternary "" .Chart.AppVersion (not (empty $image.digest))) -}}
{{- with $tag }}:{{ . }}{{ end -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

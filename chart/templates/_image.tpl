{{/*
The initializer's image; without tag and digest its tag is the chart's appVersion, and its digest the one that a release
wrote into Chart.yaml. Call with the root context.
*/}}
{{- define "kitserve.image" -}}
{{- $image := .Values.image | default dict -}}
{{- $released := index (.Chart.Annotations | default dict) "kitserve.io/image-digest" -}}
{{- if and $released (not $image.tag) (not $image.digest) -}}
{{- $image = merge (dict "tag" .Chart.AppVersion "digest" $released) $image -}}
{{- end -}}
{{- include "kitserve.reference" (list .Values $image (ternary "" .Chart.AppVersion (not (empty $image.digest)))) -}}
{{- end -}}

{{/*
An image's reference, [registry/]repository[:tag][@digest]. Call with (list VALUES IMAGE DEFAULTTAG).
*/}}
{{- define "kitserve.reference" -}}
{{- $image := index . 1 -}}
{{- with ((index . 0).global).imageRegistry | default $image.registry }}{{ . }}/{{ end -}}
{{- $image.repository -}}
{{- with $image.tag | default (index . 2) }}:{{ . }}{{ end -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

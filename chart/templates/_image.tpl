{{/*
An image's reference, [registry/]repository[:tag][@digest]; without tag and digest the tag is the chart's appVersion.
Call with (dict "image" IMAGE "version" APPVERSION).
*/}}
{{- define "kitserve.image" -}}
{{- $image := .image | default dict -}}
{{- with $image.registry }}{{ . }}/{{ end -}}
{{- $image.repository -}}
{{- $tag := $image.tag | default (ternary "" .version (not (empty $image.digest))) -}}
{{- with $tag }}:{{ . }}{{ end -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

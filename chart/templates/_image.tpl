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
An image's reference, [registry/]repository[:tag][@digest], at the mirror of its registry. Call with
(list VALUES IMAGE DEFAULTTAG).
*/}}
{{- define "kitserve.reference" -}}
{{- $image := index . 1 -}}
{{- $reference := $image.repository | default "" -}}
{{- with ((index . 0).global).imageRegistry | default $image.registry }}{{- $reference = printf "%s/%s" . $reference -}}{{ end -}}
{{- with $image.tag | default (index . 2) }}{{- $reference = printf "%s:%s" $reference . -}}{{ end -}}
{{- with $image.digest }}{{- $reference = printf "%s@%s" $reference . -}}{{ end -}}
{{- include "kitserve.mirrored" (list $reference (index . 0).imageMirrors) -}}
{{- end -}}

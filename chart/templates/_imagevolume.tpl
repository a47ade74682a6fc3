{{/*
The image that `kitserve image` makes of a ModelKit, HOST/REPOSITORY:TAG; nothing if the URI can't have one: the twin of
generator/kitserve/render/manifests/image_volume.py. Call with (list URI LAYOUT FILTERS LABELS).
*/}}
{{- define "kitserve.imageOf" -}}
{{- $label := `[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?` -}}
{{- $port := `:[0-9]{1,5}` -}}
{{- $host := printf `(?:\[[0-9a-fA-F:]+\](?:%[2]s)?|%[1]s(?:\.%[1]s)*%[2]s|%[1]s(?:\.%[1]s)+)` $label $port -}}
{{- $component := `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*` -}}
{{- $tag := `[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}` -}}
{{- $digest := `sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}` -}}
{{- $reference := printf `^kit://(%[1]s/%[2]s(?:/%[2]s)*)(?:(?::%[3]s)?@(%[4]s)|:(%[3]s))?$` $host $component $tag $digest -}}
{{- $uri := index . 0 -}}
{{- if regexMatch $reference $uri -}}
{{- $layout := index . 1 | default "kit" -}}
{{- $version := regexReplaceAll $reference $uri "${2}${3}" | replace ":" "-" | default "latest" -}}
{{- $tag = printf "%s.image" $version -}}
{{- if or (eq $layout "model") (index . 2) (index . 3) -}}
{{- $tag = printf "%s-%s" $tag (printf "%s\n%s\n%s" $layout (index . 2) (index . 3) | sha256sum | trunc 10) -}}
{{- end -}}
{{- if gt (len $tag) 128 -}}
{{- $tag = printf "%s.image" (sha256sum $tag) -}}
{{- end -}}
{{- printf "%s:%s" (regexReplaceAll $reference $uri "${1}") $tag -}}
{{- end -}}
{{- end -}}

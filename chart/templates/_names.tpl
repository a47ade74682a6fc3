{{/*
Merge a map into another, in place: maps key by key, anything else is replaced, 0, false and "" included, which sprig's
mergeOverwrite would take for absent. Call with (list TARGET SOURCE).
*/}}
{{- define "kitserve.overlay" -}}
{{- $target := index . 0 -}}
{{- range $key, $value := index . 1 -}}
{{- if and (kindIs "map" $value) (kindIs "map" (get $target $key)) -}}
{{- include "kitserve.overlay" (list (get $target $key) $value) -}}
{{- else -}}
{{- $_ := set $target $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Copy into a map those of another's keys that are not empty: empty means unset. Call with (list TARGET SOURCE KEYS).
*/}}
{{- define "kitserve.copy" -}}
{{- $target := index . 0 -}}
{{- $source := index . 1 -}}
{{- range $key := index . 2 -}}
{{- with get $source $key -}}
{{- $_ := set $target $key . -}}
{{- end -}}
{{- end -}}
{{- end -}}

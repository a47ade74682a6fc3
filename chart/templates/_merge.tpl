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
Copy into a map those of another's keys that are not empty: empty means unset, 0 and false are values.
Call with (list TARGET SOURCE KEYS).
*/}}
{{- define "kitserve.copy" -}}
{{- $target := index . 0 -}}
{{- $source := index . 1 -}}
{{- range $key := index . 2 -}}
{{- $value := get $source $key -}}
{{- if or $value (has (kindOf $value) (list "bool" "float64" "int64")) -}}
{{- $_ := set $target $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Merge a map under another, in place: what the target has wins. Call with (list TARGET SOURCE).
*/}}
{{- define "kitserve.underlay" -}}
{{- $target := index . 0 -}}
{{- range $key, $value := index . 1 -}}
{{- if not (hasKey $target $key) -}}
{{- $_ := set $target $key (ternary ($value | deepCopy) $value (kindIs "map" $value)) -}}
{{- else if and (kindIs "map" $value) (kindIs "map" (get $target $key)) -}}
{{- include "kitserve.underlay" (list (get $target $key) $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}

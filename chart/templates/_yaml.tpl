{{/*
A map or list as YAML that is read back as the same. Call with it.
toYaml fails for some: it writes nothing at all if a text has a character that YAML accepts only as
an escape, leaves the key `<<` without quotes, and what blanks and empty lines end a text run into those of the template.
Whatever may have one of those is written as JSON.
*/}}
{{- define "kitserve.yaml" -}}
{{- $json := toJson . -}}
{{- $unprintable := "[\\x{7f}-\\x{9f}\\x{fffe}\\x{ffff}]" -}}
{{- if regexMatch $unprintable $json -}}
{{- range $code := concat (untilStep 0x7f 0xa0 1) (list 0xfffe 0xffff) -}}
{{- $json = replace (printf "%c" $code) (printf "\\u%04x" $code) $json -}}
{{- end -}}
{{- $json -}}
{{- else if regexMatch `\\n\\n"|"\\n"|\pZ"|"(<|\\u003c){2}":` $json -}}
{{- $json -}}
{{- else -}}
{{- toYaml . | required "a key is too long for YAML" -}}
{{- end -}}
{{- end -}}

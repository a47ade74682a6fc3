{{/*
Append what is wrong with the certificates of authorities to the list `problems` of a map: the twin of
generator/kitserve/check/value_rules/authorities.py. Call with (list FOUND TLS).
*/}}
{{- define "kitserve.authoritiesProblems" -}}
{{- $found := index . 0 -}}
{{- $tls := index . 1 -}}
{{- $problems := list -}}
{{- with $tls.caBundle -}}
{{- if not $tls.caConfigMapName -}}
{{- $problems = append $problems "tls.caConfigMapName: needed to create the ConfigMap" -}}
{{- end -}}
{{- $rest := regexReplaceAll `-----BEGIN CERTIFICATE-----[ \t\r\n]*MI[A-Za-z0-9+/= \t\r\n]*-----END CERTIFICATE-----` . "" -}}
{{- if contains "PRIVATE KEY" . -}}
{{- $problems = append $problems "tls.caBundle: this holds a private key, and everybody could read the ConfigMap" -}}
{{- else if or (eq $rest .) (regexMatch `-----(?:BEGIN|END)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]` $rest) -}}
{{- $problems = append $problems "tls.caBundle: no bundle of certificates in PEM form" -}}
{{- end -}}
{{- $size := len (printf "KITSERVE_CA_BUNDLE=%s" .) | add1 -}}
{{- if gt $size 131072 -}}
{{- $problems = append $problems (printf "tls.caBundle: the variable KITSERVE_CA_BUNDLE would have %d bytes, and 131072 is the most" $size) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $found "problems" $problems -}}
{{- end -}}

{{/*
The policy on signatures as the initializer reads it: JSON without what is empty, or nothing if it changes nothing. The
kubelet expands `$(NAME)`, and makes one `$` of two. Call with the value `verification`.
*/}}
{{- define "kitserve.policy" -}}
{{- $rules := list -}}
{{- range .rules -}}
{{- $rule := dict -}}
{{- range $key, $value := . -}}
{{- if $value }}{{ $_ := set $rule $key $value }}{{ end -}}
{{- end -}}
{{- with $rule.identities -}}
{{- $identities := list -}}
{{- range . -}}
{{- $identity := dict -}}
{{- range $key, $value := . -}}
{{- if $value }}{{ $_ := set $identity $key $value }}{{ end -}}
{{- end -}}
{{- $identities = append $identities $identity -}}
{{- end -}}
{{- $_ := set $rule "identities" $identities -}}
{{- end -}}
{{- with $rule.required }}{{ $_ := set $rule "required" (int64 .) }}{{ end -}}
{{- $rules = append $rules $rule -}}
{{- end -}}
{{- if or $rules (has .unmatched (list "warn" "deny")) -}}
{{- $policy := dict -}}
{{- range $key, $value := dict "unmatched" .unmatched "trustedRoot" .trustedRoot "rules" $rules -}}
{{- if $value }}{{ $_ := set $policy $key $value }}{{ end -}}
{{- end -}}
{{- toRawJson $policy | replace "$" "\\u0024" -}}
{{- end -}}
{{- end -}}

{{/*
Append what is wrong with the policy on signatures to the list `problems` of a map, and put into it, as `enforces`,
whether the policy can refuse a ModelKit: the twin of generator/kitserve/check/value_rules/verification.py. Call with
(list FOUND VALUES).
*/}}
{{- define "kitserve.policyProblems" -}}
{{- $found := index . 0 -}}
{{- $values := index . 1 -}}
{{- $verification := $values.verification | default dict -}}
{{- $problems := list -}}
{{- range $number, $rule := $verification.rules -}}
{{- $path := printf "verification.rules[%d]" $number -}}
{{- if not $rule.references -}}
{{- $problems = append $problems (printf "%s.references: a rule without references matches nothing" $path) -}}
{{- end -}}
{{- $signers := add (len ($rule.keys | default list)) (len ($rule.identities | default list)) -}}
{{- if and (not $signers) (not $rule.deniedDigests) -}}
{{- $problems = append $problems (printf "%s: a rule needs keys, identities or deniedDigests" $path) -}}
{{- else if gt (int64 ($rule.required | default 0)) $signers -}}
{{- $problems = append $problems (printf "%s.required: more than the %d keys and identities of the rule" $path $signers) -}}
{{- end -}}
{{- $seen := dict -}}
{{- range $index, $key := $rule.keys -}}
{{- $content := include "kitserve.publicKey" $key -}}
{{- if not $content -}}
{{- $problems = append $problems (printf "%s.keys[%d]: no public key of ECDSA (P-256, P-384, P-521), Ed25519 or RSA from 2048 bits on" $path $index) -}}
{{- else if hasKey $seen $content -}}
{{- $problems = append $problems (printf "%s.keys[%d]: the rule has this key already" $path $index) -}}
{{- end -}}
{{- $_ := set $seen $content true -}}
{{- end -}}
{{- range $index, $identity := $rule.identities -}}
{{- range $part := list "issuer" "subject" -}}
{{- $name := printf "%sPattern" $part -}}
{{- $place := printf "%s.identities[%d]" $path $index -}}
{{- $exact := get $identity $part -}}
{{- $pattern := get $identity $name -}}
{{- if not (or $exact $pattern) -}}
{{- $problems = append $problems (printf "%s: an identity needs %s or %s" $place $part $name) -}}
{{- else if and $exact $pattern -}}
{{- $problems = append $problems (printf "%s.%s: can't be combined with %s" $place $name $part) -}}
{{- end -}}
{{- /* An expression that Go can't compile matches nothing, not even what it may be empty for. */ -}}
{{- if and $pattern (not (regexMatch (printf "(%s)|" $pattern) "")) -}}
{{- $problems = append $problems (printf "%s.%s: no regular expression" $place $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $verification.trustedRoot -}}
{{- $root := fromJson . -}}
{{- $type := $root.mediaType -}}
{{- if not (and (not (hasKey $root "Error")) (kindIs "string" $type) (hasPrefix "application/vnd.dev.sigstore.trustedroot+json" ($type | toString))) -}}
{{- $problems = append $problems "verification.trustedRoot: no TrustedRoot of sigstore in JSON" -}}
{{- end -}}
{{- end -}}
{{- $size := len (printf "KITSERVE_VERIFICATION=%s" (include "kitserve.policy" $verification)) | add1 -}}
{{- if gt $size 131072 -}}
{{- $problems = append $problems (printf "verification: the variable KITSERVE_VERIFICATION would have %d bytes, and 131072 is the most" $size) -}}
{{- end -}}
{{- $enforced := eq ($verification.unmatched | default "") "deny" -}}
{{- range $verification.rules -}}
{{- $enforced = or $enforced (ne (.mode | default "") "warn") (not (empty .deniedDigests)) -}}
{{- end -}}
{{- if and $enforced (eq ($values.engine | default "") "kit") (or ($values.clusterStorageContainer | default dict).create ($values.localModels | default dict).create) -}}
{{- $problems = append $problems "verification: the engine kit can't do this" -}}
{{- end -}}
{{- $_ := set $found "problems" $problems -}}
{{- $_ := set $found "enforces" $enforced -}}
{{- end -}}

{{/*
A public key's content as base64, or nothing if it is of no kind that is verified with: the twin of
generator/kitserve/check/value_rules/public_key.py. Call with its PEM.
*/}}
{{- define "kitserve.publicKey" -}}
{{- $text := regexReplaceAll "-----(BEGIN|END) PUBLIC KEY-----|[ \\t\\r\\n]" . "" -}}
{{- $digit := "[A-Za-z0-9+/]" -}}
{{- $long := printf "(AQ[E-Za-z0-9+/]|A[R-Za-z0-9+/]%s|[BC]%s{2})%s" $digit $digit $digit -}}
{{- $rsa := printf "MII[B-I]%s[DTjz]ANBgkqhkiG9w0BAQEFAAOC%s{3}AMII%s{2}[AQgw]KC%s(%s{4})*(%s{2}(==|%s=))?" $digit $digit $digit $long $digit $digit $digit -}}
{{- $others := list "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE%s{86}==" "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE%s{128}" "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQ%s{176}=" "MCowBQYDK2VwAyEA%s{43}=" -}}
{{- $known := false -}}
{{- range $others -}}
{{- $known = or $known (regexMatch (printf "^%s$" (printf . $digit)) $text) -}}
{{- end -}}
{{- $der := b64dec $text -}}
{{- if regexMatch (printf "^%s$" $rsa) $text -}}
{{- $known = eq (len $der) (int (add 4 (mul 256 (index $der 2)) (index $der 3))) -}}
{{- end -}}
{{- if $known }}{{ $der | b64enc }}{{ end -}}
{{- end -}}

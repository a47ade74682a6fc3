{{/*
An image's reference at the mirror of its registry; as it is if it has none, or names a mirror: the twin of
generator/kitserve/render/manifests/mirror.py. Call with (list REFERENCE MIRRORS).
*/}}
{{- define "kitserve.mirrored" -}}
{{- $reference := index . 0 -}}
{{- $mirrors := index . 1 | default dict -}}
{{- $parts := splitList "/" $reference -}}
{{- $registry := first $parts -}}
{{- $path := rest $parts | join "/" -}}
{{- if or (eq (len $parts) 1) (not (regexMatch "[.:]|^localhost$" $registry)) -}}
{{- $registry = "docker.io" -}}
{{- $path = $reference -}}
{{- end -}}
{{- if has $registry (list "docker.io" "index.docker.io") -}}
{{- $registry = "docker.io" -}}
{{- if not (contains "/" $path) }}{{- $path = printf "library/%s" $path -}}{{- end -}}
{{- end -}}
{{- $mirror := get $mirrors "*" -}}
{{- range values $mirrors -}}
{{- if eq (splitList "/" . | first) $registry }}{{- $mirror = "" -}}{{- end -}}
{{- end -}}
{{- if hasKey $mirrors $registry }}{{- $mirror = get $mirrors $registry -}}{{- end -}}
{{- if and $mirror (not (hasPrefix (printf "%s/" $mirror) $reference)) -}}
{{- printf "%s/%s" $mirror $path -}}
{{- else -}}
{{- $reference -}}
{{- end -}}
{{- end -}}

{{/*
Put the images of all containers in a part of a service's `spec` at their mirrors, in place. A container is an item of a
list of them, or what KServe's components have as a model. Call with (list PART MIRRORS).
*/}}
{{- define "kitserve.mirrorImages" -}}
{{- $mirrors := index . 1 -}}
{{- if $mirrors -}}
{{- range $key, $value := index . 0 -}}
{{- if kindIs "map" $value -}}
{{- if has $key (list "model" "sklearn" "xgboost" "lightgbm" "tensorflow" "pytorch" "triton" "onnx" "huggingface" "pmml" "paddle" "art") -}}
{{- include "kitserve.mirrorImage" (list $value $mirrors) -}}
{{- end -}}
{{- include "kitserve.mirrorImages" (list $value $mirrors) -}}
{{- else if kindIs "slice" $value -}}
{{- range $item := $value -}}
{{- if kindIs "map" $item -}}
{{- if has $key (list "containers" "initContainers") -}}
{{- include "kitserve.mirrorImage" (list $item $mirrors) -}}
{{- end -}}
{{- include "kitserve.mirrorImages" (list $item $mirrors) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Put the image of a container at its mirror, in place. Call with (list CONTAINER MIRRORS).
*/}}
{{- define "kitserve.mirrorImage" -}}
{{- $image := get (index . 0) "image" -}}
{{- if kindIs "string" $image -}}
{{- if $image -}}
{{- $_ := set (index . 0) "image" (include "kitserve.mirrored" (list $image (index . 1))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Whether a service has ModelKits, and unpacks them into a volume that outlives its pods. Call with the entry merged with
its defaults.
*/}}
{{- define "kitserve.isVolume" -}}
{{- include "kitserve.isDelivered" (list . "volume") -}}
{{- end -}}

{{/*
Put a service's claim beside the own volumes of its spec.predictor, and for `storageUri` its mount: Knative refuses a
volume that nothing mounts, and KServe's pod webhook mounts it too late for that. Call with
(list PREDICTOR NAME SERVICE VALUES).
*/}}
{{- define "kitserve.claimed" -}}
{{- $service := index . 2 -}}
{{- if include "kitserve.isVolume" $service -}}
{{- $claim := dict "claimName" (include "kitserve.claim" (list (index . 1) $service (index . 3))) -}}
{{- $own := include "kitserve.modelVolumeName" $service -}}
{{- $predictor := index . 0 -}}
{{- include "kitserve.beside" (list $predictor "volumes" (list (dict "name" $own "persistentVolumeClaim" $claim)) "name") -}}
{{- if and (eq $own "kserve-provision-location") (kindIs "map" (get $predictor "model")) -}}
{{- $mount := dict "name" $own "mountPath" "/mnt/models" "readOnly" true -}}
{{- include "kitserve.beside" (list $predictor.model "volumeMounts" (list $mount) "mountPath") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
The name of the volume that KServe mounts for the initializer: for `storageUris` their common path. Call with the entry
merged with its defaults.
*/}}
{{- define "kitserve.modelVolumeName" -}}
{{- $paths := list -}}
{{- range .storageUris -}}
{{- if not (regexMatch "^(pvc|oci([+][a-z]+)?)://" .uri) -}}
{{- $paths = append $paths (.mountPath | default "/mnt/models" | trimAll "/" | splitList "/") -}}
{{- end -}}
{{- end -}}
{{- if $paths -}}
{{- $common := first $paths -}}
{{- range $path := rest $paths -}}
{{- $shared := list -}}
{{- range $number, $part := $common -}}
{{- if and (eq $number (len $shared)) (lt $number (len $path)) -}}
{{- if eq $part (index $path $number) }}{{- $shared = append $shared $part -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $common = $shared -}}
{{- end -}}
{{- join "-" $common -}}
{{- else -}}
kserve-provision-location
{{- end -}}
{{- end -}}

{{/*
What decides which files a service's volume holds. Call with (list SERVICE VALUES).
*/}}
{{- define "kitserve.volumeContent" -}}
{{- $service := index . 0 -}}
{{- $values := index . 1 -}}
{{- $texts := list -}}
{{- with $service.storageUri }}{{- $texts = append $texts (printf "%s /mnt/models" .) -}}{{- end -}}
{{- range $service.storageUris -}}
{{- $texts = append $texts (printf "%s %s" .uri (.mountPath | default "/mnt/models")) -}}
{{- end -}}
{{- range $key, $text := $service.annotations -}}
{{- if hasPrefix "kitserve.io/" $key }}{{- $texts = append $texts (printf "%s=%s" $key $text) -}}{{- end -}}
{{- end -}}
{{- $unpacking := $service.unpacking | default dict -}}
{{- range list "filter" "unpackFlags" "layout" "digest" "label" -}}
{{- $texts = append $texts (get $unpacking . | default "") -}}
{{- end -}}
{{- $texts = append $texts ($values.unpackFlags | default "") -}}
{{- $texts = append $texts ($values.layout | default "") -}}
{{- $texts = concat $texts ($values.allowPatterns | default list) (list "") ($values.ignorePatterns | default list) -}}
{{- join "\n" $texts -}}
{{- end -}}

{{/*
The claim of a service. One that is made is another one wherever it would differ: Kubernetes lets nobody change a claim
but for its size, and that not in every storage class. Call with (list NAME SERVICE VALUES).
*/}}
{{- define "kitserve.claim" -}}
{{- $volume := (index . 1).modelVolume | default dict -}}
{{- $content := include "kitserve.volumeContent" (list (index . 1) (index . 2)) -}}
{{- $made := concat (list $content ($volume.storageClassName | default "")) ($volume.accessModes | default list) (list ($volume.size | default "")) -}}
{{- $volume.claimName | default (printf "%s-%s" (index . 0) (join "\n" $made | sha256sum | trunc 10)) -}}
{{- end -}}

{{/*
The problems of a service's volume, put into a map with a list `problems`; `claims` there has what each named claim is
for. The twin of generator/kitserve/check/value_rules/model_volumes.py. Call with (list TARGET NAME SERVICE VALUES).
*/}}
{{- define "kitserve.volumeProblems" -}}
{{- $found := index . 0 -}}
{{- $name := index . 1 -}}
{{- $service := index . 2 -}}
{{- if include "kitserve.isVolume" $service -}}
{{- $volume := $service.modelVolume | default dict -}}
{{- if not (or $volume.size $volume.claimName) -}}
{{- $_ := set $found "problems" (append $found.problems (printf "inferenceServices.%s.modelVolume.size: delivery: volume needs the size of a claim to make, or the claimName of one that is there" $name)) -}}
{{- end -}}
{{- $own := include "kitserve.modelVolumeName" $service -}}
{{- $open := $service.predictor | default dict -}}
{{- $place := ternary "predictor.volumes" "volumes" (hasKey $open "volumes") -}}
{{- $volumes := ternary $open.volumes $service.volumes (hasKey $open "volumes") -}}
{{- $taken := false -}}
{{- range ternary $volumes list (kindIs "slice" $volumes) -}}
{{- if kindIs "map" . -}}{{- $taken = or $taken (eq (get . "name" | toString) $own) -}}{{- end -}}
{{- end -}}
{{- if $taken -}}
{{- $_ := set $found "problems" (append $found.problems (printf "inferenceServices.%s.%s: delivery: volume brings the volume %s already" $name $place $own)) -}}
{{- end -}}
{{- with $volume.claimName -}}
{{- $content := include "kitserve.volumeContent" (list $service (index $ 3)) -}}
{{- $place := printf "%s/%s" ($service.namespace | default "") . -}}
{{- $other := get $found.claims $place | default (dict "name" $name "content" $content) -}}
{{- $_ := set $found.claims $place $other -}}
{{- if ne $other.content $content -}}
{{- $_ := set $found "problems" (append $found.problems (printf "inferenceServices.%s.modelVolume.claimName: the claim %s is for what %s unpacks" $name . $other.name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

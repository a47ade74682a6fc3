{{/*
Merge an entry of llmInferenceServices over what its group says of whose it is and where its pods run, into a map.
Call with (list TARGET ENTRY VALUES).
*/}}
{{- define "kitserve.llmService" -}}
{{- $service := index . 0 -}}
{{- $entry := index . 1 -}}
{{- with get ((index . 2).serviceGroups | default dict) ($entry.group | default "") -}}
{{- include "kitserve.copy" (list $service (deepCopy .) (list "namespace" "labels" "annotations" "serviceAccountName" "imagePullSecrets")) -}}
{{- include "kitserve.placement" (list $service (deepCopy .)) -}}
{{- end -}}
{{- include "kitserve.overlay" (list $service $entry) -}}
{{- end -}}

{{/*
spec of an LLMInferenceService, put into a map: what the typed values give, the open `spec` over it, and what its pods need.
Call with (list TARGET VALUES SERVICE).
*/}}
{{- define "kitserve.llmSpec" -}}
{{- $spec := index . 0 -}}
{{- $values := index . 1 -}}
{{- $service := index . 2 | deepCopy -}}
{{- $isKit := hasPrefix "kit://" ($service.uri | default "") -}}
{{- $isVolume := and $isKit (eq (($values.imageVolumes).mountBy | default "") "volume") -}}
{{- $choice := $service.unpacking | default dict -}}
{{- $image := include "kitserve.imageOf" (list ($service.uri | default "") ($choice.layout | default $values.layout | default "") ($choice.filter | default "") ($choice.label | default "")) -}}
{{- $added := dict "volumes" list "mounts" list "args" list "pod" dict -}}
{{- if $isVolume -}}
{{- include "kitserve.llmImage" (list $added "kitserve-model" $image "/mnt/models") -}}
{{- end -}}
{{- $others := list -}}
{{- $modules := list -}}
{{- range $name, $adapter := $service.adapters -}}
{{- if hasPrefix "kit://" $adapter.uri -}}
{{- $own := include "kitserve.imageOf" (list $adapter.uri ($adapter.layout | default $values.layout | default "") ($adapter.filter | default "") ($adapter.label | default "")) -}}
{{- $path := printf "/mnt/lora/%s" $name -}}
{{- include "kitserve.llmImage" (list $added (printf "kitserve-lora-%s" ($name | sha256sum | trunc 10)) $own $path) -}}
{{- $modules = append $modules (printf "%s=%s" $name $path) -}}
{{- else -}}
{{- $others = append $others (dict "name" $name "uri" $adapter.uri) -}}
{{- end -}}
{{- end -}}
{{- with $modules }}{{- $_ := set $added "args" (concat (list "--enable-lora" "--lora-modules") .) -}}{{- end -}}
{{- with $service.serviceAccountName }}{{- $_ := set $added.pod "serviceAccountName" . -}}{{- end -}}
{{- with $service.imagePullSecrets | default $values.imagePullSecrets }}{{- $_ := set $added.pod "imagePullSecrets" . -}}{{- end -}}
{{- include "kitserve.placement" (list $added.pod $service) -}}
{{- $model := dict -}}
{{- with $service.uri }}{{- $_ := set $model "uri" (ternary (printf "oci+native://%s" $image) . $isKit) -}}{{- end -}}
{{- with $service.modelName }}{{- $_ := set $model "name" . -}}{{- end -}}
{{- with $others }}{{- $_ := set $model "lora" (dict "adapters" .) -}}{{- end -}}
{{- with $model }}{{- $_ := set $spec "model" . -}}{{- end -}}
{{- if $isVolume }}{{- $_ := set $spec "storageInitializer" (dict "enabled" false) -}}{{- end -}}
{{- include "kitserve.copy" (list $spec $service (list "replicas" "baseRefs" "router")) -}}
{{- include "kitserve.overlay" (list $spec ($service.spec | default dict)) -}}
{{- $main := dict -}}
{{- include "kitserve.copy" (list $main $service (list "image" "args" "resources")) -}}
{{- include "kitserve.env" (list $main $service.env) -}}
{{- include "kitserve.llmWorkload" (list $spec $added $main) -}}
{{- if kindIs "map" $spec.prefill -}}
{{- include "kitserve.llmWorkload" (list $spec.prefill $added dict) -}}
{{- end -}}
{{- end -}}

{{/*
Add an image to what pods get. Call with (list ADDED NAME REFERENCE PATH).
*/}}
{{- define "kitserve.llmImage" -}}
{{- $added := index . 0 -}}
{{- $volume := dict "name" (index . 1) "image" (dict "reference" (index . 2) "pullPolicy" "IfNotPresent") -}}
{{- $mount := dict "name" (index . 1) "mountPath" (index . 3) "subPath" "models" "readOnly" true -}}
{{- $_ := set $added "volumes" (append $added.volumes $volume) -}}
{{- $_ := set $added "mounts" (append $added.mounts $mount) -}}
{{- end -}}

{{/*
Fill in a workload's template, also one that is missing, and its workers' if there are any. Call with (list WORKLOAD ADDED MAIN).
*/}}
{{- define "kitserve.llmWorkload" -}}
{{- $workload := index . 0 -}}
{{- $added := index . 1 -}}
{{- $main := index . 2 -}}
{{- $isAdded := or $added.pod $added.volumes -}}
{{- if or $isAdded $main -}}
{{- if kindIs "invalid" $workload.template }}{{- $_ := set $workload "template" dict -}}{{- end -}}
{{- include "kitserve.llmPod" (list $workload.template $added $main) -}}
{{- end -}}
{{- if and $isAdded (kindIs "map" $workload.worker) -}}
{{- include "kitserve.llmPod" (list $workload.worker $added dict) -}}
{{- end -}}
{{- end -}}

{{/*
Add to a pod's spec: fields under its own, images that `main` mounts, and arguments before those of `main`. What isn't of
the form that it should be stays as it is. Call with (list POD ADDED MAIN).
*/}}
{{- define "kitserve.llmPod" -}}
{{- $pod := index . 0 -}}
{{- $added := index . 1 -}}
{{- if kindIs "map" $pod -}}
{{- include "kitserve.underlay" (list $pod $added.pod) -}}
{{- if kindIs "invalid" $pod.containers }}{{- $_ := set $pod "containers" list -}}{{- end -}}
{{- if kindIs "slice" $pod.containers -}}
{{- $containers := list -}}
{{- $found := false -}}
{{- range $container := $pod.containers -}}
{{- if and (not $found) (kindIs "map" $container) -}}
{{- if and (kindIs "string" $container.name) (eq ($container.name | toString) "main") -}}
{{- $found = true -}}
{{- include "kitserve.llmMain" (list $container $added (index $ 2)) -}}
{{- end -}}
{{- end -}}
{{- $containers = append $containers $container -}}
{{- end -}}
{{- if not $found -}}
{{- $container := dict "name" "main" -}}
{{- include "kitserve.llmMain" (list $container $added (index . 2)) -}}
{{- $containers = append $containers $container -}}
{{- end -}}
{{- $_ := set $pod "containers" $containers -}}
{{- end -}}
{{- with $added.volumes }}{{- include "kitserve.beside" (list $pod "volumes" . "name") -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Add to the container `main`. Call with (list CONTAINER ADDED MAIN).
*/}}
{{- define "kitserve.llmMain" -}}
{{- $container := index . 0 -}}
{{- include "kitserve.underlay" (list $container (index . 2)) -}}
{{- with (index . 1).args -}}
{{- if kindIs "invalid" $container.args }}{{- $_ := set $container "args" list -}}{{- end -}}
{{- if kindIs "slice" $container.args }}{{- $_ := set $container "args" (concat . $container.args) -}}{{- end -}}
{{- end -}}
{{- with (index . 1).mounts -}}
{{- include "kitserve.beside" (list $container "volumeMounts" . "mountPath") -}}
{{- end -}}
{{- end -}}

{{/*
Add to `problems` what is wrong with an LLMInferenceService: the twin of
generator/kitserve/check/value_rules/llm_inference_services.py. Call with (list FOUND VALUES NAME SERVICE).
*/}}
{{- define "kitserve.llmProblems" -}}
{{- $found := index . 0 -}}
{{- $values := index . 1 -}}
{{- $name := index . 2 -}}
{{- $service := index . 3 -}}
{{- $path := printf "llmInferenceServices.%s" $name -}}
{{- $problems := list -}}
{{- $spec := dict -}}
{{- include "kitserve.llmSpec" (list $spec $values $service) -}}
{{- $model := ternary $spec.model dict (kindIs "map" $spec.model) -}}
{{- $lora := ternary $model.lora dict (kindIs "map" $model.lora) -}}
{{- $others := and (kindIs "slice" $lora.adapters) $lora.adapters -}}
{{- $isBased := and (kindIs "slice" $spec.baseRefs) $spec.baseRefs -}}
{{- if not (or (and (kindIs "string" $model.uri) $model.uri) $isBased) -}}
{{- $problems = append $problems (printf "%s.uri: the service has no model" $path) -}}
{{- end -}}
{{- $uri := $service.uri | default "" -}}
{{- include "kitserve.modelImageProblems" (list $found $values $path $uri ".unpacking" ($service.unpacking | default dict)) -}}
{{- $ours := false -}}
{{- $place := "spec.model.lora.adapters" -}}
{{- range $adapter, $source := $service.adapters -}}
{{- include "kitserve.modelImageProblems" (list $found $values (printf "%s.adapters.%s" $path $adapter) $source.uri "" $source) -}}
{{- if hasPrefix "kit://" $source.uri -}}
{{- $ours = true -}}
{{- else if hasPrefix "spec." $place -}}
{{- $place = printf "adapters.%s" $adapter -}}
{{- end -}}
{{- end -}}
{{- if and $ours $others -}}
{{- $problems = append $problems (printf "%s.adapters: KServe serves no other adapters beside ModelKits" $path) -}}
{{- end -}}
{{- $own := $service.modelName | default (include "kitserve.serviceName" (list $name $service)) -}}
{{- if hasKey ($service.adapters | default dict) $own -}}
{{- $problems = append $problems (printf "%s.adapters.%s: the model has this name" $path $own) -}}
{{- end -}}
{{- if hasPrefix "kit://" $uri -}}
{{- $switch := ternary $spec.storageInitializer dict (kindIs "map" $spec.storageInitializer) -}}
{{- if eq (($values.imageVolumes).mountBy | default "") "volume" -}}
{{- if and $others (not $ours) -}}
{{- $problems = append $problems (printf "%s.%s: KServe serves these only with its own volume of the model" $path $place) -}}
{{- end -}}
{{- else if and (kindIs "bool" $switch.enabled) (not $switch.enabled) -}}
{{- $problems = append $problems (printf "%s.spec.storageInitializer.enabled: KServe mounts no model with this" $path) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $found "problems" (concat $found.problems $problems) -}}
{{- end -}}

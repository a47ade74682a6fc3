{{/*
The namespace of objects that don't set their own. Call with the root context.
*/}}
{{- define "kitserve.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{/*
The name of a service's object. Call with (list KEY SERVICE).
*/}}
{{- define "kitserve.serviceName" -}}
{{- (index . 1).name | default (index . 0) -}}
{{- end -}}

{{/*
The beginning of the test pods' names: the release, and the chart if its name isn't in that. It leaves room for a suffix.
*/}}
{{- define "kitserve.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" | trimSuffix "." -}}
{{- end -}}

{{/*
Add to `problems` what is wrong with the names and groups of services, and to `known` the services whose group there is: the
twin of generator/kitserve/check/value_rules/service_names.py. Call with (list FOUND ROOT KIND).
*/}}
{{- define "kitserve.nameProblems" -}}
{{- $found := index . 0 -}}
{{- $root := index . 1 -}}
{{- $kind := index . 2 -}}
{{- $merge := ternary "kitserve.llmService" "kitserve.inferenceService" (eq $kind "llmInferenceServices") -}}
{{- $known := dict -}}
{{- $taken := dict -}}
{{- range $key, $entry := index $root.Values $kind -}}
{{- if and $entry.group (not (hasKey ($root.Values.serviceGroups | default dict) $entry.group)) -}}
{{- $_ := set $found "problems" (append $found.problems (printf "%s.%s.group: serviceGroups has no such group" $kind $key)) -}}
{{- else -}}
{{- $_ := set $known $key $entry -}}
{{- $service := dict -}}
{{- include $merge (list $service $entry $root.Values) -}}
{{- $place := printf "%s/%s" ($service.namespace | default (include "kitserve.namespace" $root)) (include "kitserve.serviceName" (list $key $service)) -}}
{{- with get $taken $place -}}
{{- $_ := set $found "problems" (append $found.problems (printf "%s.%s.name: the service %s has this name and namespace" $kind $key .)) -}}
{{- else -}}
{{- $_ := set $taken $place $key -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $found.known $kind $known -}}
{{- end -}}

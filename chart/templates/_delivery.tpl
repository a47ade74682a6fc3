{{/*
Whether nodes pull ModelKits of a service as images. Call with the entry merged with its defaults.
*/}}
{{- define "kitserve.isImageVolume" -}}
{{- if eq (.delivery | default "") "imageVolume" -}}
{{- $uris := list (.storageUri | default "") -}}
{{- range .storageUris -}}{{- $uris = append $uris .uri -}}{{- end -}}
{{- range $uris -}}{{- if hasPrefix "kit://" . -}}true{{- end -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
The image of one of a service's URIs, or nothing. Call with (list URI SERVICE VALUES).
*/}}
{{- define "kitserve.serviceImage" -}}
{{- $unpacking := (index . 1).unpacking | default dict -}}
{{- $layout := $unpacking.layout | default (index . 2).layout | default "" -}}
{{- include "kitserve.imageOf" (list (index . 0) $layout ($unpacking.filter | default "") ($unpacking.label | default "")) -}}
{{- end -}}

{{/*
The commands that make a service's images, one in each line, for a user to read. Call with (list SERVICE VALUES).
*/}}
{{- define "kitserve.imageCommands" -}}
{{- $service := index . 0 -}}
{{- $unpacking := $service.unpacking | default dict -}}
{{- $options := "" -}}
{{- if eq ($unpacking.layout | default (index . 1).layout | default "") "model" }}{{ $options = " --layout model" }}{{ end -}}
{{- range $key := list "filter" "label" -}}
{{- range splitList " " (get $unpacking $key) -}}
{{- if . }}{{ $options = printf "%s --%s '%s'" $options $key . }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $uris := list ($service.storageUri | default "") -}}
{{- range $service.storageUris }}{{ $uris = append $uris .uri }}{{ end -}}
{{- range $uris -}}
{{- if hasPrefix "kit://" . }}
kitserve image {{ . }}{{ $options }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Put the sources of a service's models into its map, ModelKits in the form that it wants them delivered in: `storageUri`
and `storageUris` as KServe gets them, and as `mounts` the images that the predictor itself mounts. Call with
(list SERVICE VALUES).
*/}}
{{- define "kitserve.sources" -}}
{{- $service := index . 0 -}}
{{- $values := index . 1 -}}
{{- $images := include "kitserve.isImageVolume" $service -}}
{{- $mounted := and $images (eq (($values.imageVolumes).mountBy | default "") "volume") -}}
{{- $mounts := list -}}
{{- $uris := list -}}
{{- range $number, $_ := $service.storageUris -}}
{{- $uri := dict "mountPath" "/mnt/models" -}}
{{- include "kitserve.copy" (list $uri . (list "uri" "mountPath")) -}}
{{- $image := "" -}}
{{- if $images }}{{- $image = include "kitserve.serviceImage" (list .uri $service $values) -}}{{- end -}}
{{- if and $image $mounted -}}
{{- $mounts = append $mounts (dict "name" (printf "kitserve-model-%d" $number) "reference" $image "path" $uri.mountPath) -}}
{{- else -}}
{{- if $image }}{{- $_ := set $uri "uri" (printf "oci+native://%s" $image) -}}{{- end -}}
{{- $uris = append $uris $uri -}}
{{- end -}}
{{- end -}}
{{- if $images -}}
{{- with include "kitserve.serviceImage" (list ($service.storageUri | default "") $service $values) -}}
{{- if $mounted -}}
{{- $mounts = prepend $mounts (dict "name" "kitserve-model" "reference" . "path" "/mnt/models") -}}
{{- end -}}
{{- $_ := set $service "storageUri" (ternary "" (printf "oci+native://%s" .) (not (empty $mounted))) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $service "storageUris" $uris -}}
{{- $_ := set $service "mounts" $mounts -}}
{{- end -}}

{{/*
Put mounts beside the own volumes of spec.predictor; what has a name or path already stays. Call with
(list PREDICTOR MOUNTS).
*/}}
{{- define "kitserve.mount" -}}
{{- $predictor := index . 0 -}}
{{- with index . 1 -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- range . -}}
{{- $volumes = append $volumes (dict "name" .name "image" (dict "reference" .reference "pullPolicy" "IfNotPresent")) -}}
{{- $mounts = append $mounts (dict "name" .name "mountPath" .path "subPath" "models" "readOnly" true) -}}
{{- end -}}
{{- include "kitserve.beside" (list $predictor "volumes" $volumes "name") -}}
{{- if kindIs "map" (get $predictor "model") -}}
{{- include "kitserve.beside" (list $predictor.model "volumeMounts" $mounts "mountPath") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Put entries behind those that a list of the open `predictor` has; what isn't a list is KServe's to refuse. Call with
(list TARGET KEY ENTRIES NAME), where NAME is the key that no two entries share.
*/}}
{{- define "kitserve.beside" -}}
{{- $target := index . 0 -}}
{{- $key := index . 1 -}}
{{- $name := index . 3 -}}
{{- $given := index $target $key -}}
{{- if or (kindIs "invalid" $given) (kindIs "slice" $given) -}}
{{- $taken := list -}}
{{- range $given -}}
{{- if kindIs "map" . -}}{{- $taken = append $taken (get . $name) -}}{{- end -}}
{{- end -}}
{{- $entries := $given | default list -}}
{{- range index . 2 -}}
{{- if not (has (get . $name) $taken) -}}{{- $entries = append $entries . -}}{{- end -}}
{{- end -}}
{{- $_ := set $target $key $entries -}}
{{- end -}}
{{- end -}}

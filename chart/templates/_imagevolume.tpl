{{/*
The image that `kitserve image` makes of a ModelKit, HOST/REPOSITORY:TAG; nothing if the URI can't have one: the twin of
generator/kitserve/render/manifests/image_volume.py. Call with (list URI LAYOUT FILTERS LABELS).
*/}}
{{- define "kitserve.imageOf" -}}
{{- $label := `[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?` -}}
{{- $port := `:[0-9]{1,5}` -}}
{{- $host := printf `(?:\[[0-9a-fA-F:]+\](?:%[2]s)?|%[1]s(?:\.%[1]s)*%[2]s|%[1]s(?:\.%[1]s)+)` $label $port -}}
{{- $component := `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*` -}}
{{- $tag := `[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}` -}}
{{- $digest := `sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}` -}}
{{- $reference := printf `^kit://(%[1]s/%[2]s(?:/%[2]s)*)(?:(?::%[3]s)?@(%[4]s)|:(%[3]s))?$` $host $component $tag $digest -}}
{{- /* A URI has no blanks: only what matches gets one. */ -}}
{{- $parts := splitList " " (regexReplaceAll $reference (index . 0) "${1} ${2}${3}") -}}
{{- if eq (len $parts) 2 -}}
{{- $layout := index . 1 | default "kit" -}}
{{- $tag = printf "%s.image" (index $parts 1 | replace ":" "-" | default "latest") -}}
{{- if or (eq $layout "model") (index . 2) (index . 3) -}}
{{- $tag = printf "%s-%s" $tag (printf "%s\n%s\n%s" $layout (index . 2) (index . 3) | sha256sum | trunc 10) -}}
{{- end -}}
{{- if gt (len $tag) 128 -}}
{{- $tag = printf "%s.image" (sha256sum $tag) -}}
{{- end -}}
{{- printf "%s:%s" (first $parts) $tag -}}
{{- end -}}
{{- end -}}

{{/*
Append what is wrong with a service that wants image volumes to the list `problems` of a map: the twin of
generator/kitserve/check/value_rules/image_volumes.py. Call with (list FOUND NAME SERVICE VALUES).
*/}}
{{- define "kitserve.imageVolumeProblems" -}}
{{- $found := index . 0 -}}
{{- $path := printf "inferenceServices.%s" (index . 1) -}}
{{- $service := index . 2 -}}
{{- $values := index . 3 -}}
{{- $problems := list -}}
{{- $delivery := $service.delivery | default "" -}}
{{- range $key := list "predictor" "transformer" "explainer" -}}
{{- if and (eq $delivery "imageVolume") (include "kitserve.openModelKits" (get $service $key | default dict)) -}}
{{- $problems = append $problems (printf "%s.%s: delivery: imageVolume doesn't reach a ModelKit in here" $path $key) -}}
{{- end -}}
{{- end -}}
{{- $canaries := "" -}}
{{- range $service.canary -}}
{{- if kindIs "map" .predictor }}{{ $canaries = printf "%s%s" $canaries (include "kitserve.openModelKits" .predictor) }}{{ end -}}
{{- end -}}
{{- if and $canaries (has $delivery (list "imageVolume" "volume")) -}}
{{- $problems = append $problems (printf "%s.canary: delivery: %s doesn't reach a ModelKit in here" $path $delivery) -}}
{{- end -}}
{{- if include "kitserve.isImageVolume" $service -}}
{{- $_ := set $found "used" true -}}
{{- $unpacking := $service.unpacking | default dict -}}
{{- $sources := dict "storageUri" ($service.storageUri | default "") -}}
{{- $mounted := dict -}}
{{- range $number, $source := $service.storageUris -}}
{{- $_ := set $sources (printf "storageUris[%d].uri" $number) .uri -}}
{{- $mountPath := .mountPath | default "/mnt/models" | trimSuffix "/" -}}
{{- if hasKey $mounted $mountPath -}}
{{- $problems = append $problems (printf "%s.storageUris[%d].mountPath: another model is mounted there" $path $number) -}}
{{- end -}}
{{- $_ := set $mounted $mountPath true -}}
{{- end -}}
{{- range $place, $uri := $sources -}}
{{- if and (hasPrefix "kit://" $uri) (not (include "kitserve.imageOf" (list $uri "" "" ""))) -}}
{{- $problems = append $problems (printf "%s.%s: no image can be made of this" $path $place) -}}
{{- end -}}
{{- end -}}
{{- $initializers := dict "storageKey" $service.storageKey "storageContainerName" $service.storageContainerName -}}
{{- range list "unpackFlags" "digest" "verification" }}{{ $_ := set $initializers (printf "unpacking.%s" .) (get $unpacking .) }}{{ end -}}
{{- range $place, $value := $initializers -}}
{{- if $value -}}
{{- $problems = append $problems (printf "%s.%s: can't be combined with delivery: imageVolume" $path $place) -}}
{{- end -}}
{{- end -}}
{{- $forAll := include "kitserve.chosenForAll" $values | fromYamlArray -}}
{{- range $key := list "filter" "label" -}}
{{- $text := get $unpacking $key -}}
{{- if not $text -}}
{{- if has $key $forAll -}}
{{- $problems = append $problems (printf "%s.unpacking.%s: needed for delivery: imageVolume, because unpackFlags has a %s" $path $key $key) -}}
{{- end -}}
{{- else if not (regexMatch `^[^\x00-\x20\x7f'"\\]+(?: [^\x00-\x20\x7f'"\\]+)*$` $text) -}}
{{- $problems = append $problems (printf "%s.unpacking.%s: an image's name needs words with one space between them, without quotes and backslashes" $path $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $found "problems" (concat $found.problems $problems) -}}
{{- end -}}

{{/*
Whether the open `predictor` names a ModelKit. Call with it.
*/}}
{{- define "kitserve.openModelKits" -}}
{{- $uris := list -}}
{{- range . -}}
{{- if kindIs "map" . -}}{{- $uris = append $uris (get . "storageUri") -}}{{- end -}}
{{- end -}}
{{- range include "kitserve.maps" (index . "storageUris") | fromJsonArray -}}
{{- $uris = append $uris (get . "uri") -}}
{{- end -}}
{{- range include "kitserve.maps" (index . "containers") | fromJsonArray -}}
{{- range include "kitserve.maps" (index . "env") | fromJsonArray -}}
{{- if eq (toJson .name) `"STORAGE_URI"` -}}{{- $uris = append $uris .value -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- range $uris -}}{{- if kindIs "string" . -}}{{- if hasPrefix "kit://" . -}}true{{- end -}}{{- end -}}{{- end -}}
{{- end -}}

{{/*
The maps of a list, if it is one, as JSON. Call with it.
*/}}
{{- define "kitserve.maps" -}}
{{- $maps := list -}}
{{- if kindIs "slice" . -}}
{{- range . -}}{{- if kindIs "map" . -}}{{- $maps = append $maps . -}}{{- end -}}{{- end -}}
{{- end -}}
{{- toJson $maps -}}
{{- end -}}

{{/*
What `unpackFlags` chooses for all, as a list in YAML: `filter` and `label`. Call with the values.
*/}}
{{- define "kitserve.chosenForAll" -}}
{{- $flags := regexReplaceAll `['"\\]` (.unpackFlags | default "") "" -}}
{{- $found := list -}}
{{- range $key, $flag := dict "filter" `--(?:filter|kitfile|model|code|datasets|docs)|-[oiv]*f` "label" `--label|-[oiv]*l` -}}
{{- if regexMatch (printf `(?:^|[ \t\r\n])(?:%s)` $flag) $flags }}{{- $found = append $found $key -}}{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
Add to `problems` what is wrong with a URI and what chooses its image, and mark that images are `used`: the twin of
generator/kitserve/check/value_rules/model_images.py. Call with (list FOUND VALUES PATH URI PLACE CHOICE); PLACE is the
choice's, below PATH.
*/}}
{{- define "kitserve.modelImageProblems" -}}
{{- $found := index . 0 -}}
{{- $path := index . 2 -}}
{{- $uri := index . 3 -}}
{{- $place := index . 4 -}}
{{- $choice := index . 5 -}}
{{- $problems := list -}}
{{- $isKit := hasPrefix "kit://" $uri -}}
{{- if include "kitserve.hasLogin" $uri -}}
{{- $problems = append $problems (printf "%s.uri: %s" $path $found.public) -}}
{{- else if and $isKit (not (include "kitserve.imageOf" (list $uri "" "" ""))) -}}
{{- $problems = append $problems (printf "%s.uri: no image can be made of this" $path) -}}
{{- end -}}
{{- if $isKit -}}
{{- $_ := set $found "used" true -}}
{{- range $key := include "kitserve.chosenForAll" (index . 1) | fromYamlArray -}}
{{- if not (get $choice $key) -}}
{{- $problems = append $problems (printf "%s%s.%s: needed for the image, because unpackFlags has a %s" $path $place $key $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $found "problems" (concat $found.problems $problems) -}}
{{- end -}}

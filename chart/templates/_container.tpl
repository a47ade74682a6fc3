{{/*
The fields that all containers of the initializer share. Call with the root context.
*/}}
{{- define "kitserve.container" -}}
image: {{ include "kitserve.image" . | quote }}
{{- with (.Values.image).pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- include "kitserve.yaml" . | nindent 2 }}
{{- end }}
{{- with .Values.securityContext }}
securityContext:
  {{- include "kitserve.yaml" . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
What Pod Security's `restricted` demands of a container, whatever the initializer is allowed: the default of `securityContext`, which
a template doesn't see.
*/}}
{{- define "kitserve.restricted" -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
    - ALL
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end -}}

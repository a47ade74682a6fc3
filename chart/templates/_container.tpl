{{/*
What the initializer's containers have in common. Call with the root context.
*/}}
{{- define "kitserve.container" -}}
image: {{ include "kitserve.image" . | quote }}
{{- with (.Values.image).pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
The initializer's environment, in the order of KitOps' guide: flags, credentials, then our own. Call with the values.
The credentials are optional: a namespace without the Secret pulls anonymously, instead of pods that never start.
*/}}
{{- define "kitserve.environment" -}}
{{- $credentials := .credentials | default dict -}}
- name: KIT_UNPACK_FLAGS
  value: {{ .unpackFlags | default "" | toJson }}
{{- if $credentials.secretName }}
- name: KIT_USER
  valueFrom:
    secretKeyRef:
      name: {{ $credentials.secretName | quote }}
      key: {{ $credentials.usernameKey | default "" | quote }}
      optional: true
- name: KIT_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ $credentials.secretName | quote }}
      key: {{ $credentials.passwordKey | default "" | quote }}
      optional: true
{{- end }}
{{- with .engine }}
- name: KITSERVE_ENGINE
  value: {{ . }}
{{- end }}
{{- end -}}

{{/*
The initializer's environment, in the order of KitOps' guide: flags, credentials, settings, then `extraEnv`. Call with
the values.
The credentials are optional: in a namespace without the Secret, pods start and pull anonymously.
*/}}
{{- define "kitserve.environment" -}}
{{- $credentials := .credentials | default dict -}}
- name: KIT_UNPACK_FLAGS
  value: {{ .unpackFlags | default "" | quote }}
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
{{- with $credentials.dockerConfigSecretName }}
- name: KITSERVE_DOCKER_CONFIG_JSON
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: .dockerconfigjson
      optional: true
{{- end }}
{{- with $credentials.registryHosts }}
- name: KITSERVE_CREDENTIALS_REGISTRIES
  value: {{ join "," . | quote }}
{{- end }}
{{- with .engine }}
- name: KITSERVE_ENGINE
  value: {{ . }}
{{- end }}
{{- with .layout }}
- name: KITSERVE_LAYOUT
  value: {{ . }}
{{- end }}
{{- with .allowPatterns }}
- name: STORAGE_ALLOW_PATTERNS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .ignorePatterns }}
- name: STORAGE_IGNORE_PATTERNS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .logFormat }}
- name: KITSERVE_LOG_FORMAT
  value: {{ . }}
{{- end }}
{{- with .allowParentsByTag }}
- name: KITSERVE_ALLOW_PARENTS_BY_TAG
  value: "true"
{{- end }}
{{- with .firstByteSeconds }}
- name: KITSERVE_FIRST_BYTE_SECONDS
  value: {{ . | int64 | quote }}
{{- end }}
{{- with .verifyAgain }}
- name: KITSERVE_VERIFY_AGAIN
  value: "true"
{{- end }}
{{- with include "kitserve.policy" (.verification | default dict) }}
- name: KITSERVE_VERIFICATION
  value: {{ . | quote }}
{{- end }}
{{- $aws := .aws | default dict }}
{{- $google := .google | default dict }}
{{- $proxy := .proxy | default dict }}
{{- with $aws.ecrRegion }}
- name: AWS_ECR_REGION
  value: {{ . | quote }}
{{- end }}
{{- with $google.workloadIdentity }}
- name: GCP_WIF
  value: "true"
{{- end }}
{{- with $google.location }}
- name: GCP_GAR_LOCATION
  value: {{ . | quote }}
{{- end }}
{{- with $proxy.https }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with $proxy.http }}
- name: HTTP_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with $proxy.noProxy }}
- name: NO_PROXY
  value: {{ . | quote }}
{{- end }}
{{- $tls := .tls | default dict }}
{{- with $tls.caCertificates }}
- name: KITSERVE_CA_CERTIFICATES
  value: {{ . | quote }}
{{- end }}
{{- with $tls.caConfigMapName }}
- name: KITSERVE_CA_BUNDLE
  valueFrom:
    configMapKeyRef:
      name: {{ . | quote }}
      key: {{ $tls.caConfigMapKey | default "" | quote }}
      optional: true
{{- end }}
{{- with $tls.clientSecretName }}
- name: KITSERVE_CLIENT_CERTIFICATE
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: tls.crt
      optional: true
- name: KITSERVE_CLIENT_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . | quote }}
      key: tls.key
      optional: true
{{- end }}
{{- range .extraEnv }}
- name: {{ .name | quote }}
  {{- with .value }}
  value: {{ . | quote }}
  {{- end }}
  {{- with .valueFrom }}
  valueFrom:
    {{- include "kitserve.yaml" . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
The variables of a service's annotations, by the downward API; an absent annotation gives an empty variable. Call with the values.
*/}}
{{- define "kitserve.serviceAnnotationsEnv" -}}
{{- $honoured := .serviceAnnotations | default list -}}
{{- range list "filter" "unpack-flags" "layout" "digest" "label" "verification" }}
{{- if has . $honoured }}
- name: KITSERVE_SERVICE_{{ . | replace "-" "_" | upper }}
  valueFrom:
    fieldRef:
      fieldPath: metadata.annotations['kitserve.io/{{ . }}']
{{- end }}
{{- end }}
{{- end -}}

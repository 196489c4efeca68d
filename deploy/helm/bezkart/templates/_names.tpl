{{- /* Names, labels and the settings of a process. */ -}}

{{- define "bezkart.name" -}}
{{- if contains "bezkart" .Release.Name }}{{ .Release.Name | trunc 30 | trimSuffix "-" }}{{ else }}{{ printf "%s-bezkart" .Release.Name | trunc 30 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- /* (list root component) */ -}}
{{- define "bezkart.selector" -}}
app.kubernetes.io/name: bezkart
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "bezkart.labels" -}}
{{ include "bezkart.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
{{- end }}

{{- define "bezkart.secret" -}}
{{- if .Values.secrets.existing }}{{ .Values.secrets.existing }}
{{- else if .Values.secrets.values }}{{ include "bezkart.name" . }}-secrets
{{- else }}{{ fail "secrets: give `existing` (the name of a Secret, see `make secrets`) or `values`; there are no default secrets" }}{{ end }}
{{- end }}

{{- define "bezkart.image" -}}
{{- $image := (index . 0).Values.image }}{{ $service := index . 1 -}}
{{- $image.repository }}/{{ $service }}{{ with index $image.digests $service }}@{{ . }}{{ else }}:{{ default (index . 0).Chart.AppVersion $image.tag }}{{ end }}
{{- end }}

{{- /* Addresses of our own processes, as settings: {BEZKART_IDENTITY_URL: …}. */ -}}
{{- define "bezkart.addresses" -}}
{{- $root := . }}
{{- range $name, $process := .Values.processes }}
{{- if and $process.enabled (eq $process.kind "api") }}
BEZKART_{{ $name | upper | replace "-" "_" }}_URL: http://{{ include "bezkart.name" $root }}-{{ $name }}:8000
{{- end }}
{{- end }}
BEZKART_GATEWAY_URL: http://{{ include "bezkart.name" . }}-gateway:{{ .Values.gateway.service.port }}
{{- end }}

{{- /* The settings that a process needs, its groups taken apart: {names: […]}. */ -}}
{{- define "bezkart.needs" -}}
{{- $groups := (index . 0).Values.groups }}
{{- $names := $groups.everybody }}
{{- range (index . 1).needs }}
{{- if hasPrefix "BEZKART_" . }}{{ $names = append $names . }}{{ else }}{{ $names = concat $names (required (printf "needs: there is no group %q" .) (index $groups .)) }}{{ end }}
{{- end }}
{{- dict "names" ($names | uniq) | toYaml }}
{{- end }}

{{- define "bezkart.plain" -}}
{{- $addresses := include "bezkart.addresses" . | fromYaml }}
{{- range $name, $value := merge (dict) .Values.settings $addresses }}
{{- if not (eq (toString $value) "") }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /* (list root name process), and true for a hook, which runs before the settings of this release are there. */ -}}
{{- define "bezkart.environment" -}}
{{- $root := index . 0 }}{{ $name := index . 1 }}{{ $process := index . 2 -}}
{{- $stores := dict "BEZKART_MONGO_URL" "mongo" "BEZKART_REDIS_URL" "redis" "BEZKART_AMQP_URL" "rabbitmq" -}}
{{- $house := include "bezkart.name" $root -}}
{{- $plain := include "bezkart.plain" $root | fromYaml -}}
- {name: BEZKART_ENV, value: {{ $root.Values.env }}}
- {name: HOME, value: /tmp}
{{- if eq $process.kind "beat" }}
- {name: BEZKART_BEAT_FILE, value: /tmp/beat}
{{- else }}
- {name: BEZKART_HTTP_HOST, value: 0.0.0.0}
- {name: BEZKART_HTTP_PORT, value: "8000"}
{{- end }}
{{- if eq $process.kind "worker" }}
- {name: REMAP_SIGTERM, value: SIGQUIT}  # the soft stop comes before a cold one only
{{- end }}
{{- range (include "bezkart.needs" (list $root $process) | fromYaml).names }}
{{- $store := index $stores . }}
{{- if and $store (index $root.Values.stores $store).bundled }}
{{- if eq $store "mongo" }}
- {name: MONGO_PASSWORD, valueFrom: {secretKeyRef: {name: {{ include "bezkart.secret" $root }}, key: mongo-password}}}
- {name: {{ . }}, value: "mongodb://bezkart:$(MONGO_PASSWORD)@{{ $house }}-mongo-0.{{ $house }}-mongo.{{ $root.Release.Namespace }}.svc:27017/?replicaSet=bezkart&authSource=admin"}
{{- else if eq $store "redis" }}
- {name: REDIS_PASSWORD, valueFrom: {secretKeyRef: {name: {{ include "bezkart.secret" $root }}, key: redis-password}}}
- {name: {{ . }}, value: "redis://:$(REDIS_PASSWORD)@{{ $house }}-redis:6379/0"}
{{- else }}
- {name: AMQP_PASSWORD, valueFrom: {secretKeyRef: {name: {{ include "bezkart.secret" $root }}, key: amqp-password}}}
- {name: {{ . }}, value: "amqp://bezkart:$(AMQP_PASSWORD)@{{ $house }}-rabbitmq:5672/bezkart"}
{{- end }}
{{- else if has . $root.Values.secretSettings }}
- {name: {{ . }}, valueFrom: {secretKeyRef: {name: {{ include "bezkart.secret" $root }}, key: {{ . }}}}}
{{- else if has (printf "%s?" .) $root.Values.secretSettings }}
- {name: {{ . }}, valueFrom: {secretKeyRef: {name: {{ include "bezkart.secret" $root }}, key: {{ . }}, optional: true}}}
{{- else if and (hasKey $plain .) (gt (len $) 3) }}
- {name: {{ . }}, value: {{ index $plain . | quote }}}
{{- else if hasKey $plain . }}
- {name: {{ . }}, valueFrom: {configMapKeyRef: {name: {{ $house }}-settings, key: {{ . }}}}}
{{- else if not (hasKey $root.Values.settings .) }}
{{- fail (printf "processes.%s.needs: %s is neither in settings nor in secretSettings nor the address of an enabled process" $name .) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bezkart.pod-security" -}}
runAsNonRoot: true
runAsUser: {{ index . 0 }}
runAsGroup: {{ index . 1 }}
fsGroup: {{ index . 1 }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "bezkart.container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* (list root component): where a pod goes. */ -}}
{{- define "bezkart.placement" -}}
{{- $values := (index . 0).Values -}}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "bezkart.selector" $ | nindent 8 }}
  {{- end }}
{{- with $values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

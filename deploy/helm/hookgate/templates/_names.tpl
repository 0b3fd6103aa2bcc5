{{- define "hookgate.name" -}}
{{- if contains "hookgate" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-hookgate" (.Release.Name | trunc 41 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- /* With a digest the tag is for people alone: what runs is what the digest names. */}}
{{- define "hookgate.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- /* Bytes of a size such as 2Gi or 256M. */}}
{{- define "hookgate.bytes" -}}
{{- $unit := dict "" 1 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 }}
{{- mul (regexFind "^[0-9]+" . | int64) (get $unit (regexFind "([KMGT]i|[kMG])?$" .) | int64) }}
{{- end }}

{{- /* The fewest and the most gateways that may run. */}}
{{- define "hookgate.fewest" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.minReplicas }}{{ else }}{{ .Values.replicas }}{{ end }}
{{- end }}
{{- define "hookgate.most" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.maxReplicas }}{{ else }}{{ .Values.replicas }}{{ end }}
{{- end }}

{{- define "hookgate.selector" -}}
app.kubernetes.io/name: hookgate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "hookgate.labels" -}}
{{ include "hookgate.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* What a claim for /data asks for. */}}
{{- define "hookgate.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .Values.persistence.storageClass }}
storageClassName: {{ . | quote }}
{{- end }}
resources:
  requests: { storage: {{ .Values.persistence.size }} }
{{- end }}

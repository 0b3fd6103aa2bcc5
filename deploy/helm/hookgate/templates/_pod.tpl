{{- define "hookgate.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.serviceAccountName }}
serviceAccountName: {{ . | quote }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  {{- with .Values.fsGroup }}
  fsGroup: {{ . }}
  {{- end }}
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- $pods := dict "labelSelector" (dict "matchLabels" (include "hookgate.selector" . | fromYaml)) }}
  {{- range .Values.topologySpreadConstraints }}
  - {{- toYaml (merge (deepCopy .) $pods) | nindent 4 }}
  {{- end }}
{{- with .Values.initContainers }}
initContainers: {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - {{- include "hookgate.container" . | nindent 4 }}
  {{- with .Values.sidecars }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  - name: rules
    configMap: { name: {{ .Values.rulesConfigMap | default (printf "%s-rules" (include "hookgate.name" .)) }} }
  - name: settings
    configMap: { name: {{ include "hookgate.name" . }}-settings }
  {{- if not .Values.persistence.enabled }}
  - name: data
    emptyDir: { sizeLimit: {{ .Values.persistence.size }} }
  {{- else if .Values.persistence.existingClaim }}
  - name: data
    persistentVolumeClaim: { claimName: {{ .Values.persistence.existingClaim | quote }} }
  {{- else if eq .Values.kind "Deployment" }}
  - name: data
    persistentVolumeClaim: { claimName: {{ include "hookgate.name" . }}-data }
  {{- end }}
  {{- with .Values.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "hookgate.container" -}}
name: hookgate
image: {{ include "hookgate.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- if or .Values.secret .Values.envFrom }}
envFrom:
  {{- with .Values.secret }}
  - secretRef: { name: {{ . }} }
  {{- end }}
  {{- with .Values.envFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- with .Values.extraEnv }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - { name: http, containerPort: {{ include "hookgate.port" (list .Values.settings.listen 8080) }} }
  - { name: admin, containerPort: {{ include "hookgate.port" (list (dig "admin" "listen" "" .Values.settings) 8081) }} }
startupProbe:
  exec: { command: [/usr/local/bin/hookgate, healthcheck] }
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: 30
# Alive, not ready: a restart gives no full disk room.
livenessProbe:
  exec: { command: [/usr/local/bin/hookgate, healthcheck] }
  periodSeconds: 10
  timeoutSeconds: 3
readinessProbe:
  exec: { command: [/usr/local/bin/hookgate, healthcheck, --ready] }
  periodSeconds: 5
  timeoutSeconds: 3
{{- if .Values.preStopSeconds }}
lifecycle:
  # Until everybody knows that this pod is sent nothing more.
  preStop: { sleep: { seconds: {{ .Values.preStopSeconds }} } }
{{- end }}
resources: {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  # Whole folders are kept up to date by Kubernetes, single files (subPath) are not.
  - { name: rules, mountPath: /etc/hookgate/rules, readOnly: true }
  - { name: settings, mountPath: /etc/hookgate/gateway.yaml, subPath: gateway.yaml, readOnly: true }
  - { name: data, mountPath: /data }
  {{- with .Values.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

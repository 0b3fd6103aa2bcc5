{{- /* What the chart reads from gateway.yaml. */}}

{{- /* The port of an address such as 0.0.0.0:8080; the second of the list where there is no address. */}}
{{- define "hookgate.port" -}}
{{- $port := regexFind "[0-9]+$" (index . 0 | default "" | toString) }}
{{- $port | default (index . 1) }}
{{- end }}

{{- /* Whether only the pod itself reaches an address. */}}
{{- define "hookgate.isLoopback" -}}
{{- if regexMatch "^(127[.]|\\[::1\\]|localhost)" (. | default "" | toString) }}true{{ end }}
{{- end }}

{{- /* The name of the variable that a text such as ${env:NAME} is, or nothing. */}}
{{- define "hookgate.variable" -}}
{{- . | default "" | toString | regexFind "^\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}$" | trimPrefix "${env:" | trimSuffix "}" }}
{{- end }}

{{- /* Each address that hookgate calls, as YAML: where it stands in the settings, and the address. */}}
{{- define "hookgate.addresses" -}}
{{- $settings := .Values.settings }}
{{- $found := dict }}
{{- range $part, $kinds := dict "connections" (list "http" "sql" "ldap") "destinations" (list "http" "slack" "teams" "nats") }}
{{- range $name, $row := get $settings $part | default dict }}
{{- range $kind := $kinds }}
{{- if kindIs "map" $row }}{{ with get $row $kind }}{{ $_ := set $found (printf "%s.%s.%s" $part $name $kind) . }}{{ end }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- with dig "outbox" "postgres" "address" "" $settings }}{{ $_ := set $found "outbox.postgres.address" . }}{{ end }}
{{- with dig "traces" "collector" "" $settings }}{{ $_ := set $found "traces.collector" . }}{{ end }}
{{- with dig "auth" "jwt" "jwks" "address" "" $settings }}{{ $_ := set $found "auth.jwt.jwks.address" . }}{{ end }}
{{- range $n, $row := dig "auth" "for" list $settings }}
{{- with dig "jwt" "jwks" "address" "" $row }}{{ $_ := set $found (printf "auth.for[%d].jwt.jwks.address" $n) . }}{{ end }}
{{- end }}
{{- toYaml $found }}
{{- end }}

{{- /* The rules of `egress` for these addresses. A policy names pods, networks and ports, and no host outside. */}}
{{- define "hookgate.egress" -}}
{{- $ports := dict "http" 80 "https" 443 "postgres" 5432 "postgresql" 5432 "mysql" 3306 "ldap" 389 "ldaps" 636 "nats" 4222 "tls" 4222 }}
{{- $rules := dict }}
{{- range $place, $address := include "hookgate.addresses" . | fromYaml }}
{{- if not (or (contains "${" $address) (hasPrefix "sqlite:" $address)) }}
{{- $scheme := regexFind "^[a-z]+" $address }}
{{- $authority := regexReplaceAll "^[a-z]+://([^/?#]*@)?([^/?#]*).*$" $address "${2}" }}
{{- $host := regexReplaceAll ":[0-9]+$" $authority "" }}
{{- $port := regexFind ":[0-9]+$" $authority | trimPrefix ":" | default (get $ports $scheme) | int }}
{{- $open := list (dict "port" $port "protocol" "TCP") }}
{{- $rule := dict }}
{{- if include "hookgate.isLoopback" $host }}
{{- else if regexMatch "^[0-9]+([.][0-9]+){3}$" $host }}
{{- $rule = dict "ports" $open "to" (list (dict "ipBlock" (dict "cidr" (printf "%s/32" $host)))) }}
{{- else if hasPrefix "[" $host }}
{{- $rule = dict "ports" $open "to" (list (dict "ipBlock" (dict "cidr" (printf "%s/128" (trimAll "[]" $host))))) }}
{{- else if regexMatch "^[^.]+[.][^.]+[.]svc([.].+)?$" $host }}
{{- /* A policy sees the port of the pod behind a service, which no address tells. */}}
{{- $rule = dict "to" (list (dict "namespaceSelector" (dict "matchLabels" (dict "kubernetes.io/metadata.name" (index (splitList "." $host) 1))))) }}
{{- else if not (contains "." $host) }}
{{- $rule = dict "to" (list (dict "podSelector" dict)) }}
{{- else if ne $port 443 }}
{{- $rule = dict "ports" $open }}
{{- end }}
{{- if $rule }}{{ $_ := set $rules (toJson $rule) $rule }}{{ end }}
{{- end }}
{{- end }}
{{- with keys $rules }}{{ sortAlpha . | join "," | printf "[%s]" | fromJsonArray | toYaml }}{{ end }}
{{- end }}

{{- /* Addresses whose port cannot be known before hookgate runs. Slack and Teams are called over HTTPS, which is open. */}}
{{- define "hookgate.unknown" -}}
{{- range $place, $address := include "hookgate.addresses" . | fromYaml }}
{{- if and (contains "${" $address) (regexMatch "^destinations[.].*[.]http$" $place) }}settings.{{ $place }} {{ end }}
{{- end }}
{{- end }}

{{- /* Addresses from a secret where hookgate takes none. */}}
{{- define "hookgate.secretive" -}}
{{- range $place, $address := include "hookgate.addresses" . | fromYaml }}
{{- if and (contains "${" $address) (not (regexMatch "^destinations[.].*[.](http|slack|teams)$" $place)) }}settings.{{ $place }} {{ end }}
{{- end }}
{{- end }}

{{- /* Where webhooks are called, as a YAML list. The prefix "" of the defaults is for programs inside the cluster. */}}
{{- define "hookgate.paths" -}}
{{- if .Values.ingress.paths }}{{ toYaml .Values.ingress.paths }}
{{- else }}
{{- range .Values.settings.prefixes | default (list "/webhook") }}
- {{ . | default "/" | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Variables that the settings name and no entry of `extraEnv` gives. */}}
{{- define "hookgate.ungiven" -}}
{{- $given := list }}
{{- range .Values.extraEnv }}{{ $given = append $given .name }}{{ end }}
{{- range regexFindAll "\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}" (toYaml .Values.settings) -1 | uniq | sortAlpha }}
{{- $name := trimPrefix "${env:" . | trimSuffix "}" }}
{{- if not (has $name $given) }}{{ $name }} {{ end }}
{{- end }}
{{- end }}

{{- /* Where the token of the admin listener is, as YAML: name and key of a Secret, or nothing where no Secret is known to have it. */}}
{{- define "hookgate.token" -}}
{{- $variable := include "hookgate.variable" (dig "admin" "token" "" .Values.settings) }}
{{- $row := dict }}
{{- range .Values.extraEnv }}{{ if eq .name $variable }}{{ $row = . }}{{ end }}{{ end }}
{{- if $row }}
{{- with dig "valueFrom" "secretKeyRef" dict $row }}{{ toYaml (pick . "name" "key") }}{{ end }}
{{- else if and $variable .Values.secret }}
{{- toYaml (dict "name" .Values.secret "key" $variable) }}
{{- end }}
{{- end }}

{{- /* What callers and servers can make hookgate hold without connections, and what the program takes itself, in bytes: the sum that
`serve` logs, docs/operating/limits.md explains it. */}}
{{- define "hookgate.held" -}}
{{- $settings := .Values.settings }}
{{- $log := dig "log" "buffer_bytes" 4194304 $settings | int64 }}
{{- $held := add (dig "limits" "heads_bytes" 8388608 $settings | int64) (dig "limits" "bodies_bytes" 41943040 $settings | int64) $log (div $log 4) }}
{{- $held = add $held (mul 32 1048576) }}
{{- $journal := $settings.journal | default dict }}
{{- if not (and (hasKey $journal "file") (not $journal.file)) }}
{{- $held = add $held (dig "queue_bytes" 16777216 $journal | int64) (mul 4 (dig "limits" "body_bytes" 1048576 $settings | int64)) }}
{{- end }}
{{- if $settings.connections }}{{ $held = add $held (mul 48 1048576) }}{{ end }}
{{- if dig "admin" "console" true $settings }}{{ $held = add $held (mul 16 1048576) }}{{ end }}
{{- $held }}
{{- end }}

{{- define "cronwright.name" -}}
{{- if contains "cronwright" .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-cronwright" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "cronwright.selector" -}}
app.kubernetes.io/name: cronwright
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cronwright.labels" -}}
{{ include "cronwright.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "cronwright.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains "cronwright" .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-cronwright" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- /* Never changes: a Deployment's selector cannot be upgraded. */ -}}
{{- define "cronwright.selector" -}}
app.kubernetes.io/name: cronwright
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "cronwright.labels" -}}
{{ include "cronwright.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "cronwright.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- with .Values.image.digest -}}@{{ . }}{{- end -}}
{{- end }}

{{- define "cronwright.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "cronwright.name" .) -}}
{{- else -}}
{{- required "serviceAccount.name: which one, when serviceAccount.create is false?" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- /* What values say; several replicas keep apart besides, unless values say how. Nothing where nothing is said. */ -}}
{{- define "cronwright.affinity" -}}
{{- with .Values.affinity }}
{{- toYaml . }}
{{- end }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.affinity.podAntiAffinity) }}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels: {{- include "cronwright.selector" . | nindent 12 }}
{{- end }}
{{- end }}

{{- /* Of the Service that webhooks come through. */ -}}
{{- define "cronwright.webhooksName" -}}
{{- include "cronwright.name" . | trunc 54 | trimSuffix "-" }}-webhooks
{{- end }}

{{- /* Of the Service that the dashboard is served by. */ -}}
{{- define "cronwright.dashboardName" -}}
{{- include "cronwright.name" . | trunc 53 | trimSuffix "-" }}-dashboard
{{- end }}

{{- /* "yes" where the cluster says who may look at the dashboard, else nothing. */ -}}
{{- define "cronwright.review" -}}
{{- if and .Values.dashboard.enabled (not .Values.dashboard.existingSecret) -}}yes{{- end -}}
{{- end }}

{{- /* "yes" where the history is in PostgreSQL, else nothing. */ -}}
{{- define "cronwright.postgres" -}}
{{- with .Values.store.postgres.existingSecret -}}yes{{- end -}}
{{- end }}

{{- /* The claim of the SQLite file, nothing where there is none. */ -}}
{{- define "cronwright.claim" -}}
{{- if and .Values.persistence.enabled (not (include "cronwright.postgres" .)) -}}
{{- .Values.persistence.existingClaim | default (include "cronwright.name" .) -}}
{{- end -}}
{{- end }}

{{- /* Where its rights hold: in one namespace or in all. */ -}}
{{- define "cronwright.scope" -}}
{{- ternary "Role" "ClusterRole" (ne .Values.watchNamespace "") -}}
{{- end }}

{{- /* What no schema can say, or what a schema that was skipped did not say. */ -}}
{{- define "cronwright.check" -}}
{{- if and (gt (int .Values.replicas) 1) (not (include "cronwright.postgres" .)) -}}
{{- fail (printf "replicas is %d, and an SQLite file has one writer: set store.postgres.existingSecret to a Secret with a PostgreSQL URL, or replicas to 1" (int .Values.replicas)) -}}
{{- end -}}
{{- if and .Values.persistence.existingClaim (not .Values.persistence.enabled) -}}
{{- fail "persistence.existingClaim is set and persistence.enabled is false: which of the two is meant?" -}}
{{- end -}}
{{- with .Values.webhooks.ingress -}}
{{- if and .enabled (not $.Values.webhooks.enabled) -}}
{{- fail "webhooks.ingress.enabled is true and webhooks.enabled is false: nobody would listen behind the Ingress" -}}
{{- end -}}
{{- if and .enabled (not .host) -}}
{{- fail "webhooks.ingress.host: under which name does GitHub reach the Ingress?" -}}
{{- end -}}
{{- end -}}
{{- end }}

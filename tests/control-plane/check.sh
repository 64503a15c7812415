#!/usr/bin/env bash
# Proves on the built programs what the loopback tests rely on, one line each, and measures start
# and memory. Run it after a version was changed; it takes about 40 seconds.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$("$here/build.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/control-plane-check.XXXXXX")
launcher=
trap '[[ -z $launcher ]] || kill -TERM "$launcher" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

export KUBECONFIG=$work/data/admin.kubeconfig
kubectl() { "$bin/kubectl" --cache-dir="$work/cache" "$@"; }
milliseconds() { printf '%d' $(($(date +%s%N) / 1000000)); }
ok() { printf 'ok   %s\n' "$*"; }
fail() { printf 'FAIL %s\n' "$*"; exit 1; }

# Repeats a command until it succeeds, for half a minute at most.
eventually() {
  local deadline=$((SECONDS + 30))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "not within 30 s: $*"
    sleep 0.1
  done
}

# Starts the launcher with its standard input on descriptor 8 and its answers on descriptor 7.
start() {
  local begun
  rm -rf "$work/data"
  mkfifo "$work/in" "$work/out"
  begun=$(milliseconds)
  "$bin/launcher" --bin "$bin" --data "$work/data" --until-stdin-closes <"$work/in" >"$work/out" 7>&- 8>&- &
  launcher=$!
  exec 8>"$work/in" 7<"$work/out"
  rm "$work/in" "$work/out"
  read -r -t 120 ready <&7 || fail 'the launcher did not get ready'
  ok "ready in $(($(milliseconds) - begun)) ms"
}

# Says a command and expects its answer.
say() {
  local answer begun
  begun=$(milliseconds)
  printf '%s\n' "$1" >&8
  read -r -t 120 answer <&7
  [[ $answer == "$2" ]] || fail "$1 was answered: $answer"
  ok "$1: $answer in $(($(milliseconds) - begun)) ms"
}

children() { sed -E 's/.*"pids":\{([^}]*)\}.*/\1/' <<<"$ready" | tr ',' '\n' | sed -E 's/.*"(.*)":([0-9]+)/\1 \2/'; }
no_children() { children | while read -r _ pid; do ! kill -0 "$pid" 2>/dev/null || return 1; done; }

start
[[ $ready == '{"kubeconfig":'*'"server":"https://127.0.0.1:'* ]] || fail "the line is $ready"
server=$(sed -E 's/.*"server":"([^"]*)".*/\1/' <<<"$ready")
if [[ -r /proc/self/status ]]; then
  children | while read -r name pid; do
    ok "memory of $name: $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status") MiB"
  done
fi
ok "$(kubectl version | tail -1)"

kubectl create namespace trial >/dev/null
kubectl create serviceaccount nobody --namespace trial >/dev/null
token=$(kubectl create token nobody --namespace trial)
[[ $token == *.*.* ]] || fail 'the token is no JWT'
ok 'a namespace, a service account and a token'

# The plain token, without the administrator's certificate.
as_nobody() { curl --silent --cacert "$work/data/pki/ca.crt" --header "Authorization: Bearer $token" --output /dev/null --write-out '%{http_code}' "$server$1"; }
[[ $(as_nobody /api/v1/namespaces/trial/secrets) == 403 ]] || fail 'RBAC does not forbid'
kubectl create role reader --namespace trial --verb=list --resource=secrets >/dev/null
kubectl create rolebinding reader --namespace trial --role=reader --serviceaccount=trial:nobody >/dev/null
granted() { [[ $(as_nobody /api/v1/namespaces/trial/secrets) == 200 ]]; }
eventually granted
ok 'RBAC forbids, and allows once a role says so'
[[ $(token=forged as_nobody /api) == 401 ]] || fail 'a forged token is let in'
ok 'a forged token is refused'
[[ $(kubectl auth can-i list secrets --namespace trial --as=system:serviceaccount:trial:nobody) == yes ]] || fail 'can-i list'
[[ $(kubectl auth can-i delete secrets --namespace trial --as=system:serviceaccount:trial:nobody || true) == no ]] || fail 'can-i delete'
ok 'kubectl auth can-i agrees'
grep '"username":"system:serviceaccount:trial:nobody"' "$work/data/audit.log" | grep -q '"code":403' || fail 'the audit log has no 403'
grep -q '"username":"admin"' "$work/data/audit.log" && fail 'the audit log has the administrator'
ok "the audit log has the 403, and service accounts only ($(wc -l <"$work/data/audit.log") lines)"

kubectl apply -f - >/dev/null <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: probes.check.example}
spec:
  group: check.example
  scope: Namespaced
  names: {plural: probes, singular: probe, kind: Probe}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {size: {type: integer}}
            x-kubernetes-validations: [{rule: "self.size > 0", message: "size is positive"}]
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
YAML
kubectl wait --for=condition=Established crd/probes.check.example --timeout=30s >/dev/null
probe() { printf '{"apiVersion":"check.example/v1","kind":"Probe","metadata":{"name":"one","namespace":"trial"},"spec":{"size":%s}}' "$1" | kubectl apply -f - 2>&1; }
eventually probe 1
refusal=$(probe 0 || true)
[[ $refusal == *'size is positive'* ]] || fail "CEL does not refuse: $refusal"
ok 'a custom resource, and its CEL rule refuses'

kubectl create deployment web --image=none --namespace trial >/dev/null
eventually kubectl get pods --namespace trial --selector=app=web --output=jsonpath='{.items[0].metadata.name}'
ok 'a Deployment becomes a ReplicaSet and a Pod'
begun=$(milliseconds)
kubectl delete namespace trial --timeout=60s >/dev/null
ok "a namespace with all in it is gone in $(($(milliseconds) - begun)) ms"

say 'restart apiserver' '{"restarted":"apiserver"}'
say 'stop apiserver' '{"stopped":"apiserver"}'
kubectl get namespaces --request-timeout=2s >/dev/null 2>&1 && fail 'the stopped server answers'
say 'start apiserver' '{"started":"apiserver"}'
kubectl get crd probes.check.example >/dev/null || fail 'the data is lost'
ok 'the data survived'
kubectl create namespace afterwards >/dev/null
eventually kubectl get serviceaccount default --namespace afterwards
ok 'the controller manager works on after the restart'

exec 8>&-
begun=$(milliseconds)
wait "$launcher" || fail "the launcher ended with $?"
no_children || fail 'a child outlived the end of commands'
ok "standard input closed: nothing is left after $(($(milliseconds) - begun)) ms"
launcher=

start
kill -TERM "$launcher"
wait "$launcher" || fail "the launcher ended with $?"
no_children || fail 'a child outlived SIGTERM'
ok 'SIGTERM: nothing is left'

if [[ $(uname) == Linux ]]; then
  start
  kill -KILL "$launcher"
  wait "$launcher" 2>/dev/null || true
  launcher=
  eventually no_children
  ok 'kill -9 of the launcher: nothing is left'
fi

#!/usr/bin/env bash
# Runs a real Kubernetes control plane on loopback, in the foreground, until Ctrl-C. For people;
# tests start the launcher themselves. Its data is new every time and removed at the end.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$("$here/build.sh")
home=$(mktemp -d "${TMPDIR:-/tmp}/control-plane.XXXXXX")
launcher=

# Ends the launcher, and with it the control plane, then removes the data.
finish() {
  if [[ -n $launcher ]]; then
    kill -TERM "$launcher" 2>/dev/null || true
    wait "$launcher" 2>/dev/null || true
  fi
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

printf 'control-plane: starting, ready in about ten seconds...\n' >&2
"$bin/launcher" --bin "$bin" --data "$home/data" >"$home/ready" &
launcher=$!
until [[ -s $home/ready ]]; do
  kill -0 "$launcher" 2>/dev/null || { launcher=; exit 1; }
  sleep 0.2
done

cat <<USAGE

A Kubernetes API server, etcd and the controller manager are running. In another terminal:

  export KUBECONFIG=$home/data/admin.kubeconfig
  export PATH=$bin:\$PATH
  kubectl get namespaces

Nothing schedules or runs pods. Logs are in $home/data/logs, requests of service accounts in
$home/data/audit.log. Ctrl-C ends it and removes all of it.
USAGE
wait "$launcher"

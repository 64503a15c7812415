#!/usr/bin/env bash
# Builds the Kubernetes control plane of the loopback tests, once, and prints on stdout the folder
# that holds it: etcd, kube-apiserver, kube-controller-manager, kubectl, our launcher, and what the
# chart is tested with: helm, kubeconform, kube-score; gitops and grafana (ours), actionlint.
#
# Owns the cache and the build flags; versions live in the go.mod files, how the programs are
# started lives in the launcher. Progress and errors go to stderr. README.md has the environment
# variables.
set -euo pipefail
# A failure inside $(...) ends the script too; older shells (macOS) lack the option.
shopt -s inherit_errexit 2>/dev/null || true

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${CRONWRIGHT_CONTROL_PLANE_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or CRONWRIGHT_CONTROL_PLANE_CACHE}/.cache}/cronwright/control-plane}
assets=${KUBEBUILDER_ASSETS:-}
kubernetes_tools=(kube-apiserver kube-controller-manager kubectl)

# Static programs (no C compiler needed), the locked versions only, no surrounding workspace.
export CGO_ENABLED=0 GOWORK=off
build_flags=(-trimpath -buildvcs=false -mod=readonly)

say() { printf 'control-plane: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c 1-16; }

# The version a module of ours locks for the dependency $2, such as v1.36.3.
locked_version() { awk -v module="$2" '$1 == module || $2 == module { print $NF == "indirect" ? $(NF-2) : $NF; exit }' "$here/$1/go.mod"; }

# An unstamped API server calls itself v0.0.0, which clients and the controller manager refuse.
# kube-apiserver and kubectl read component-base's variables, client-go's user agent its own.
linker_flags() {
  local version=$1 major minor package
  IFS=. read -r major minor _ <<<"${version#v}"
  printf '%s' '-s -w'
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf ' -X %s.%s' "$package" "gitVersion=$version" "$package" "gitMajor=$major" \
      "$package" "gitMinor=$minor" "$package" gitTreeState=clean
  done
}

# The cache folder of the module $1: a new one for whatever could change its programs.
module_folder() {
  local key
  key=$(
    cd "$here/$1"
    {
      go env GOVERSION GOOS GOARCH
      printf '%s\n' "${build_flags[@]}" "$(linker_flags "$(locked_version kubernetes k8s.io/kubernetes)")"
      find . -type f \( -name 'go.*' -o -name '*.go' -o -name '*.yaml' \) | LC_ALL=C sort | while read -r file; do
        printf '%s\n' "$file"
        cat "$file"
      done
    } | sha256
  )
  printf '%s/%s-%s' "$cache" "$1" "$key"
}

# Counts the packages that `go build -v` names, so that ten minutes are not silent; the rest is
# what went wrong and passes through.
progress() {
  awk '/^[a-z0-9.\/_A-Z~-]+$/ { if (++count % 250 == 0) print "control-plane: " count " packages compiled"; next } { print }' >&2
}

# Builds package $3 of module $1 as the program $2, unless the cache has it. The program appears
# under its name only when it is whole.
build() {
  local module=$1 program=$2 package=$3 folder version flags=()
  folder=$(module_folder "$module")
  [[ -x $folder/$program ]] && return
  mkdir -p "$folder"
  if [[ $module == kubernetes ]]; then
    version=$(locked_version kubernetes k8s.io/kubernetes)
    flags=(-ldflags "$(linker_flags "$version")")
    say "building $program $version$([[ $program == kube-apiserver ]] && printf ', about ten minutes the first time')..."
  else
    flags=(-ldflags '-s -w')
    say "building $program..."
  fi
  SECONDS=0
  (cd "$here/$module" && go build -v "${build_flags[@]}" "${flags[@]}" -o "$folder/.$program.new" "$package" 2>&1) | progress ||
    fail "building $program failed; the lines above say why"
  mv -f "$folder/.$program.new" "$folder/$program"
  say "$program took $SECONDS s"
}

# One build at a time: a second caller waits, then finds everything there.
lock() {
  mkdir -p "$cache"
  if command -v flock >/dev/null; then
    exec 9>"$cache/.lock"
    flock -n 9 || { say 'waiting for another build'; flock 9; }
    return
  fi
  local told=
  until mkdir "$cache/.lock.d" 2>/dev/null; do
    # A builder that was killed leaves its folder behind; its process tells.
    local owner
    owner=$(cat "$cache/.lock.d/pid" 2>/dev/null || true)
    if [[ -n $owner ]] && ! kill -0 "$owner" 2>/dev/null; then rm -rf "$cache/.lock.d"; continue; fi
    [[ -n $told ]] || { say 'waiting for another build'; told=1; }
    sleep 1
  done
  echo $$ >"$cache/.lock.d/pid"
  trap 'rm -rf "$cache/.lock.d"' EXIT
}

check_prerequisites() {
  local program
  if [[ -n $assets ]]; then
    for program in etcd kube-apiserver kubectl; do
      [[ -x $assets/$program ]] || fail "KUBEBUILDER_ASSETS is $assets, which holds no program $program: point it at a folder with etcd, kube-apiserver and kubectl, or unset it to build them with Go"
    done
    command -v go >/dev/null || fail 'Go is missing: KUBEBUILDER_ASSETS gives the Kubernetes programs, but the launcher that starts them, helm and the checkers of the chart are built with it; install Go 1.26 or newer (https://go.dev/dl/)'
  else
    command -v go >/dev/null || fail 'Go is missing: install Go 1.26 or newer (https://go.dev/dl/) so that the Kubernetes control plane can be built'
  fi
}

# Names the programs the callers get, one a line, after building those that are not given.
provide() {
  local program
  for program in etcd "${kubernetes_tools[@]}"; do
    if [[ -n $assets && -x $assets/$program ]]; then
      printf '%s\n' "$(cd "$assets" && pwd)/$program"
    elif [[ $program == etcd ]]; then
      build etcd etcd go.etcd.io/etcd/server/v3
      printf '%s\n' "$(module_folder etcd)/etcd"
    else
      build kubernetes "$program" "k8s.io/kubernetes/cmd/$program"
      printf '%s\n' "$(module_folder kubernetes)/$program"
    fi
  done
  build launcher launcher .
  printf '%s\n' "$(module_folder launcher)/launcher"
  build helm helm helm.sh/helm/v4/cmd/helm
  printf '%s\n' "$(module_folder helm)/helm"
  build lint kubeconform github.com/yannh/kubeconform/cmd/kubeconform
  build lint kube-score github.com/zegl/kube-score/cmd/kube-score
  build lint actionlint github.com/rhysd/actionlint/cmd/actionlint
  printf '%s\n' "$(module_folder lint)/"{kubeconform,kube-score,actionlint}
  build gitops gitops .
  printf '%s\n' "$(module_folder gitops)/gitops"
  build grafana grafana .
  printf '%s\n' "$(module_folder grafana)/grafana"
}

# Gathers the programs in one folder, named by what it holds.
gather() {
  local programs=$1 folder program
  folder=$cache/bin-$(sha256 <<<"$programs")
  if [[ ! -d $folder ]]; then
    rm -rf "$folder.new"
    mkdir "$folder.new"
    while read -r program; do ln -s "$program" "$folder.new/"; done <<<"$programs"
    mv "$folder.new" "$folder"
  fi
  printf '%s\n' "$folder"
}

check_prerequisites
lock
programs=$(provide)
gather "$programs"

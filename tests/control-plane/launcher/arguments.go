package main

import (
	_ "embed"
	"fmt"
)

//go:embed audit-policy.yaml
var auditPolicy []byte

// serviceRange is any private range: no test sends a packet there.
const serviceRange = "10.0.0.0/24"

// issuer is what every installer of Kubernetes names the cluster that signs tokens.
const issuer = "https://kubernetes.default.svc.cluster.local"

// etcdArguments: durability is given up, since the data does not outlive the run.
func etcdArguments(data folder, port int) []string {
	address := fmt.Sprintf("https://127.0.0.1:%d", port)
	return []string{
		"--data-dir=" + data.path("etcd"),
		"--unsafe-no-fsync",
		"--listen-client-urls=" + address,
		"--advertise-client-urls=" + address,
		"--listen-peer-urls=http://127.0.0.1:0",
		// Only this run's API server gets in, even if another run's were to take the port.
		"--client-cert-auth",
		"--trusted-ca-file=" + data.path("pki", "ca.crt"),
		"--cert-file=" + data.path("pki", "etcd.crt"),
		"--key-file=" + data.path("pki", "etcd.key"),
		"--log-level=warn",
	}
}

// apiServerArguments: the server's defaults, so that tests meet what a cluster has, apart from
// what loopback needs.
func apiServerArguments(data folder, port, etcdPort int) []string {
	return []string{
		fmt.Sprintf("--etcd-servers=https://127.0.0.1:%d", etcdPort),
		"--etcd-cafile=" + data.path("pki", "ca.crt"),
		"--etcd-certfile=" + data.path("pki", "etcd-client.crt"),
		"--etcd-keyfile=" + data.path("pki", "etcd-client.key"),

		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + data.path("pki", "apiserver.crt"),
		"--tls-private-key-file=" + data.path("pki", "apiserver.key"),
		"--service-cluster-ip-range=" + serviceRange,
		// Loopback is no valid endpoint of the service "kubernetes"; the default would retry it.
		"--endpoint-reconciler-type=none",

		"--authorization-mode=RBAC",
		"--client-ca-file=" + data.path("pki", "ca.crt"),
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + data.path("pki", "service-account.pub"),
		"--service-account-signing-key-file=" + data.path("pki", "service-account.key"),

		"--audit-policy-file=" + data.path("audit-policy.yaml"),
		"--audit-log-path=" + data.path("audit.log"),
		// In MiB: so large that it never rotates, and a reader finds all requests in one file.
		"--audit-log-maxsize=16384",
		"--profiling=false",
		// Open watches are ended at a stop; by default they keep the server past our patience.
		"--shutdown-watch-termination-grace-period=2s",
	}
}

// controllerManagerArguments: all default controllers; one manager needs no election.
func controllerManagerArguments(data folder) []string {
	return []string{
		"--kubeconfig=" + data.path("controller-manager.kubeconfig"),
		"--leader-elect=false",
		"--secure-port=0",
		"--root-ca-file=" + data.path("pki", "ca.crt"),
		"--service-account-private-key-file=" + data.path("pki", "service-account.key"),
		// The defaults (20 and 30) spread the deletion of one namespace over seconds.
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		"--profiling=false",
	}
}

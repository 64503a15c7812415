package main

import (
	"errors"
	"net"
)

// loopback is the one address that everything listens on.
var loopback = net.IPv4(127, 0, 0, 1)

// serviceAddress is the first address of serviceRange, which the API server gives to the service
// "kubernetes". Nothing routes it.
var serviceAddress = net.IPv4(10, 0, 0, 1)

// writeSecrets makes all keys and certificates, and the files that carry or need them.
func (f folder) writeSecrets(server string) error {
	signer, err := newAuthority()
	if err != nil {
		return err
	}
	apiserver, err1 := signer.serving([]net.IP{loopback, serviceAddress}, "localhost", "kubernetes.default.svc")
	etcd, err2 := signer.serving([]net.IP{loopback}, "localhost")
	etcdClient, err3 := signer.client("kube-apiserver")
	// The groups are the server's own superusers. The controller manager is one because its
	// controllers share this one identity; the many small roles would need as many tokens first.
	admin, err4 := signer.client("admin", "system:masters")
	manager, err5 := signer.client("system:kube-controller-manager", "system:masters")
	private, public, err6 := newTokenKeys()
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return err
	}
	return errors.Join(
		f.write(signer.pem(), "pki", "ca.crt"),
		f.writePair("apiserver", apiserver),
		f.writePair("etcd", etcd),
		f.writePair("etcd-client", etcdClient),
		f.writePair("admin", admin),
		f.write(private, "pki", "service-account.key"),
		f.write(public, "pki", "service-account.pub"),
		f.write(auditPolicy, "audit-policy.yaml"),
		f.write(kubeconfig(server, signer.pem(), admin), "admin.kubeconfig"),
		f.write(kubeconfig(server, signer.pem(), manager), "controller-manager.kubeconfig"),
	)
}

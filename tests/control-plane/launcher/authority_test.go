package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
)

func parsed(t *testing.T, issued pair) *x509.Certificate {
	t.Helper()
	both, err := tls.X509KeyPair(issued.certificate, issued.key)
	if err != nil {
		t.Fatalf("the key does not belong to the certificate: %v", err)
	}
	return both.Leaf
}

func options509(signer *authority, usage x509.ExtKeyUsage) x509.VerifyOptions {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(signer.pem())
	return x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{usage}}
}

func TestAServingCertificateIsValidForItsAddressesOnly(t *testing.T) {
	signer, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := signer.serving([]net.IP{loopback}, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	certificate := parsed(t, issued)
	if _, err := certificate.Verify(options509(signer, x509.ExtKeyUsageServerAuth)); err != nil {
		t.Errorf("not trusted as a server: %v", err)
	}
	if _, err := certificate.Verify(options509(signer, x509.ExtKeyUsageClientAuth)); err == nil {
		t.Error("trusted as a client")
	}
	if err := certificate.VerifyHostname("127.0.0.1"); err != nil {
		t.Error(err)
	}
	if err := certificate.VerifyHostname("127.0.0.2"); err == nil {
		t.Error("valid for another address")
	}
}

func TestAClientCertificateNamesUserAndGroups(t *testing.T) {
	signer, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := signer.client("admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	certificate := parsed(t, issued)
	if _, err := certificate.Verify(options509(signer, x509.ExtKeyUsageClientAuth)); err != nil {
		t.Errorf("not trusted as a client: %v", err)
	}
	subject := certificate.Subject.String()
	if subject != "CN=admin,O=system:masters" {
		t.Errorf("the subject is %s", subject)
	}
}

func TestOneControlPlaneDoesNotTrustAnother(t *testing.T) {
	ours, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := theirs.client("admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parsed(t, issued).Verify(options509(ours, x509.ExtKeyUsageClientAuth)); err == nil {
		t.Error("a certificate of another authority is trusted")
	}
}

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	// startTimeout covers a start on a machine that is busy with a dozen other things.
	startTimeout  = 2 * time.Minute
	probeInterval = 50 * time.Millisecond
	probeTimeout  = 5 * time.Second
)

// newProbe is an HTTP client with the administrator's certificate.
func newProbe(data folder) (*http.Client, error) {
	authority, err := os.ReadFile(data.path("pki", "ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificate authority: %w", err)
	}
	certificate, err := tls.LoadX509KeyPair(data.path("pki", "admin.crt"), data.path("pki", "admin.key"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the administrator's certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	return &http.Client{
		Timeout: probeTimeout,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}},
			// A connection to a server that was since restarted would cost a failed probe.
			DisableKeepAlives: true,
		},
	}, nil
}

// awaitOK asks url until it answers 200, or watched ends, or ctx does, or startTimeout is over.
func awaitOK(ctx context.Context, client *http.Client, url string, watched *process) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	for {
		answer := probe(ctx, client, url)
		if answer == nil {
			return nil
		}
		select {
		case <-watched.exited:
			return watched.died()
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w; see %s", watched.name, answer, watched.log)
		case <-ticker.C:
		}
	}
}

// probe is nil if url answers 200.
func probe(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, logTail))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", url, response.Status, body)
	}
	return nil
}

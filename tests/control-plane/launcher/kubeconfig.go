package main

import (
	"encoding/base64"
	"fmt"
)

const kubeconfigFormat = `apiVersion: v1
kind: Config
current-context: control-plane
contexts:
- name: control-plane
  context: {cluster: control-plane, user: owner}
clusters:
- name: control-plane
  cluster:
    server: %s
    certificate-authority-data: %s
users:
- name: owner
  user:
    client-certificate-data: %s
    client-key-data: %s
`

// kubeconfig is a file that needs no other file.
func kubeconfig(server string, authority []byte, client pair) []byte {
	text := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, kubeconfigFormat, server, text(authority), text(client.certificate), text(client.key))
}

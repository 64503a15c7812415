package main

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are taken below the range from which systems serve outgoing connections (Linux: from
// 32768). In that range a stopped API server's port could be lent to somebody before it starts
// again, and a client dialling the stopped server could connect to itself.
const (
	firstPort    = 20000
	portCount    = 10000
	portAttempts = 100
)

// freePort finds a port of 127.0.0.1 that nobody listens on, other than taken ones.
func freePort(taken ...int) (int, error) {
attempt:
	for range portAttempts {
		port := firstPort + rand.IntN(portCount)
		for _, other := range taken {
			if port == other {
				continue attempt
			}
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		listener.Close()
		return port, nil
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1 from %d to %d in %d attempts", firstPort, firstPort+portCount-1, portAttempts)
}

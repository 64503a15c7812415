package main

import (
	"context"
	"fmt"
	"strings"
)

// obey carries out one command line and returns its answer: {"<done>": "apiserver"} once it is
// true, else {"error": why}.
func obey(ctx context.Context, server apiServer, line string) map[string]string {
	var done string
	var err error
	switch strings.TrimSpace(line) {
	case "stop apiserver":
		done, err = "stopped", server.stopAPIServer()
	case "start apiserver":
		done, err = "started", server.startAPIServer(ctx)
	case "restart apiserver":
		done = "restarted"
		if err = server.stopAPIServer(); err == nil {
			err = server.startAPIServer(ctx)
		}
	default:
		err = fmt.Errorf("unknown command %q: say stop, start or restart, then apiserver", line)
	}
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return map[string]string{done: "apiserver"}
}

// apiServer is what commands act on. Both verbs return when the new state is reached, and
// are an error in that state already.
type apiServer interface {
	stopAPIServer() error
	startAPIServer(ctx context.Context) error
}

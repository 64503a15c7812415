package main

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
)

// switchable is an API server that only remembers whether it runs.
type switchable struct{ runs, restartable bool }

func (s *switchable) stopAPIServer() error {
	if !s.runs {
		return errors.New("stopped already")
	}
	s.runs = false
	return nil
}

func (s *switchable) startAPIServer(context.Context) error {
	if !s.restartable {
		return errors.New("no")
	}
	s.runs = true
	return nil
}

func TestACommandAnswersWithWhatIsTrueThen(t *testing.T) {
	server := &switchable{runs: true, restartable: true}
	for _, step := range []struct {
		line, answer string
		runs         bool
	}{
		{"restart apiserver", "restarted", true},
		{"stop apiserver", "stopped", false},
		{"stop apiserver", "error", false},
		{" start apiserver ", "started", true},
		{"start etcd", "error", true},
		{"", "error", true},
	} {
		answer := obey(context.Background(), server, step.line)
		if _, ok := answer[step.answer]; !ok || len(answer) != 1 {
			t.Errorf("%q answers %v", step.line, answer)
		}
		if server.runs != step.runs {
			t.Errorf("after %q the server runs: %v", step.line, server.runs)
		}
	}
}

func TestARestartThatFailsIsNotCalledARestart(t *testing.T) {
	answer := obey(context.Background(), &switchable{runs: true}, "restart apiserver")
	if !maps.Equal(answer, map[string]string{"error": "no"}) {
		t.Errorf("answers %v", answer)
	}
}

func TestTheEndOfCommandsCancels(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	lines := make(chan string, 2)
	forwardLines(ctx, strings.NewReader("one\ntwo\n"), lines, cancel)
	if ctx.Err() == nil {
		t.Error("not cancelled")
	}
	if first, second := <-lines, <-lines; first != "one" || second != "two" {
		t.Errorf("forwarded %q and %q", first, second)
	}
}

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestADeathIsExplainedByTheEndOfTheLog(t *testing.T) {
	deaths := make(chan *process, 1)
	log := filepath.Join(t.TempDir(), "log")
	started, err := startProcess("/bin/sh", "mortal", log, []string{"-c", "echo goodbye; exit 3"}, deaths)
	if err != nil {
		t.Fatal(err)
	}
	died := <-deaths
	if died != started {
		t.Error("another process died")
	}
	for _, part := range []string{"mortal", "exit status 3", "goodbye"} {
		if !strings.Contains(died.died().Error(), part) {
			t.Errorf("%q is missing from: %v", part, died.died())
		}
	}
}

func TestAProcessEndsWhenAsked(t *testing.T) {
	deaths := make(chan *process, 1)
	started, err := startProcess("/bin/sh", "patient", filepath.Join(t.TempDir(), "log"), []string{"-c", "exec sleep 600"}, deaths)
	if err != nil {
		t.Fatal(err)
	}
	started.end()
	if state := started.command.ProcessState; state.Success() {
		t.Errorf("it ended by itself: %v", state)
	}
	started.end() // Ending what has ended is no mistake.
}

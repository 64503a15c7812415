package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// patience is how long a process may take to end by itself.
const patience = 5 * time.Second

// logTail is how much of a log explains a death.
const logTail = 4096

// process is a running child. Its output is appended to a log file.
type process struct {
	name    string
	log     string
	command *exec.Cmd
	exited  chan struct{}
}

// startProcess starts bin/name. It must be called on the main goroutine (see init). When the
// process ends, whatever the reason, it is sent to deaths.
func startProcess(path, name, log string, arguments []string, deaths chan<- *process) (*process, error) {
	output, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the log of %s: %w", name, err)
	}
	defer output.Close()
	command := exec.Command(path, arguments...)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = childAttributes()
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", name, err)
	}
	started := &process{name, log, command, make(chan struct{})}
	go func() {
		_ = command.Wait() // How it ended is in command.ProcessState.
		close(started.exited)
		deaths <- started
	}()
	return started, nil
}

func (p *process) pid() int { return p.command.Process.Pid }

// end asks the process to end, and kills it after patience. It returns when the process is gone.
func (p *process) end() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // Fails only if it has ended already.
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.command.Process.Kill()
		<-p.exited
	}
}

// died says how the process ended and what it wrote last.
func (p *process) died() error {
	content, err := os.ReadFile(p.log)
	if err != nil {
		content = []byte(err.Error())
	}
	tail := string(content[max(0, len(content)-logTail):])
	return fmt.Errorf("%s ended (%s); the end of %s:\n%s", p.name, p.command.ProcessState, p.log, strings.TrimSpace(tail))
}

// Command launcher runs a real Kubernetes control plane on loopback: etcd, kube-apiserver and
// kube-controller-manager, for as long as it runs itself.
//
// It owns the processes, their secrets (made anew at every start) and their data folder. It knows
// nothing of what is tested with them. Standard output carries JSON lines only, one when the
// control plane is ready and one per command; all words for people go to standard error.
//
// No child outlives it: on Linux the kernel ends them with it even when it is killed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

// The kernel sends a child its parent-death signal when the *thread* that started it ends, and Go
// ends idle threads at will. The main goroutine stays on the main thread, and only it starts
// children.
func init() { runtime.LockOSThread() }

func main() {
	options, err := parseOptions(os.Args[1:])
	if err == nil {
		err = serve(options, os.Stdin, os.Stdout)
	}
	if err != nil && err != flag.ErrHelp {
		fmt.Fprintln(os.Stderr, "launcher:", err)
		os.Exit(1)
	}
}

type options struct {
	bin, data        string
	untilStdinCloses bool
}

func parseOptions(arguments []string) (options, error) {
	var parsed options
	flags := flag.NewFlagSet("launcher", flag.ContinueOnError)
	flags.StringVar(&parsed.bin, "bin", "", "`folder` with etcd, kube-apiserver and kube-controller-manager, as build.sh prints it")
	flags.StringVar(&parsed.data, "data", "", "empty or new `folder` for keys, logs, the audit log and etcd's data")
	flags.BoolVar(&parsed.untilStdinCloses, "until-stdin-closes", false, "take commands from standard input and end at its end")
	if err := flags.Parse(arguments); err != nil {
		return options{}, err
	}
	if parsed.bin == "" || parsed.data == "" || flags.NArg() > 0 {
		return options{}, fmt.Errorf("give --bin FOLDER and --data FOLDER, and nothing but flags")
	}
	return parsed, nil
}

// serve runs the control plane until a signal, the end of commands, or the death of a child.
// Only the last is an error.
func serve(options options, input io.Reader, output io.Writer) error {
	interrupted, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, cancel := context.WithCancel(interrupted)
	defer cancel()

	var commands chan string
	if options.untilStdinCloses {
		commands = make(chan string)
		go forwardLines(ctx, input, commands, cancel)
	}

	plane, err := newControlPlane(options.bin, options.data)
	if err != nil {
		return err
	}
	defer plane.end()
	if err := plane.start(ctx); err != nil {
		return unlessCancelled(ctx, err)
	}
	answers := json.NewEncoder(output)
	if err := answers.Encode(plane.describe()); err != nil {
		return fmt.Errorf("cannot say that the control plane is ready: %w", err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case died := <-plane.deaths:
			if err := plane.explainDeath(died); err != nil {
				return err
			}
		case line := <-commands:
			if err := answers.Encode(obey(ctx, plane, line)); err != nil {
				return fmt.Errorf("cannot answer %q: %w", line, err)
			}
		}
	}
}

// forwardLines sends every line on, and cancels at the end of input.
func forwardLines(ctx context.Context, input io.Reader, lines chan<- string, cancel func()) {
	defer cancel()
	scanner := bufio.NewScanner(input)
	for scanner.Scan() {
		select {
		case lines <- scanner.Text():
		case <-ctx.Done():
			return
		}
	}
}

// unlessCancelled hides the error of a start that was cut short on purpose.
func unlessCancelled(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

//go:build !linux

package main

import "syscall"

// childAttributes: without a parent-death signal, children outlive a launcher that is killed with
// SIGKILL, and only then.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

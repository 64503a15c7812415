package main

import "syscall"

// childAttributes: the kernel kills the child when the launcher ends, however it ends. A group
// of its own keeps a terminal's Ctrl-C away, so that the launcher ends children in order.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"itlsim/cucm"
	"itlsim/internal/room"
)

// advice says what to do about an error that ended a run.
func advice(err error) string {
	if state, ok := errors.AsType[*cucm.StateError](err); ok && state.Whole > 0 {
		return fmt.Sprintf("\ngeneration %010d is whole: to go on from it start with --state-generation %[1]d", state.Whole)
	}
	if short, ok := errors.AsType[*room.Short](err); ok {
		if short.Narrow() {
			return "\nthis is a program of 32 bits: take one of 64 bits, or fewer phones (--phones)"
		}
		return "\nraise the limit (ulimit -v, -d or -u, or the container's), or take fewer phones (--phones)"
	}
	at, listening := listensAt(err)
	switch is := func(errno syscall.Errno) bool { return errors.Is(err, errno) }; {
	case is(syscall.EMFILE), is(syscall.ENFILE):
		return "\nraise the limit (ulimit -n), or let fewer phones boot at a time (--boots)"
	case is(syscall.EADDRNOTAVAIL) && listening && !at.IsLoopback():
		return "" // whoever gave it knows better
	case is(syscall.EADDRNOTAVAIL):
		return "\nphones and servers have addresses of their own in 127.0.0.0/8: " +
			"on systems other than Linux add them to the loopback interface first"
	case is(syscall.EADDRINUSE) && listening:
		return "\nend the program that uses the address, or choose another"
	case is(syscall.EADDRINUSE):
		return "\nend the program that uses the address, or let fewer phones boot at a time (--boots)"
	case is(syscall.ENOBUFS), is(syscall.ENOMEM):
		return "\nlet fewer phones boot at a time (--boots)"
	}
	return ""
}

// listensAt is where the program was to listen, if that is what failed.
func listensAt(err error) (at netip.Addr, is bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "listen" || op.Addr == nil {
		return at, false
	}
	listener, _ := netip.ParseAddrPort(op.Addr.String())
	return listener.Addr(), true
}

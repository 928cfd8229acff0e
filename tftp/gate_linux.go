package tftp

import (
	"net"

	"golang.org/x/sys/unix"
)

// gate drops what arrives at a listening socket while it is shut. pin/tftp
// reads that socket itself, so the kernel has to do it.
//
// Failures are ignored: a gate that cannot be shut leaves the server unlimited.
type gate struct{ conn *net.UDPConn }

// shut drops whatever arrives from now on, and what waits in the socket's
// buffer, which may be some thousands of requests.
func (g gate) shut() {
	keepNothing := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
	g.control(func(fd int) {
		program := &unix.SockFprog{Len: 1, Filter: &keepNothing}
		err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, program)
		var discard [1]byte
		for err == nil {
			_, _, err = unix.Recvfrom(fd, discard[:], unix.MSG_DONTWAIT)
		}
	})
}

func (g gate) open() {
	g.control(func(fd int) {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
	})
}

// control uses RawConn.Control, not Read, which would wait for pin/tftp's own reader.
func (g gate) control(do func(fd int)) {
	if raw, err := g.conn.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { do(int(fd)) })
	}
}

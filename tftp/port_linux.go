package tftp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A port is a UDP socket that many transfers share. What comes is read in batches, and
// answered in batches. One that is bound to no address of its own gets and sends each
// datagram at the address that it is for, or from (IP_PKTINFO).
type port struct {
	conn *net.UDPConn
	raw  syscall.RawConn
	at   netip.AddrPort
}

// listenPort binds one; the address 0.0.0.0 stands for all, the port 0 for any.
func listenPort(at netip.AddrPort) (*port, error) { return listenPortBy(net.ListenConfig{}, at) }

func listenPortBy(how net.ListenConfig, at netip.AddrPort) (*port, error) {
	socket, err := how.ListenPacket(context.Background(), "udp4", at.String())
	if err != nil {
		return nil, err
	}
	conn := socket.(*net.UDPConn)
	p := &port{conn: conn, at: conn.LocalAddr().(*net.UDPAddr).AddrPort()}
	if p.raw, err = conn.SyscallConn(); err == nil && p.everywhere() {
		err = set(p.raw, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return p, nil
}

// set sets an option of a socket.
func set(raw syscall.RawConn, level, option, value int) (err error) {
	if failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), level, option, value)
	}); failed != nil {
		return failed
	}
	return err
}

// setReadBuffer asks for a buffer, and tells how much the kernel puts into the one that
// it grants. Only a privileged process gets more than net.core.rmem_max.
func (p *port) setReadBuffer(size int) (granted int) {
	if set(p.raw, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) != nil {
		_ = set(p.raw, unix.SOL_SOCKET, unix.SO_RCVBUF, size) // there is a buffer as it is
	}
	_ = p.raw.Control(func(fd uintptr) { granted, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) })
	return granted
}

func (p *port) everywhere() bool { return p.at.Addr().IsUnspecified() }

// A datagram is one that came or goes.
type datagram struct {
	remote end
	local  [4]byte // 0.0.0.0: as the socket is bound, or the system chooses
	data   []byte
}

// read hands over all that comes, and sends what that appends to the datagram that it
// lends, until the socket is closed or finish is called. Only a datagram of up to size
// bytes comes whole.
func (p *port) read(size int, answer func(in datagram, to []byte) []byte) {
	in, out := newBatch(size+1), newBatch(0)
	for {
		n, err := in.read(p.raw)
		switch {
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			return
		case err != nil:
			time.Sleep(time.Millisecond) // the machine is short of something
			continue
		}
		answers := 0
		for i := range n {
			d, toAll := in.datagram(i)
			if toAll {
				continue
			}
			to := &out.buffers[answers]
			if *to = answer(d, (*to)[:0]); len(*to) == 0 {
				continue
			}
			local := &d.local
			if !p.everywhere() {
				local = nil
			}
			out.put(answers, local, d.remote)
			answers++
		}
		out.write(p.raw, answers)
	}
}

// finish has read return when it has sent the answers to what it has read.
func (p *port) finish() { _ = p.conn.SetReadDeadline(time.Unix(1, 0)) }

// send sends one datagram.
func (p *port) send(d datagram) error {
	var oob []byte
	if p.everywhere() && d.local != [4]byte{} {
		info := from(d.local)
		oob = info.bytes()
	}
	_, _, err := p.conn.WriteMsgUDPAddrPort(d.data, oob, netip.AddrPortFrom(netip.AddrFrom4(d.remote.ip), d.remote.port))
	return err
}

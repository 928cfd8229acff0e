package tftp

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// A port is a UDP socket that many transfers share. What comes is read in batches, and
// answered in batches. One that is bound to no address of its own gets and sends each
// datagram at the address that it is for, or from (IP_PKTINFO).
type port struct {
	conn  *net.UDPConn
	batch *ipv4.PacketConn
	at    netip.AddrPort
}

// batchSize is how many datagrams a system call takes at most.
const batchSize = 32

// listenPort binds one; the address 0.0.0.0 stands for all, the port 0 for any.
func listenPort(at netip.AddrPort) (*port, error) { return listenPortBy(net.ListenConfig{}, at) }

func listenPortBy(how net.ListenConfig, at netip.AddrPort) (*port, error) {
	socket, err := how.ListenPacket(context.Background(), "udp4", at.String())
	if err != nil {
		return nil, err
	}
	conn := socket.(*net.UDPConn)
	p := &port{conn: conn, batch: ipv4.NewPacketConn(conn), at: conn.LocalAddr().(*net.UDPAddr).AddrPort()}
	if p.everywhere() {
		if err := p.batch.SetControlMessage(ipv4.FlagDst, true); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return p, nil
}

// set sets an option of the socket.
func (p *port) set(option, value int) error {
	raw, err := p.conn.SyscallConn()
	if err != nil {
		return err
	}
	return set(raw, option, value)
}

func set(raw syscall.RawConn, option, value int) (err error) {
	if failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, option, value)
	}); failed != nil {
		return failed
	}
	return err
}

// setReadBuffer asks for a buffer, and tells how much the kernel puts into the one that
// it grants. Only a privileged process gets more than net.core.rmem_max.
func (p *port) setReadBuffer(size int) (granted int) {
	if p.set(unix.SO_RCVBUFFORCE, size) != nil {
		_ = p.set(unix.SO_RCVBUF, size) // there is a buffer as it is
	}
	if raw, err := p.conn.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { granted, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) })
	}
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
	in := newMessages(size + 1)
	out := newMessages(0)
	for {
		n, err := p.batch.ReadBatch(in, 0)
		switch {
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			return
		case err != nil:
			time.Sleep(time.Millisecond) // the machine is short of something
			continue
		}
		some := out[:0]
		for i := range in[:n] {
			from := in[i].Addr.(*net.UDPAddr)
			d := datagram{remote: end{port: uint16(from.Port)}, data: in[i].Buffers[0][:in[i].N]}
			copy(d.remote.ip[:], from.IP.To4())
			var toAll bool
			if d.local, toAll = p.arrivedAt(in[i].OOB[:in[i].NN]); toAll {
				continue
			}
			some = some[:len(some)+1]
			m := &some[len(some)-1]
			if m.Buffers[0] = answer(d, m.Buffers[0][:0]); len(m.Buffers[0]) == 0 {
				some = some[:len(some)-1]
				continue
			}
			p.address(m, d.local, d.remote)
		}
		p.write(some)
	}
}

// finish has read return when it has sent the answers to what it has read.
func (p *port) finish() { _ = p.conn.SetReadDeadline(time.Unix(1, 0)) }

// newMessages are messages with buffers of so many bytes.
func newMessages(size int) []ipv4.Message {
	ms := make([]ipv4.Message, batchSize)
	for i := range ms {
		ms[i].Buffers = [][]byte{make([]byte, size)}
		ms[i].OOB = append([]byte(nil), anywhere...)
		ms[i].Addr = &net.UDPAddr{IP: make(net.IP, net.IPv4len)}
	}
	return ms
}

// anywhere is the control message of a datagram that goes out from whatever address;
// at spec stands a better one.
var (
	anywhere = unix.PktInfo4(&unix.Inet4Pktinfo{})
	spec     = unix.CmsgLen(4)
)

// arrivedAt is the address that a datagram with this control message was for, and
// whether that is a broadcast or multicast address: the host's own is another then. Who
// asks everybody is not answered (RFC 1123, 4.2.3.5). A socket that is bound to one
// address gets none of these.
func (p *port) arrivedAt(oob []byte) (local [4]byte, toAll bool) {
	for len(oob) > 0 && p.everywhere() {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			break
		}
		if h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) == unix.SizeofInet4Pktinfo {
			copy(local[:], data[8:])
			toAll = !bytes.Equal(data[4:8], data[8:12])
		}
		oob = rest
	}
	return local, toAll
}

// address says where a datagram goes, and from where.
func (p *port) address(m *ipv4.Message, local [4]byte, remote end) {
	a := m.Addr.(*net.UDPAddr)
	copy(a.IP, remote.ip[:])
	a.Port = int(remote.port)
	if m.OOB = m.OOB[:0]; p.everywhere() {
		m.OOB = m.OOB[:len(anywhere)]
		copy(m.OOB[spec:], local[:])
	}
}

// write sends datagrams. One that the system does not take is lost, as others are on
// their way.
func (p *port) write(ms []ipv4.Message) {
	for len(ms) > 0 {
		n, err := p.batch.WriteBatch(ms, 0)
		if err != nil {
			n = max(n, 0) + 1
		}
		ms = ms[min(n, len(ms)):]
	}
}

// send sends one datagram.
func (p *port) send(d datagram) error {
	var oob []byte
	if p.everywhere() && d.local != [4]byte{} {
		var buf [64]byte
		oob = buf[:copy(buf[:], anywhere)]
		copy(oob[spec:], d.local[:])
	}
	_, _, err := p.conn.WriteMsgUDPAddrPort(d.data, oob, netip.AddrPortFrom(netip.AddrFrom4(d.remote.ip), d.remote.port))
	return err
}

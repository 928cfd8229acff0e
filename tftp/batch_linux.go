package tftp

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchSize is how many datagrams a system call takes at most.
const batchSize = 32

// A batch is datagrams as recvmmsg and sendmmsg take them, with room for all that the
// kernel says of them: none costs memory. golang.org/x/net/ipv4 does the same, but
// makes two objects of each sender's address. It is for one goroutine.
type batch struct {
	headers [batchSize]mmsghdr
	vectors [batchSize]unix.Iovec
	remotes [batchSize]unix.RawSockaddrInet4
	locals  [batchSize]pktinfo
	buffers [batchSize][]byte

	first, last int // which of them the next call is about
	did         int // how many of those it took
	failed      syscall.Errno
	receive     func(socket uintptr) (done bool)
	send        func(socket uintptr) (done bool)
}

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	unix.Msghdr
	size uint32 // of the datagram that came
}

// pktinfo is the control message with a datagram's address on this side (ip(7)).
type pktinfo struct {
	unix.Cmsghdr
	unix.Inet4Pktinfo
}

// from has a datagram go out from a local address.
func from(local [4]byte) (info pktinfo) {
	info.Level, info.Type, info.Spec_dst = unix.IPPROTO_IP, unix.IP_PKTINFO, local
	info.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
	return info
}

// bytes are the message as it is given to the system.
func (info *pktinfo) bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(info)), unsafe.Sizeof(*info))
}

// newBatch has buffers of so many bytes.
func newBatch(size int) *batch {
	b := &batch{}
	for i := range b.headers {
		b.buffers[i] = make([]byte, size)
		h := &b.headers[i]
		h.Iov = &b.vectors[i]
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&b.remotes[i]))
		h.Namelen = unix.SizeofSockaddrInet4
	}
	b.receive = func(socket uintptr) bool { return b.call(unix.SYS_RECVMMSG, socket) }
	b.send = func(socket uintptr) bool { return b.call(unix.SYS_SENDMMSG, socket) }
	return b
}

// call does the system call without waiting. It is false where the socket is not
// ready.
func (b *batch) call(trap, socket uintptr) bool {
	b.failed = unix.EINTR
	for b.failed == unix.EINTR {
		var n uintptr
		n, _, b.failed = unix.Syscall6(trap, socket,
			uintptr(unsafe.Pointer(&b.headers[b.first])), uintptr(b.last-b.first), unix.MSG_DONTWAIT, 0, 0)
		b.did = int(n)
	}
	return b.failed != unix.EAGAIN
}

// read waits for datagrams and returns how many came.
func (b *batch) read(socket syscall.RawConn) (int, error) {
	for i := range b.headers {
		h := &b.headers[i]
		b.point(i)
		h.Namelen = unix.SizeofSockaddrInet4
		h.Control = (*byte)(unsafe.Pointer(&b.locals[i]))
		h.SetControllen(int(unsafe.Sizeof(b.locals[i])))
	}
	b.first, b.last = 0, batchSize
	if err := socket.Read(b.receive); err != nil {
		return 0, err
	}
	if b.failed != 0 {
		return 0, b.failed
	}
	return b.did, nil
}

// write sends the first n. One that the system does not take is lost, as others are
// on their way.
func (b *batch) write(socket syscall.RawConn, n int) {
	for b.first, b.last = 0, n; b.first < n; b.first += b.did {
		if err := socket.Write(b.send); err != nil {
			return // closed
		}
		if b.failed != 0 {
			b.did = 1
		}
	}
}

// point has the i-th vector point at the i-th buffer.
func (b *batch) point(i int) {
	b.vectors[i].Base = unsafe.SliceData(b.buffers[i])
	b.vectors[i].SetLen(len(b.buffers[i]))
}

// datagram is the i-th that came, and whether it was for a broadcast or multicast
// address: the host's own is another then. Who asks everybody is not answered (RFC 1123,
// 4.2.3.5). A socket that is bound to one address gets none of these. The data is the
// batch's until the next read.
func (b *batch) datagram(i int) (d datagram, toAll bool) {
	h, remote, local := &b.headers[i], &b.remotes[i], &b.locals[i]
	d = datagram{
		remote: end{ip: remote.Addr, port: networkOrder(remote.Port)},
		data:   b.buffers[i][:min(int(h.size), len(b.buffers[i]))],
	}
	if h.Controllen > 0 && local.Level == unix.IPPROTO_IP && local.Type == unix.IP_PKTINFO {
		d.local, toAll = local.Addr, local.Addr != local.Spec_dst
	}
	return d, toAll
}

// put makes the i-th one that goes to an address, and where a local one is given, from
// there. Its data is the i-th buffer.
func (b *batch) put(i int, local *[4]byte, remote end) {
	b.point(i)
	b.remotes[i] = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: networkOrder(remote.port), Addr: remote.ip}
	h := &b.headers[i]
	if h.Control = nil; local == nil {
		h.SetControllen(0)
		return
	}
	info := &b.locals[i]
	*info = from(*local)
	h.Control = (*byte)(unsafe.Pointer(info))
	h.SetControllen(int(unsafe.Sizeof(*info)))
}

// networkOrder turns a port from this machine's order of bytes into the network's,
// and back.
func networkOrder(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}

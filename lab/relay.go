package lab

import (
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A relay stands between phones and TFTP servers on real sockets and loses or
// delays datagrams. A transfer has sockets of its own on both sides, since TFTP
// tells transfers apart by their ports (RFC 1350, section 4).
type relay struct {
	loss  atomic.Uint64 // of 1<<32
	delay atomic.Int64
	done  sync.WaitGroup

	mu      sync.Mutex
	random  *rand.Rand
	doors   map[string]*net.UDPConn // by the server behind it
	passing map[*net.UDPConn]bool   // sockets of transfers
	closed  bool
}

func newRelay(seed int64) *relay {
	return &relay{
		random: rand.New(rand.NewPCG(uint64(seed), 1)),
		doors:  make(map[string]*net.UDPConn), passing: make(map[*net.UDPConn]bool),
	}
}

// idle is how long a transfer's sockets outlive its last datagram.
const idle = 15 * time.Second

// to is the address that leads to a server.
func (r *relay) to(server string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if door, ok := r.doors[server]; ok {
		return door.LocalAddr().String(), nil
	}
	target, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		return "", err
	}
	door, err := net.ListenUDP("udp4", &net.UDPAddr{IP: target.IP})
	if err != nil {
		return "", err
	}
	r.doors[server] = door
	r.done.Go(func() { r.serve(door, target) })
	return door.LocalAddr().String(), nil
}

// serve begins a transfer with each request; a request sent again begins a new
// one, as at a server.
func (r *relay) serve(door *net.UDPConn, server *net.UDPAddr) {
	buf := make([]byte, 2048)
	for {
		n, phone, err := door.ReadFromUDP(buf)
		if err != nil {
			return
		}
		request := append([]byte(nil), buf[:n]...)
		near, err1 := net.ListenUDP("udp4", &net.UDPAddr{IP: server.IP})
		far, err2 := net.ListenUDP("udp4", &net.UDPAddr{IP: server.IP})
		if err1 != nil || err2 != nil || !r.keep(near, far) {
			closeAll(near, far)
			continue // as if the request were lost
		}
		var peer atomic.Pointer[net.UDPAddr] // the server's port of this transfer
		peer.Store(server)
		r.done.Go(func() { r.pass(far, near, func(from *net.UDPAddr) *net.UDPAddr { peer.Store(from); return phone }) })
		r.done.Go(func() { r.pass(near, far, func(*net.UDPAddr) *net.UDPAddr { return peer.Load() }) })
		r.forward(far, request, server)
	}
}

// pass takes datagrams from one socket to the other until nothing comes.
func (r *relay) pass(from, to *net.UDPConn, address func(*net.UDPAddr) *net.UDPAddr) {
	defer r.drop(from)
	buf := make([]byte, 2048)
	for {
		from.SetReadDeadline(time.Now().Add(idle))
		n, sender, err := from.ReadFromUDP(buf)
		if err != nil {
			return
		}
		r.forward(to, append([]byte(nil), buf[:n]...), address(sender))
	}
}

// forward sends a datagram on, or not.
func (r *relay) forward(to *net.UDPConn, data []byte, address *net.UDPAddr) {
	r.mu.Lock()
	lost := uint64(r.random.Uint32()) < r.loss.Load()
	r.mu.Unlock()
	if lost {
		return
	}
	if d := time.Duration(r.delay.Load()); d > 0 {
		time.AfterFunc(d, func() { to.WriteToUDP(data, address) }) // a datagram may get lost
		return
	}
	to.WriteToUDP(data, address)
}

func (r *relay) disturb(d Disturbance) {
	r.loss.Store(uint64(d.Loss * (1 << 32)))
	r.delay.Store(int64(d.Delay))
}

func (r *relay) keep(conns ...*net.UDPConn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		r.passing[c] = true
	}
	return !r.closed
}

func (r *relay) drop(c *net.UDPConn) {
	c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.passing, c)
}

// close ends all transfers.
func (r *relay) close() {
	r.mu.Lock()
	r.closed = true
	for _, door := range r.doors {
		door.Close()
	}
	for c := range r.passing {
		c.Close()
	}
	r.mu.Unlock()
	r.done.Wait()
}

func closeAll(conns ...*net.UDPConn) {
	for _, c := range conns {
		if c != nil {
			c.Close()
		}
	}
}

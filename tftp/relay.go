package tftp

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// A relay puts the datagrams of one transfer to a [Path], since pin/tftp reads and
// writes its sockets itself. The client has the relay for its server.
type relay struct {
	path      Path
	near, far *net.UDPConn                // towards the client, and the server
	client    atomic.Pointer[net.UDPAddr] // nil before the request
	peer      atomic.Pointer[net.UDPAddr] // the server's port of the transfer, once it has answered
	server    *net.UDPAddr
	sending   sync.WaitGroup // datagrams that the path still has
}

func newRelay(path Path, local netip.Addr, server string) (*relay, error) {
	address, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		return nil, err
	}
	own := &net.UDPAddr{}
	if local.IsValid() {
		own.IP = local.AsSlice()
	}
	r := &relay{path: path, server: address}
	if r.near, err = net.ListenUDP("udp4", own); err != nil {
		return nil, err
	}
	if r.far, err = net.ListenUDP("udp4", own); err != nil {
		r.near.Close()
		return nil, err
	}
	r.sending.Go(func() { r.pass(r.near, r.toServer) })
	go r.pass(r.far, r.toClient)
	return r, nil
}

// address is where the client reaches the server.
func (r *relay) address() string {
	at := r.near.LocalAddr().(*net.UDPAddr)
	if at.IP.IsUnspecified() {
		at = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: at.Port}
	}
	return at.String()
}

// pass hands what comes to a socket on, if and when the path lets it.
func (r *relay) pass(from *net.UDPConn, hand func(p []byte, sender *net.UDPAddr)) {
	buf := make([]byte, 2048)
	for {
		n, sender, err := from.ReadFromUDP(buf)
		if err != nil {
			return
		}
		p := append([]byte(nil), buf[:n]...)
		switch after, lost := r.path.Datagram(); {
		case lost:
		case after > 0:
			r.sending.Add(1)
			time.AfterFunc(after, func() {
				defer r.sending.Done()
				hand(p, sender)
			})
		default:
			hand(p, sender)
		}
	}
}

func (r *relay) toServer(p []byte, client *net.UDPAddr) {
	r.client.Store(client)
	to := r.peer.Load()
	if to == nil {
		to = r.server
	}
	r.far.WriteToUDP(p, to) // a datagram may get lost
}

// toClient lets through what comes from the port that answered first: the server
// begins a transfer for each copy of the request.
func (r *relay) toClient(p []byte, sender *net.UDPAddr) {
	r.peer.CompareAndSwap(nil, sender)
	if to := r.client.Load(); to != nil && sender.IP.Equal(r.server.IP) && sender.Port == r.peer.Load().Port {
		r.near.WriteToUDP(p, to)
	}
}

// drained is how long the last ACK may take to the relay.
const drained = time.Millisecond

// close lets the last ACK go its way.
func (r *relay) close() {
	r.near.SetReadDeadline(time.Now().Add(drained))
	go func() {
		r.sending.Wait()
		r.near.Close()
		r.far.Close()
	}()
}

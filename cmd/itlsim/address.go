package main

import (
	"cmp"
	"net"
	"strconv"
)

// listenAt is the address that a flag gives: host and port, a number. One without a host is on loopback: a
// network is let in by who names it, not by what is left out.
func listenAt(flag, address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if _, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil {
		return "", usageError("%s %s: want address:port", flag, address)
	}
	return net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port), nil
}

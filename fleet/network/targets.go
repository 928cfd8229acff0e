package network

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// A NotTargetError is the refusal to send to a server that the network does not lead to.
type NotTargetError struct {
	Server  string // host:port
	Targets []netip.Prefix
}

func (e *NotTargetError) Error() string {
	var targets []string
	for _, t := range e.Targets {
		targets = append(targets, t.String())
	}
	return fmt.Sprintf("nothing is sent to %s: it is not in %s", e.Server, strings.Join(targets, ", "))
}

// Leads reports whether the network leads to an address.
func (n *Network) Leads(to netip.Addr) bool {
	return len(n.Targets) == 0 ||
		slices.ContainsFunc(n.Targets, func(t netip.Prefix) bool { return t.Contains(to.Unmap()) })
}

// Target is the server, host:port, that phones may send to. Where [Network.Targets] names any, it
// is one of them, by its address: a host's name is looked up before, and not again. Its error is a
// [*NotTargetError], or that the name has no address.
func (n *Network) Target(ctx context.Context, server string) (string, error) {
	if len(n.Targets) == 0 {
		return server, nil
	}
	at, err := netip.ParseAddrPort(server)
	if err != nil {
		if at, err = lookUp(ctx, server); err != nil {
			return "", err
		}
	}
	if !n.Leads(at.Addr()) {
		return "", &NotTargetError{server, n.Targets}
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()).String(), nil
}

// lookUp is the address of a server that has a name.
func lookUp(ctx context.Context, server string) (netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(server)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", service)
	if err != nil {
		return netip.AddrPort{}, err
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(addresses[0].Unmap(), uint16(port)), nil
}

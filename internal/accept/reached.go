package accept

import "net/netip"

// Reached is where something that listens at an address is reached from this machine: on
// loopback, where it listens on all addresses.
func Reached(at netip.AddrPort) netip.AddrPort {
	if at.Addr().IsUnspecified() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
	}
	return at
}

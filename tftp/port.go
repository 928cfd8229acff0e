package tftp

import (
	"net"
	"strconv"
)

// Port is the standard UDP port of TFTP. The TFTP service of a call manager
// gives the same files by HTTP on the TCP port HTTPPort.
const (
	Port     = 69
	HTTPPort = 6970
)

// HTTPOffset is by how much the port of HTTP exceeds TFTP's.
const HTTPOffset = HTTPPort - Port

// HTTPAddress is where a TFTP service answers HTTP, host:port. Where its own
// port is not the standard one, that of HTTP is as far from it as usual. An
// address without a port is given back.
func HTTPAddress(address string) string {
	host, own, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	port, _ := strconv.Atoi(own)
	return net.JoinHostPort(host, strconv.Itoa(port+HTTPOffset))
}

package cause

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// closed says that the other side ended a connection. Whether a closed
// connection shows as its end, a reset or a broken pipe is a matter of luck.
const closed = "the connection was closed without an answer"

// network knows the errors of connections and of what is said over them.
func network(err error, peer bool) (string, bool) {
	switch e := err.(type) {
	case *net.OpError:
		return operation(e), true
	case *net.DNSError:
		return lookup(e), true
	case *net.AddrError:
		return address(e), true
	case *os.SyscallError:
		return words(e.Err, peer), true
	case *url.Error:
		return e.URL + ": " + words(e.Err, true), true
	case syscall.Errno: // file knows both these and those of files
		return "", false
	case *textproto.Error:
		return fmt.Sprintf("the server answers %d %s", e.Code, e.Msg), true
	}
	waited, isNetwork := err.(net.Error)
	switch {
	case peer && (err == io.EOF || err == io.ErrUnexpectedEOF), err == net.ErrClosed:
		return closed, true
	case err == context.Canceled:
		return "interrupted", true
	}
	return "no answer in time", isNetwork && waited.Timeout()
}

// system are the words for errors of the network that the system's own words do
// not explain.
var system = map[syscall.Errno]string{
	syscall.ECONNREFUSED:  "connection refused",
	syscall.ECONNRESET:    closed,
	syscall.ECONNABORTED:  closed,
	syscall.EPIPE:         closed,
	syscall.ETIMEDOUT:     "no answer in time",
	syscall.EHOSTUNREACH:  "no route to the host",
	syscall.ENETUNREACH:   "no route to the host",
	syscall.EADDRNOTAVAIL: "this machine has no such address",
	syscall.EADDRINUSE:    "the address is taken by another program",
}

// operation names the address where nothing around it does: in front of what
// listens at it.
func operation(e *net.OpError) string {
	said := strings.TrimPrefix(e.Err.Error(), "tls: ")
	switch {
	case e.Op == "remote error":
		return fmt.Sprintf("TLS failed: the other side says %q", said)
	case e.Op == "local error":
		return "TLS failed: " + said
	case e.Op != "listen" || e.Addr == nil:
		return words(e.Err, true)
	case errors.Is(e.Err, syscall.EACCES):
		return e.Addr.String() + ": no permission to listen there"
	}
	return e.Addr.String() + ": " + words(e.Err, true)
}

func lookup(e *net.DNSError) string {
	_, port, isPort := strings.Cut(e.Name, "/")
	switch {
	case e.IsNotFound && isPort:
		return fmt.Sprintf("there is no port %q", port)
	case e.IsNotFound:
		return fmt.Sprintf("there is no host %q", e.Name)
	case e.IsTimeout:
		return fmt.Sprintf("the name server gives no answer about %q in time", e.Name)
	}
	return fmt.Sprintf("the name server gives no answer about %q: %s", e.Name, e.Err)
}

func address(e *net.AddrError) string {
	switch e.Err {
	case "invalid port":
		return fmt.Sprintf("there is no port %q", e.Addr)
	case "missing port in address":
		return fmt.Sprintf("%q lacks a port", e.Addr)
	case "no suitable address found": // this program asks for IPv4 alone
		return fmt.Sprintf("%q has no IPv4 address", e.Addr)
	}
	return fmt.Sprintf("%q is not an address: %s", e.Addr, e.Err)
}

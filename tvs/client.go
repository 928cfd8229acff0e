package tvs

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"itlsim/internal/tcp"
)

// DefaultTimeout is what a zero Client.Timeout means.
const DefaultTimeout = 10 * time.Second

// Client is the phone's side. The zero value is ready; many goroutines may
// share a client that they do not change.
type Client struct {
	// Local is the address to ask from, a phone's own of 127.0.0.0/8. The
	// kernel chooses when it is zero.
	Local netip.Addr
	// Timeout bounds a whole exchange. Zero is DefaultTimeout.
	Timeout time.Duration
	// MinVersion and MaxVersion of TLS. Zero is 1.0 and 1.2, as phones of the
	// time have them; 1.2 is also quicker than 1.3.
	MinVersion, MaxVersion uint16
	// Path is what connections have to pass; nil disturbs nothing.
	Path Path
}

// A Path is what lies between a client and the servers that it connects to.
type Path interface {
	// Dial connects to a server, host:port, from an address; the zero one stands for
	// whichever the system chooses.
	Dial(ctx context.Context, local netip.Addr, server string) (net.Conn, error)
}

// Ask puts one request to the TVS at addr over a connection of its own.
//
// A phone knows its TVS by the certificate alone, whatever the name or chain:
// authenticate gets the one presented (DER) during the handshake, and where it
// returns an error, nothing is asked.
//
// The errors are *UnreachableError, *MismatchError and *ProtocolError, and
// for a request that cannot be encoded a wrapped *FormatError. An answer cut
// short counts as unreachable.
func (c *Client) Ask(
	ctx context.Context, addr string, authenticate func(certificate []byte) error, request Request,
) (Answer, error) {
	message, err := request.AppendBinary(nil)
	if err != nil {
		return Answer{}, fmt.Errorf("TVS %s: %w", addr, err)
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, DefaultTimeout))
	defer cancel()
	unreachable := func(during string, err error) (Answer, error) {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = cmp.Or(ctx.Err(), context.DeadlineExceeded)
		}
		return Answer{}, &UnreachableError{addr, during, err}
	}

	raw, err := c.connect(ctx, addr)
	if err != nil {
		return unreachable("connecting", err)
	}
	defer raw.Close()
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()

	conn := tls.Client(raw, c.tls(addr, authenticate))
	if err := conn.Handshake(); err != nil {
		if mismatch, ok := errors.AsType[*MismatchError](err); ok {
			return Answer{}, mismatch
		}
		return unreachable("handshake", err)
	}
	if _, err := conn.Write(message); err != nil {
		return unreachable("request", err)
	}
	answer, err := ReadAnswer(conn)
	if err != nil {
		if malformed, ok := errors.AsType[*FormatError](err); ok {
			return Answer{}, &ProtocolError{addr, malformed}
		}
		return unreachable("answer", err)
	}
	conn.Close() // so that the server sees an orderly end
	if answer.Command != request.Command+1 {
		return Answer{}, &ProtocolError{addr, fmt.Errorf("%v to a %v", answer.Command, request.Command)}
	}
	if answer.Session != request.Session {
		return Answer{}, &ProtocolError{addr, fmt.Errorf("session id %d, not %d", answer.Session, request.Session)}
	}
	return answer, nil
}

func (c *Client) connect(ctx context.Context, addr string) (net.Conn, error) {
	if c.Path != nil {
		return c.Path.Dial(ctx, c.Local, addr)
	}
	return tcp.Dial(ctx, c.Local, addr)
}

// phoneSuites leaves ECDHE with RSA out, so that an RSA certificate means RSA
// key exchange, as in an 8861's trace (AES256-SHA). A server then computes
// nothing before the phone has seen its certificate: thousands of phones that
// no longer know it cost it nothing.
var phoneSuites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_RSA_WITH_AES_128_CBC_SHA,
	tls.TLS_RSA_WITH_AES_256_CBC_SHA,
}

func (c *Client) tls(addr string, authenticate func([]byte) error) *tls.Config {
	config := TLSConfig(c.MinVersion, cmp.Or(c.MaxVersion, max(c.MinVersion, tls.VersionTLS12)))
	config.CipherSuites = phoneSuites
	config.InsecureSkipVerify = true // VerifyPeerCertificate does it
	config.VerifyPeerCertificate = func(certificates [][]byte, _ [][]*x509.Certificate) error {
		if err := authenticate(certificates[0]); err != nil {
			return &MismatchError{addr, certificates[0], err}
		}
		return nil
	}
	return config
}

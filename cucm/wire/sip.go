package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"

	"itlsim/cucm"
	"itlsim/internal/tcp"
	"itlsim/sip"
	"itlsim/tvs"
)

// sipService is a node's Cisco CallManager: SIP over TCP, and by TLS on the port
// that belongs to it (5061 beside 5060).
type sipService struct{ plain, secure *sip.Server }

// listenSIP binds both ports.
func listenSIP(n *cucm.Node, at netip.AddrPort) (*sipService, error) {
	plain, err := tcp.Listen(at.String())
	if err != nil {
		return nil, err
	}
	secure, err := tcp.Listen(behind(at, sip.TLSPort-sip.Port))
	if err != nil {
		plain.Close()
		return nil, err
	}
	m := callManager{n}
	fault := func(err error) { n.Fault("SIP", err) }
	return &sipService{
		plain:  sip.Serve(plain, sip.ServerConfig{Handle: m.answer, Fault: fault}),
		secure: sip.Serve(secure, sip.ServerConfig{Handle: m.answer, Fault: fault, TLS: m.tls()}),
	}, nil
}

// tls is how call managers speak TLS: they show their present CallManager
// certificate, and take a phone's that a CAPF has issued which they know.
func (m callManager) tls() *tls.Config {
	config := tvs.TLSConfig(m.MinTLS().Server, 0)
	config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return shown(m.Node, cucm.CallManager), nil
	}
	config.ClientAuth = tls.RequireAnyClientCert
	config.VerifyPeerCertificate = func(certificates [][]byte, _ [][]*x509.Certificate) error {
		cert, err := x509.ParseCertificate(certificates[0])
		if err == nil && !m.Cluster().IssuedLSC(cert) {
			err = cucm.ErrStrangeLSC
		}
		return err
	}
	return config
}

// Addr is where SIP is served over TCP.
func (s *sipService) Addr() netip.AddrPort { return s.plain.Addr() }

// Ask sends a request over the connection that a peer keeps open (see
// [sip.Server.Ask]).
func (s *sipService) Ask(ctx context.Context, peer netip.AddrPort, r sip.Request) (sip.Answer, bool) {
	if answer, open := s.plain.Ask(ctx, peer, r); open {
		return answer, true
	}
	return s.secure.Ask(ctx, peer, r)
}

// Close ends both.
func (s *sipService) Close() error { return errors.Join(s.plain.Close(), s.secure.Close()) }

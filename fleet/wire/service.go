package wire

import (
	"crypto/tls"
	"time"

	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
)

// openService connects to an HTTPS service as far as its certificate, which the
// phone judges before anything is asked. The connection is kept for readService.
func (f *Fleet) openService(s *slot, a phone.OpenService) phone.Event {
	s.hangUp()
	_, server, err := fleet.ParseServiceURL(a.URL)
	if err == nil {
		err = f.patiently(func() error { return f.connect(s, server) })
	}
	var certificate []byte
	if err == nil {
		certificate = s.conn.ConnectionState().PeerCertificates[0].Raw
	} else {
		f.failures.add("HTTPS", a.URL, s.phone.Name(), reason(err))
	}
	return fleet.OpenAnswer(a, certificate, err)
}

// connect does the handshake with an HTTPS service.
func (f *Fleet) connect(s *slot, server string) error {
	defer f.place()()
	raw, err := f.dial(s, server)
	if err != nil {
		return err
	}
	s.conn = tls.Client(raw, &tls.Config{
		InsecureSkipVerify: true, // the phone judges the certificate by its lists and TVS
		MinVersion:         tls.VersionTLS10, MaxVersion: s.phone.Profile().NewestTLS(),
	})
	return s.conn.HandshakeContext(f.ctx)
}

// readService asks for the page over the connection that openService made.
func (f *Fleet) readService(s *slot, a phone.ReadService) phone.Event {
	var data []byte
	u, _, err := fleet.ParseServiceURL(a.URL)
	if err == nil {
		defer f.place()()
		// again, since the question to a TVS may have taken long
		s.conn.SetDeadline(time.Now().Add(f.config.Limits.HTTPTimeout))
		defer f.endsWith(s.conn)()
		data, err = get(s.conn, u.Host, u.RequestURI(), s.phone.Profile().UserAgent(), itl.MaxFile)
	}
	if err != nil {
		f.failures.add("HTTPS", a.URL, s.phone.Name(), reason(err))
	}
	return fleet.ReadAnswer(a, data, err)
}

// hangUp closes the connection to a service.
func (s *slot) hangUp() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

package wire

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"time"

	"itlsim/itl"
	"itlsim/phone"
)

// openService connects to an HTTPS service as far as its certificate, which the
// phone judges before anything is asked. The connection waits with the phone.
func (f *Fleet) openService(s *slot, a phone.OpenService) phone.Event {
	s.hangUp()
	fail := func(err error) phone.Event {
		f.failures.add("HTTPS", a.URL, s.phone.Name(), reason(err))
		return phone.ServiceFailed{Seq: a.Seq, Err: err}
	}
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "https" {
		return fail(fmt.Errorf("%q is no HTTPS address", a.URL))
	}
	address := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443"))
	err = f.patiently(func() error {
		raw, err := f.dial(s.phone, address)
		if err != nil {
			return err
		}
		s.conn = tls.Client(raw, &tls.Config{
			InsecureSkipVerify: true, // the phone judges the certificate by its lists and TVS
			MinVersion:         tls.VersionTLS10, MaxVersion: cmp.Or(s.phone.Profile().MaxTLS, tls.VersionTLS12),
		})
		return s.conn.HandshakeContext(f.ctx)
	})
	if err != nil {
		return fail(err)
	}
	return phone.ServiceShown{Seq: a.Seq, Certificate: s.conn.ConnectionState().PeerCertificates[0].Raw}
}

func (f *Fleet) readService(s *slot, a phone.ReadService) phone.Event {
	u, err := url.Parse(a.URL)
	if err == nil {
		// TVS may have taken its time.
		s.conn.SetDeadline(time.Now().Add(f.config.Limits.HTTPTimeout))
		var data []byte
		if data, err = get(s.conn, u.Host, u.RequestURI(), s.phone.Profile().UserAgent(), itl.MaxFile); err == nil {
			return phone.ServiceRead{Seq: a.Seq, Data: data}
		}
	}
	f.failures.add("HTTPS", a.URL, s.phone.Name(), reason(err))
	return phone.ServiceFailed{Seq: a.Seq, Err: err}
}

// hangUp closes the connection to a service.
func (s *slot) hangUp() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

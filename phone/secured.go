package phone

import (
	"crypto/x509"
	"slices"

	"itlsim/itl"
)

// Secured is how a phone with a secure profile talks to a call manager: by TLS, in
// which each shows a certificate.
type Secured struct {
	Lists Lists
	Own   *itl.Signer // the phone's, with its key; nil: it has none
}

// Secured is how the configuration in force wants it; nil: over TCP.
func (p *Phone) Secured() *Secured {
	if c := p.flash.Config; c == nil || !c.Security.ByTLS() {
		return nil
	}
	return &Secured{p.flash.Lists, p.flash.LSC}
}

// Authenticate is the check of the call manager's certificate (DER), to be made
// inside the handshake: it must be in the CTL as a CallManager's (security guide: a
// secure phone needs the CTL with CUCM's certificate). Its error is a
// [*StrangeCallManagerError].
func (s *Secured) Authenticate(der []byte) error {
	if s.Lists.CTL == nil {
		return &StrangeCallManagerError{NoCTL: true}
	}
	for _, rec := range s.Lists.CTL.With(itl.CCM, itl.CCMTFTP) {
		if rec.Holds(der) {
			return nil
		}
	}
	return &StrangeCallManagerError{}
}

// Shown is the certificate that the phone shows; nil: none.
func (s *Secured) Shown() *x509.Certificate {
	if s == nil || s.Own == nil {
		return nil
	}
	return s.Own.Certificate
}

// A StrangeCallManagerError says that a call manager showed a certificate that is not in
// the phone's CTL, or (NoCTL) that there is none.
type StrangeCallManagerError struct{ NoCTL bool }

func (e *StrangeCallManagerError) Error() string {
	if e.NoCTL {
		return "the phone has no CTL to know the call manager's certificate by"
	}
	return "the call manager's certificate is not in the CTL"
}

// InstallLSC gives the phone a certificate of CAPF's, as an administrator's order
// on the phone's page does: the phone fetches it from CAPF, whose certificate it
// knows by its CTL or, without one, by its ITL. One that is off misses it, and one
// that does not know CAPF refuses. (The protocol between phone and CAPF is not
// simulated.)
type InstallLSC struct {
	CAPF []byte                 // the certificate that CAPF shows (DER)
	LSCs map[string]*itl.Signer // by phone
}

func (ev InstallLSC) happen(p *Phone) {
	if lsc := ev.LSCs[p.name]; lsc != nil && p.on && p.flash.Lists.KnowsCAPF(ev.CAPF) {
		p.flash.LSC = lsc
	}
}

// KnowsCAPF reports whether a CAPF's certificate (DER) is in the lists: in the CTL, where
// that names any CAPF, else in the ITL (this project's choice).
func (l Lists) KnowsCAPF(der []byte) bool {
	list := l.ITL
	if l.CTL != nil && l.CTL.Has(itl.CAPF) {
		list = l.CTL
	}
	return list != nil && slices.ContainsFunc(list.With(itl.CAPF), func(r *itl.Record) bool { return r.Holds(der) })
}

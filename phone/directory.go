package phone

import (
	"crypto/x509"
	"errors"

	"itlsim/itl"
	"itlsim/tvs"
)

// What the screen shows of an HTTPS service. "Host Not Found" is a real
// phone's for all that can go wrong with it (technote 118699).
const (
	DirectoryTitle = "Corporate Directory"
	HostNotFound   = "Host Not Found"
)

// service is the HTTPS service that a phone is about to open.
type service struct {
	url    string
	der    []byte // certificate that it shows
	id     itl.Identity
	tvs    int     // members of the configuration asked so far
	silent bool    // one of them gave no answer
	tried  []error // what came of each
}

// Screen is what the phone's screen shows, and why; zero where it is idle.
func (p *Phone) Screen() Display {
	if p.screen == nil {
		return Display{}
	}
	return *p.screen
}

// display ends what opened a service.
func (p *Phone) display(text string, reason error) {
	p.service, p.screen = nil, &Display{text, reason}
	p.do(*p.screen)
}

func (p *Phone) openDirectory() {
	switch {
	case !p.on || p.boot != nil || p.awaits != nothing:
	case p.flash.Config == nil || p.flash.Config.Directory == "":
		p.display(HostNotFound, errors.New("no configuration names a directory"))
	default:
		p.service = &service{url: p.flash.Config.Directory}
		p.do(OpenService{Seq: p.next(aService), URL: p.service.url})
	}
}

// serviceShown judges the server's certificate: a record of the lists, what TVS
// said before, then TVS by a VERIFY, as a 79xx log has it: "HTTPS cert not in
// CTL", "TVS service available, can attempt via TVS" (technote 118699).
func (p *Phone) serviceShown(der []byte) {
	s := p.service
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		p.display(HostNotFound, &MalformedError{err})
		return
	}
	s.der, s.id = der, itl.IdentityOf(cert)
	known := p.flash.Lists.holds(der)
	for i := range p.flash.Vouches {
		v := &p.flash.Vouches[i]
		known = known || v.of(s.id) && v.holds(p.now) && v.Key.Equal(cert.PublicKey)
	}
	if known {
		p.do(ReadService{Seq: p.next(aService), URL: s.url})
		return
	}
	p.verifyService()
}

// verifyService turns to the next TVS member of the configuration in force.
func (p *Phone) verifyService() {
	s, members := p.service, p.flash.Config.TVS
	switch {
	case !p.flash.Lists.HasTVS():
		p.display(HostNotFound, &LostError{Signer: s.id, Why: "the stored list has no TVS record to ask by"})
	case s.tvs < len(members):
		s.tvs++
		p.askTVS(tvs.Request{Command: tvs.VerifyRequest, Certificate: s.der})
	case s.silent:
		p.display(HostNotFound, &NoTVSAnswerError{s.id, s.tried})
	default:
		p.display(HostNotFound, &LostError{s.id, "no TVS shows a certificate of the stored ITL", s.tried})
	}
}

// serviceJudged takes an authenticated TVS's answer, which is final.
func (p *Phone) serviceJudged(a tvs.Answer) {
	s := p.service
	if a.Status != tvs.Valid {
		p.display(HostNotFound, &DeniedError{p.tvsServer(), s.id, "does not vouch for it"})
		return
	}
	if cert, err := p.library.certificate(s.der); err == nil && a.TTL > 0 {
		p.flash.keepVouch(p.library.vouch(p.tvsServer(), a, cert), p.now.Add(a.TTL), p.now)
	}
	p.do(ReadService{Seq: p.next(aService), URL: s.url})
}

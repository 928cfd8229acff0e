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

// directory is how far a phone got with its corporate directory. It is replaced,
// never written to.
type directory struct {
	opening *opening // nil once the screen shows how that ended
	screen  Display  // zero before the first has ended

	thenRegister bool // a keep-alive came meanwhile
}

// opening is the HTTPS service that a phone is about to open.
type opening struct {
	url     string
	id      itl.Identity // of the certificate that it shows
	inquiry inquiry      // about that
}

// Screen is what the phone's screen shows, and why; zero where it is idle.
func (p *Phone) Screen() Display {
	if p.directory == nil {
		return Display{}
	}
	return p.directory.screen
}

// display ends what opened a service.
func (p *Phone) display(text string, reason error) {
	registers := p.directory != nil && p.directory.thenRegister
	p.directory = &directory{screen: Display{text, reason}}
	p.do(p.directory.screen)
	if registers {
		p.register(false)
	}
}

func (p *Phone) openDirectory() {
	switch {
	case p.on && p.boot == nil && p.awaits == awaitsCallManager:
		p.calls.thenOpen = true
	case !p.on || p.boot != nil || p.awaits != awaitsNothing:
	case p.flash.Config == nil || p.flash.Config.Directory == "":
		p.display(HostNotFound, errors.New("no configuration names a directory"))
	default:
		url := p.flash.Config.Directory
		p.directory = &directory{opening: &opening{url: url}, screen: p.Screen()}
		p.do(OpenService{Seq: p.await(awaitsService), URL: url})
	}
}

// serviceShown judges the server's certificate: a record of the lists, what TVS
// said before, then TVS by a VERIFY, as a 79xx log has it: "HTTPS cert not in
// CTL", "TVS service available, can attempt via TVS" (technote 118699).
func (p *Phone) serviceShown(der []byte) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		p.display(HostNotFound, &MalformedError{err})
		return
	}
	o := p.directory.opening
	o.id = itl.IdentityOf(cert)
	known := p.flash.Lists.holds(der)
	for i := range p.flash.Vouches {
		v := &p.flash.Vouches[i]
		known = known || v.of(o.id) && v.holds(p.now) && v.Key.Equal(cert.PublicKey)
	}
	if known {
		p.readService()
		return
	}
	o.inquiry.about, o.inquiry.certificate = &o.id, der
	p.askNextTVS()
}

// serviceJudged takes an authenticated TVS's answer.
func (p *Phone) serviceJudged(server string, a tvs.Answer) {
	q := p.inquiry()
	if reason := denied(server, a, *q.about); reason != nil {
		p.notVouched(reason)
		return
	}
	// A key that is not RSA is no reason not to read: only vouches need one.
	if cert, err := p.library.certificate(q.certificate); err == nil {
		p.keepVouch(server, a, cert)
	}
	p.readService()
}

func (p *Phone) readService() {
	p.do(ReadService{Seq: p.await(awaitsService), URL: p.directory.opening.url})
}

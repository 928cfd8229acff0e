package phone

import (
	"crypto/rsa"
	"unsafe"

	"itlsim/cnf"
	"itlsim/itl"
)

// ShareLastBoot reports whether two phones share what is known of their last
// boots.
func ShareLastBoot(a, b *Phone) bool { return a.last == b.last }

// ShareCommon reports whether two phones share what phones have in common.
func ShareCommon(a, b *Phone) bool { return a.common == b.common }

// A Mutant is a firmware with a fault.
type Mutant struct{ rules }

// Mutants are the faults that tests can plant.
var Mutants = map[string]Mutant{
	"skip the signature check":          {skipsSignature{}},
	"ignore the role":                   {ignoresRole{}},
	"take TVS's certificate unchecked":  {takesAnyTVS{}},
	"keep a configuration when refused": {keepsRefused{}},
	"lose an alarm":                     {losesAlarm{}},
}

// Plant plants a fault in the firmware of the phones that share the library.
func (l *Library) Plant(m Mutant) { l.rules = m.rules }

type skipsSignature struct{ realRules }

func (skipsSignature) verify(*Phone, *itl.Signed, *rsa.PublicKey) error { return nil }

// ignoresRole: a record of any role may sign anything.
type ignoresRole struct{ realRules }

func (ignoresRole) signer(l Lists, id itl.Identity, _ []itl.Role) (*itl.Record, TrustPoint) {
	return l.signer(id, []itl.Role{itl.SAST, itl.TFTP, itl.CCMTFTP})
}

// takesAnyTVS: a TVS's certificate is not looked at.
type takesAnyTVS struct{ realRules }

func (takesAnyTVS) authenticateTVS(Lists, []byte) error { return nil }

// keepsRefused: a configuration whose signature is wrong is kept all the same.
type keepsRefused struct{ realRules }

func (m keepsRefused) verify(p *Phone, s *itl.Signed, key *rsa.PublicKey) error {
	err := m.realRules.verify(p, s, key)
	if file := p.boot.offer.file; file != nil && err != nil {
		if config, err := cnf.Parse(file.Payload); err == nil {
			p.flash.Config = config
		}
	}
	return err
}

// losesAlarm: no alarm tells of a new list.
type losesAlarm struct{ realRules }

func (m losesAlarm) reportsLists(p *Phone) bool {
	return m.realRules.reportsLists(p) && !p.boot.updated
}

// Size is what a phone takes, without what it points to.
const Size = unsafe.Sizeof(Phone{})

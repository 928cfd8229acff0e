package phone

import (
	"crypto/rsa"

	"itlsim/itl"
)

// rules are the decisions that a phone's trust hangs on. There is one set of
// them, realRules; tests put others in its place, to see that whatever watches
// over phones finds a firmware that decides otherwise.
type rules interface {
	// signer finds the record of a file's signer, in one of the roles that may
	// sign such a file.
	signer(l Lists, id itl.Identity, roles []itl.Role) (*itl.Record, TrustPoint)
	// verify checks the signature of the file that a phone is offered.
	verify(p *Phone, s *itl.Signed, key *rsa.PublicKey) error
	// authenticateTVS checks the certificate that a TVS shows (DER).
	authenticateTVS(l Lists, der []byte) error
	// reportsLists: an alarm tells of the lists when a boot is done with them.
	reportsLists(p *Phone) bool
}

// realRules are those of the firmware. The zero value of whatever holds rules
// stands for them.
type realRules struct{}

func (realRules) signer(l Lists, id itl.Identity, roles []itl.Role) (*itl.Record, TrustPoint) {
	return l.signer(id, roles)
}

func (realRules) verify(p *Phone, s *itl.Signed, key *rsa.PublicKey) error {
	return p.library.verify(s, key)
}

func (realRules) authenticateTVS(l Lists, der []byte) error { return l.AuthenticateTVS(der) }

func (realRules) reportsLists(p *Phone) bool { return p.profile.ReportsLists }

func (p *Phone) rules() rules { return orReal(p.library.rules) }

func orReal(r rules) rules {
	if r == nil {
		return realRules{}
	}
	return r
}

package phone

import (
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/tvs"
)

// Lists are the trust lists that a phone has stored: all that it trusts.
type Lists struct{ CTL, ITL *itl.List }

// Installed reports whether any list is stored.
func (l Lists) Installed() bool { return l.CTL != nil || l.ITL != nil }

// OnFaith reports whether the next list is taken on faith: none is stored, or the
// ITL is the rollback list ("Prepare Cluster for Rollback to pre 8.0", Default
// Security chapter). An installed CTL must authenticate even the first ITL (same
// chapter), and one that is not empty stands beside a rollback list (technote
// 213407); the one that a return to non-secure mode has emptied does not (technote
// 221657).
func (l Lists) OnFaith() bool {
	if l.ITL == nil {
		return l.CTL == nil
	}
	return empty(l.ITL) && (l.CTL == nil || empty(l.CTL))
}

// empty reports whether a list holds nothing but SAST and CAPF entries, as a
// rollback leaves it (technote 221657). Server entries without a certificate are
// none. Any other list is a list, whoever made it.
func empty(l *itl.List) bool {
	for i := range l.Records {
		switch rec := &l.Records[i]; {
		case rec.Role == itl.SAST, rec.Role == itl.CAPF, !rec.Certified():
		default:
			return false
		}
	}
	return true
}

// SignConfigs reports whether configurations must be signed: where a list has an
// entry that may sign them. Otherwise the phone asks for plain ones ("no TFTP
// server contains a certificate: the phone requests an unsigned file", security
// guide, of CTLs; usecallmanager, of ITLs).
func (l Lists) SignConfigs() bool {
	return l.CTL != nil && signsConfigs(l.CTL) || l.ITL != nil && signsConfigs(l.ITL)
}

// signsConfigs reports whether a list has such an entry.
func signsConfigs(l *itl.List) bool {
	for i := range l.Records {
		if rec := &l.Records[i]; slices.Contains(configRoles, rec.Role) && rec.Certified() {
			return true
		}
	}
	return false
}

// best is the state of a phone that holds these lists and had nothing to
// refuse.
func (l Lists) best() State {
	if l.OnFaith() {
		return None
	}
	return Trusted
}

// signer finds who signed a file among the records that may sign such a file,
// in the CTL first: a list needs a SAST record, a configuration one of role
// TFTP or CCM+TFTP (Default Security chapter).
func (l Lists) signer(id itl.Identity, roles []itl.Role) (*itl.Record, TrustPoint) {
	if l.CTL != nil {
		if rec, ok := l.CTL.Find(id, roles...); ok {
			return rec, ByCTL
		}
	}
	if l.ITL != nil {
		if rec, ok := l.ITL.Find(id, roles...); ok {
			return rec, ByITL
		}
	}
	return nil, ByNothing
}

// KnowSigner reports whether a record of the lists is of this very certificate (DER), which
// has this identity, in a role that may sign a trust list: what `utils itl reset` rests on.
func (l Lists) KnowSigner(id itl.Identity, der []byte) bool {
	rec, _ := l.signer(id, listRoles)
	return rec != nil && rec.Holds(der)
}

// roles that may sign a trust list, and a configuration. The first ITL beside a CTL
// may also be of one of the CTL's servers: up to release 11.5 a subscriber signs its
// own, and is in the CTL as CCM+TFTP only (community document 3108501).
var (
	listRoles     = []itl.Role{itl.SAST}
	firstITLRoles = []itl.Role{itl.SAST, itl.CCMTFTP}
	configRoles   = []itl.Role{itl.TFTP, itl.CCMTFTP}
)

// HasTVS reports whether the stored ITL names any TVS: without one the phone
// is "not using TVS".
func (l Lists) HasTVS() bool { return l.ITL != nil && l.ITL.Has(itl.TVS) }

// AuthenticateTVS checks the certificate that a TVS shows in its handshake
// against the TVS records (role 21) of the stored ITL, by hash; neither names
// nor other TVS servers come into it (log of an 8861, technote 213407). Its
// error is a [*StrangeTVSError].
func (l Lists) AuthenticateTVS(der []byte) error {
	if l.ITL != nil {
		for _, rec := range l.ITL.With(itl.TVS) {
			if rec.Holds(der) {
				return nil
			}
		}
	}
	return &StrangeTVSError{}
}

// vouched checks what an authenticated TVS said of a file's signer: status
// valid, the certificate of that very signer, one of the roles wanted
// (technote 213407: `{role : 0}` for a list, `{role : 3}` for a
// configuration). It returns the certificate.
func (l *Library) vouched(server string, a tvs.Answer, signer itl.Identity, roles []itl.Role) (*certificate, Reason) {
	if reason := denied(server, a, signer); reason != nil {
		return nil, reason
	}
	cert, err := l.certificate(a.Certificate)
	if err != nil {
		return nil, &DeniedError{server, signer, "answers with an unusable certificate: " + cause.Of(err)}
	}
	if !cert.Same(signer) {
		return nil, &DeniedError{server, signer, fmt.Sprintf("answers with another certificate (%s)", cert.Identity)}
	}
	if overlap(a.Roles, roles) {
		return cert, nil
	}
	return nil, &DeniedError{server, signer, "does not give it the role " + roleNames(roles)}
}

// denied is the reason where an authenticated TVS does not vouch.
func denied(server string, a tvs.Answer, signer itl.Identity) Reason {
	if a.Status == tvs.Valid {
		return nil
	}
	return &DeniedError{server, signer, "does not vouch for it"}
}

func overlap(a, b []itl.Role) bool {
	return slices.ContainsFunc(a, func(r itl.Role) bool { return slices.Contains(b, r) })
}

func roleNames(roles []itl.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, r.String())
	}
	return strings.Join(names, " or ")
}

// A Vouch is an answer that an authenticated TVS gave, kept for its time to
// live: "TVS added cert to TVS cache - expires in 24 hours".
type Vouch struct {
	*Vouched
	Expires int64 // unix nanoseconds
}

func (v *Vouch) holds(now time.Time) bool { return now.UnixNano() < v.Expires }

// Vouched is what a TVS said: the same to many phones, which share it.
type Vouched struct {
	Signer itl.Identity // as its certificate names it
	Roles  []itl.Role
	Key    *rsa.PublicKey
	Server string
}

// of reports whether the answer is about a signer.
func (v *Vouched) of(signer itl.Identity) bool { return v.Signer.Same(signer) }

// holds reports whether a record of the lists, in whatever role, is of this
// very certificate: that authenticates an HTTPS service.
func (l Lists) holds(der []byte) bool {
	for _, list := range []*itl.List{l.CTL, l.ITL} {
		if list != nil && slices.ContainsFunc(list.Records, func(r itl.Record) bool { return r.Holds(der) }) {
			return true
		}
	}
	return false
}

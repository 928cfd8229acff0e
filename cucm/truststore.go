package cucm

import (
	"bytes"
	"crypto/x509"
	"time"

	"itlsim/itl"
	"itlsim/tvs"
)

// A trustStore is the certificates that every TVS of a cluster knows. Earlier
// ones stay in it, so that a phone can follow from far behind.
type trustStore []vouched

// vouched is a certificate that TVS vouches for, in some roles.
type vouched struct {
	unit  Unit
	cert  *x509.Certificate
	id    itl.Identity
	roles []itl.Role
}

// vouchedRoles are the roles that TVS gives a certificate. It knows no others.
var vouchedRoles = map[Unit][]itl.Role{
	CallManager: {itl.SAST, itl.TFTP}, // {role : 0} {role : 3} in a real TVS log
	ITLRecovery: {itl.SAST},
	Tomcat:      {}, // valid for a VERIFY of an HTTPS service, in no role of a list
}

// with is the store with one more certificate, where TVS vouches for such.
func (s trustStore) with(unit Unit, cert *x509.Certificate) trustStore {
	roles, ok := vouchedRoles[unit]
	if !ok {
		return s
	}
	for _, v := range s {
		if v.cert.Equal(cert) {
			return s
		}
	}
	return append(s, vouched{unit, cert, itl.IdentityOf(cert), roles})
}

// vouchTTL is how long an answer holds: the default duration in cache of a real
// TVS, one day.
const vouchTTL = 24 * time.Hour

// answer is what TVS says: QUERY looks a signer up by issuer and serial number,
// VERIFY compares the whole certificate.
func (s trustStore) answer(req tvs.Request) tvs.Answer {
	a := tvs.Answer{Command: req.Command + 1, Session: req.Session, Status: tvs.Invalid}
	asked := itl.Identity{Issuer: req.Issuer, Serial: req.Serial}
	for _, v := range s {
		switch {
		case req.Command == tvs.QueryRequest && v.id.Same(asked):
			a.Certificate = v.cert.Raw
		case req.Command == tvs.VerifyRequest && bytes.Equal(v.cert.Raw, req.Certificate):
		default:
			continue
		}
		a.Status, a.Roles, a.TTL = tvs.Valid, v.roles, vouchTTL
		break
	}
	return a
}

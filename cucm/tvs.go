package cucm

import (
	"bytes"
	"crypto/x509"
	"time"

	"itlsim/itl"
	"itlsim/tvs"
)

// vouchTTL is how long an answer holds: the default duration in cache of a real
// TVS, one day.
const vouchTTL = 24 * time.Hour

// vouched is a certificate that the cluster's TVS know.
type vouched struct {
	unit  Unit
	cert  *x509.Certificate
	id    itl.Identity
	roles []itl.Role
}

// know adds a certificate to the store that all TVS of the cluster share.
// Earlier certificates stay in it, so that a phone can follow from far behind.
func (s *state) know(unit Unit, cert *Certificate) {
	var roles []itl.Role
	switch unit {
	case CallManager:
		roles = []itl.Role{itl.SAST, itl.TFTP} // {role : 0} {role : 3} in a real TVS log
	case ITLRecovery:
		roles = []itl.Role{itl.SAST}
	case Tomcat:
		roles = []itl.Role{} // valid for a VERIFY of an HTTPS service, in no role of a list
	default:
		return
	}
	for _, v := range s.store {
		if v.cert.Equal(cert.Certificate) {
			return
		}
	}
	s.store = append(s.store, vouched{unit, cert.Certificate, itl.IdentityOf(cert.Certificate), roles})
}

// AnswerTVS is what the node's TVS says: QUERY looks a signer up by issuer and
// serial number, VERIFY compares the whole certificate.
func (n *Node) AnswerTVS(req tvs.Request) tvs.Answer {
	a := tvs.Answer{Command: req.Command + 1, Session: req.Session, Status: tvs.Invalid}
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	for _, v := range n.cluster.store {
		if req.Command == tvs.QueryRequest && v.id.SameSerial(itl.Identity{Serial: req.Serial}) && v.id.Issuer == req.Issuer {
			a.Status, a.Certificate, a.Roles, a.TTL = tvs.Valid, v.cert.Raw, v.roles, vouchTTL
			break
		}
		if req.Command == tvs.VerifyRequest && bytes.Equal(v.cert.Raw, req.Certificate) {
			a.Status, a.Roles, a.TTL = tvs.Valid, v.roles, vouchTTL
			break
		}
	}
	return a
}

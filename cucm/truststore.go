package cucm

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"itlsim/itl"
	"itlsim/tvs"
)

// A Store is a store of certificates that a cluster trusts, by the name that AXL
// and the command line give it. All nodes have the same.
type Store string

// The trust stores.
const (
	CallManagerTrust Store = "CallManager-trust"
	TomcatTrust      Store = "tomcat-trust"
	IPsecTrust       Store = "ipsec-trust"
	CAPFTrust        Store = "CAPF-trust"
	TVSTrust         Store = "TVS-trust"
	PhoneTrust       Store = "Phone-trust"
	PhoneVPNTrust    Store = "Phone-VPN-trust"
	PhoneSASTTrust   Store = "Phone-SAST-trust" // who may sign lists and files for phones, besides the cluster
	PhoneCTLTrust    Store = "Phone-CTL-trust"
	PhoneCTLASATrust Store = "Phone-CTL-ASA-trust"
	PhoneEdgeTrust   Store = "Phone-Edge-trust"
	DirectoryTrust   Store = "directory-trust"
)

// Stores in the order in which the command line lists them.
var Stores = []Store{
	TomcatTrust, IPsecTrust, CallManagerTrust, CAPFTrust, TVSTrust, PhoneTrust, PhoneVPNTrust, PhoneSASTTrust,
	PhoneCTLTrust, PhoneCTLASATrust, PhoneEdgeTrust, DirectoryTrust,
}

// StoreNamed finds a store by its name, in any case, with or without its ending
// "-trust": so the command line names it.
func StoreNamed(name string) (Store, bool) {
	for _, s := range Stores {
		if strings.EqualFold(string(s), name) || strings.EqualFold(string(s), name+"-trust") {
			return s, true
		}
	}
	return "", false
}

// vouchedRoles are the roles that TVS gives a certificate by each place where it
// is: as a node's own, now or earlier, and in trust stores. It knows no others.
var vouchedRoles = map[Store][]itl.Role{
	Store(CallManager): {itl.SAST, itl.TFTP}, // own choice; see mixedRoles
	Store(ITLRecovery): {itl.SAST},
	Store(Tomcat):      {}, // valid for a VERIFY of an HTTPS service, in no role of a list
	// {role : 0} {role : 3} in a real TVS log, of a certificate that is in
	// CallManager-trust, too (technote 213407). That the roles come by this store
	// follows from its being the whole cure for the files of a proxy TFTP (system guide).
	PhoneSASTTrust:   {itl.SAST, itl.TFTP},
	CallManagerTrust: {}, // inferred, as tomcat's
	TomcatTrust:      {},
}

// mixedRoles are those of a node's own CallManager in mixed mode: {role : 0}
// {role : 2} in a real TVS log (technote 118893).
var mixedRoles = []itl.Role{itl.SAST, itl.CCMTFTP}

// copiedTo are the stores to which a node's own certificates are copied on all
// nodes, and where they stay when they are renewed. CAPF's and tomcat's were seen in
// a listing of a release 14, the others are remembered.
var copiedTo = map[Store][]Store{
	Store(CallManager): {CallManagerTrust},
	Store(CAPFUnit):    {CallManagerTrust, CAPFTrust},
	Store(TVSUnit):     {TVSTrust},
	Store(Tomcat):      {TomcatTrust},
	Store(IPsec):       {IPsecTrust},
}

// A trustStore is the certificates that a cluster knows: its nodes' own, present
// and earlier, so that a phone can follow from far behind, and those that were
// imported into its trust stores.
type trustStore []trusted

// trusted is a certificate in the store that it was imported into, or as the own one
// of a node, of a unit.
type trusted struct {
	place Store
	cert  *x509.Certificate
	id    itl.Identity
}

// isPlace reports whether certificates are kept under a name.
func isPlace(name Store) bool {
	return slices.Contains(Stores, name) || slices.Contains(Units, Unit(name))
}

// own reports whether the certificate is, or was, a node's own.
func (t trusted) own() bool { return slices.Contains(Units, Unit(t.place)) }

// places are all where the certificate is.
func (t trusted) places() []Store { return append([]Store{t.place}, copiedTo[t.place]...) }

// key tells a certificate in a store from all others.
func (s Store) key(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return string(s) + "/" + hex.EncodeToString(sum[:])
}

// with is the store with one more certificate.
func (s trustStore) with(place Store, cert *x509.Certificate) trustStore {
	if slices.ContainsFunc(s, func(t trusted) bool { return t.place == place && t.cert.Equal(cert) }) {
		return s
	}
	return append(s, trusted{place, cert, itl.IdentityOf(cert)})
}

// without is the store without one certificate in one of the trust stores. An own
// one of a node is not known as that any more.
func (s trustStore) without(from Store, cert *x509.Certificate) (rest trustStore) {
	for _, t := range s {
		if !t.cert.Equal(cert) || !slices.Contains(t.places(), from) {
			rest = append(rest, t)
			continue
		}
		for _, copied := range copiedTo[t.place] {
			if copied != from {
				rest = rest.with(copied, cert)
			}
		}
	}
	return rest
}

// in are the certificates of a trust store.
func (s trustStore) in(store Store) (certs []*x509.Certificate) {
	for _, t := range s {
		if slices.Contains(t.places(), store) && !slices.ContainsFunc(certs, t.cert.Equal) {
			certs = append(certs, t.cert)
		}
	}
	return certs
}

// vouchTTL is how long an answer holds: the default duration in cache of a real
// TVS, one day.
const vouchTTL = 24 * time.Hour

// answer is what a TVS says: QUERY looks a signer up by issuer and serial number,
// VERIFY compares the whole certificate. The roles are those of all places where the
// certificate is, but for the imports that this TVS has not read.
func (s trustStore) answer(req tvs.Request, unread map[string]bool, mixed bool) tvs.Answer {
	a := tvs.Answer{Command: req.Command + 1, Session: req.Session, Status: tvs.Invalid}
	asked := itl.Identity{Issuer: req.Issuer, Serial: req.Serial}
	var found *x509.Certificate
	for _, t := range s {
		matches := t.id.Same(asked)
		if req.Command == tvs.VerifyRequest {
			matches = bytes.Equal(t.cert.Raw, req.Certificate)
		}
		if !matches || found != nil && !found.Equal(t.cert) || len(unread) > 0 && unread[t.place.key(t.cert)] {
			continue
		}
		for _, place := range t.places() {
			if roles, known := vouchedRoles[place]; known {
				if mixed && place == Store(CallManager) {
					roles = mixedRoles
				}
				found, a.Roles = t.cert, union(a.Roles, roles)
			}
		}
	}
	if found == nil {
		return a
	}
	a.Status, a.TTL = tvs.Valid, vouchTTL
	if req.Command == tvs.QueryRequest {
		a.Certificate = found.Raw
	}
	return a
}

func union(all, more []itl.Role) []itl.Role {
	for _, role := range more {
		if !slices.Contains(all, role) {
			all = append(all, role)
		}
	}
	return all
}

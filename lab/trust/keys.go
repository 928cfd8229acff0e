package trust

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/itl"
)

// idLength is how many bytes of a fingerprint name a key: few enough to be read, and of the
// hundreds of keys that a lab has no two alike in 10 million labs.
const idLength = 4

// certificateID names a certificate (DER).
func certificateID(der []byte) string {
	sum := sha1.Sum(der)
	return hex.EncodeToString(sum[:idLength])
}

// recordID names the certificate of a record, be it there or its fingerprint alone; "" where
// the record is of none. One that carries a bare key is named by that.
func recordID(rec *itl.Record) string {
	switch {
	case len(rec.Certificate) > 0:
		return certificateID(rec.Certificate)
	case len(rec.CertHash) >= idLength:
		return hex.EncodeToString(rec.CertHash[:idLength])
	case len(rec.PublicKey) > 0:
		return certificateID(rec.PublicKey)
	}
	return ""
}

// unitOf is what a record's key is for.
func unitOf(rec *itl.Record) string {
	switch rec.Role {
	case itl.TVS:
		return TVS
	case itl.CAPF:
		return string(cucm.CAPFUnit)
	case itl.SAST, itl.TFTP, itl.CCM, itl.CCMTFTP:
		if cucm.IsRecovery(rec.Subject) {
			return ITLRecovery
		}
		return CallManager
	}
	return Other
}

// A keyring is the keys of a picture, each once.
type keyring struct {
	keys []Key
	at   map[string]int
}

func (r *keyring) add(k Key) {
	if r.at == nil {
		r.at = make(map[string]int)
	}
	if _, known := r.at[k.ID]; known || k.ID == "" {
		return
	}
	r.at[k.ID] = len(r.keys)
	r.keys = append(r.keys, k)
}

// addRecord adds a record's key, as that of the first of these nodes which it names.
func (r *keyring) addRecord(rec *itl.Record, nodes []*shown) {
	k := Key{ID: recordID(rec), Unit: unitOf(rec), Subject: itl.CommonName(rec.Subject)}
	if i := slices.IndexFunc(nodes, func(n *shown) bool { return n.named(rec) }); i >= 0 {
		k.Node = nodes[i].name
	}
	r.add(k)
}

// named reports whether a record's certificate names the node, by the name that it has now or
// had in the beginning. No document tells whose a record is otherwise.
func (n *shown) named(rec *itl.Record) bool {
	name := strings.TrimPrefix(itl.CommonName(rec.Subject), cucm.RecoveryPrefix)
	if slices.ContainsFunc(n.names, func(own string) bool { return itl.Named("CN="+name, own) }) {
		return true
	}
	cert, err := x509.ParseCertificate(rec.Certificate)
	return err == nil && slices.ContainsFunc(cert.DNSNames, func(dns string) bool {
		return slices.ContainsFunc(n.names, func(own string) bool { return itl.Named("CN="+dns, own) })
	})
}

package report

import (
	"regexp"
	"strings"
	"sync"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
)

// A Teller tells of the phones and servers of a lab in words that are the same
// for all phones that they are true of.
type Teller struct {
	lab        *lab.Lab
	services   *strings.Replacer // addresses, by the service and node
	identities sync.Map          // itl.Identity by *cucm.Certificate
}

// NewTeller makes one, which calls the nodes by their present names.
func NewTeller(l *lab.Lab) *Teller {
	var services []string
	for _, n := range l.Nodes() {
		for _, s := range []struct {
			name string
			of   cucm.Service
		}{{"TFTP", cucm.TFTPService}, {"TVS", cucm.TVSService}} {
			if a := n.Address(s.of); a != "" {
				services = append(services, "TVS "+a, "TVS of "+n.Name(), a, s.name+" of "+n.Name())
			}
		}
	}
	return &Teller{lab: l, services: strings.NewReplacer(services...)}
}

// ownAddress is where errors of sockets name the phone's own side.
var ownAddress = regexp.MustCompile(`[0-9.]+:[0-9]+->`)

// Plain says of all phones what a text says of one, and calls services by their
// names: no phone's name and no address is left in it.
func (t *Teller) Plain(text, phone string) string { return t.services.Replace(AnyPhone(text, phone)) }

// AnyPhone says of all phones what a text says of one.
func AnyPhone(text, phone string) string {
	return ownAddress.ReplaceAllString(strings.ReplaceAll(text, phone, anyPhone), "")
}

// anyPhone stands for the name of any phone.
const anyPhone = "SEP<MAC>"

// Identity is a certificate's name and serial number. It is kept: reading the
// name again for each phone would take long.
func (t *Teller) Identity(cert *cucm.Certificate) itl.Identity {
	id, ok := t.identities.Load(cert)
	if !ok {
		id = itl.IdentityOf(cert.Certificate)
		t.identities.Store(cert, id)
	}
	return id.(itl.Identity)
}

// HoldsResetSigner reports whether `utils itl reset localkey` would get a phone
// back: whether its CTL or ITL holds the key that would sign then, such as the
// publisher's present ITLRecovery (M10).
func (t *Teller) HoldsResetSigner(v *fleet.View, n *cucm.Node) bool {
	signer := n.Cluster().ResetSigner()
	return signer != nil && !v.Profile.NoITL && t.holds(v, signer)
}

// holds reports whether a phone's CTL or ITL holds a certificate in the role of a signer:
// either authenticates new lists of both kinds.
func (t *Teller) holds(v *fleet.View, cert *cucm.Certificate) bool {
	return v.Flash.Lists.KnowSigner(t.Identity(cert), cert.Certificate.Raw)
}

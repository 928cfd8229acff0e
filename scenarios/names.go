package scenarios

import (
	"regexp"
	"strings"
	"sync"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/lab"
)

// names call things by names that are the same for all phones.
type names struct {
	services   *strings.Replacer // addresses, by the service and node
	identities *sync.Map         // itl.Identity by *cucm.Certificate
}

func namesOf(l *lab.Lab) names {
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
	return names{strings.NewReplacer(services...), &sync.Map{}}
}

// ownAddress is where errors of sockets name the phone's own side.
var ownAddress = regexp.MustCompile(`[0-9.]+:[0-9]+->`)

// plain says the same of all phones that it is true of, and calls services by
// their names: neither a phone's name nor an address is in it.
func (n names) plain(text, phone string) string {
	text = ownAddress.ReplaceAllString(strings.ReplaceAll(text, phone, "SEP<MAC>"), "")
	return n.services.Replace(text)
}

// identity is a certificate's name and serial number, which take reading names
// for each phone otherwise.
func (n names) identity(cert *cucm.Certificate) itl.Identity {
	id, ok := n.identities.Load(cert)
	if !ok {
		id = itl.IdentityOf(cert.Certificate)
		n.identities.Store(cert, id)
	}
	return id.(itl.Identity)
}

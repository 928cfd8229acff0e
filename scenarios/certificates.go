package scenarios

import (
	"encoding/pem"
	"fmt"
	"strings"

	"itlsim/cucm"
	"itlsim/scenarios/language"
)

// What is done on pages for certificates. The command line has a command for each, so
// that the acts are commands, which may be refused and print something.
const (
	setBulkServer  Verb = "set the server of bulk certificates"
	exchangeInBulk Verb = "exchange certificates in bulk"
	// UploadCertificate has Node, any of a cluster, take the certificate Unit of Nodes[0]
	// into the trust store Store.
	UploadCertificate Verb = "upload a certificate"
)

// typed reports whether an act types a command.
func (v Verb) typed() bool { return v == TypeCommand || v == UploadCertificate }

// certificates makes an act of a sentence about certificates. The page is that of the
// scenario's own publisher unless a node is named.
func (k actKey) certificates(a Act, said language.Said) (Act, error) {
	if a.Node == "" && len(k.Nodes) > 0 {
		a.Node = k.Nodes[0]
	}
	verb, w := a.Verb, said.Words
	a.Verb = TypeCommand
	switch verb {
	case setBulkServer:
		a.Command = fmt.Sprintf("set cert bulk server %s %s %s", w["server"], w["user"], w["directory"])
		a.Answers = []string{w["password"]}
	case exchangeInBulk:
		a.Command = fmt.Sprintf("set cert bulk %s %s", strings.ToLower(w["bulk"]), w["type"])
	case UploadCertificate:
		store, ok := cucm.StoreNamed(w["store"])
		if !ok {
			var names []string
			for _, s := range cucm.Stores {
				names = append(names, string(s))
			}
			says := fmt.Sprintf("%q is no trust store%s", w["store"], language.DidYouMean(w["store"], names))
			return Act{}, &language.Error{At: said.At("store"), Says: says}
		}
		a.Verb, a.Unit, a.Store, a.Nodes = verb, cucm.Unit(w["unit"]), store, []string{w["from"]}
	}
	return a, nil
}

// upload pastes a node's certificate into a trust store, as one that was downloaded
// from that node's page.
func (p *Player) upload(a Act) error {
	from, err := p.Node(a.Nodes[0])
	if err != nil {
		return err
	}
	cert := from.Certificate(a.Unit)
	if cert == nil {
		return fmt.Errorf("%s has no certificate %s", a.Nodes[0], a.Unit)
	}
	a.Command = "set cert import trust " + string(a.Store)
	a.Answers = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate.Raw}))}
	return p.typeCommand(a)
}

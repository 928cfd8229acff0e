package scenarios

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
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
	// The uploads have Command typed on Node, and paste a certificate: Unit of Nodes[0];
	// what the certificate authority makes of the node's CSR for Unit; its root.
	UploadCertificate Verb = "upload a certificate"
	UploadSigned      Verb = "upload a signed certificate"
	UploadRoot        Verb = "upload the root of the certificate authority"
)

// typed reports whether an act types a command.
func (v Verb) typed() bool {
	return v == TypeCommand || v == UploadCertificate || v == UploadSigned || v == UploadRoot
}

// certificates makes an act of a sentence about certificates. The page is that of the
// scenario's own publisher unless a node is named.
func (k actKey) certificates(a Act, said language.Said) (Act, error) {
	if a.Node == "" && len(k.Nodes) > 0 {
		a.Node = k.Nodes[0]
	}
	w := said.Words
	switch a.Verb {
	case setBulkServer:
		a.Verb, a.Answers = TypeCommand, []string{w["password"]}
		a.Text = strings.Replace(a.Text, " password "+w["password"], " password ******", 1) // reports show it
		a.Command = fmt.Sprintf("set cert bulk server %s %s %s", w["server"], w["user"], w["directory"])
		return a, nil
	case exchangeInBulk:
		a.Verb, a.Command = TypeCommand, fmt.Sprintf("set cert bulk %s %s", strings.ToLower(w["bulk"]), w["type"])
		return a, nil
	case UploadSigned:
		a.Command = "set cert import own " + w["unit"]
	default:
		store, ok := cucm.StoreNamed(w["store"])
		if !ok {
			var names []string
			for _, s := range cucm.Stores {
				names = append(names, string(s))
			}
			says := fmt.Sprintf("%q is not a trust store%s", w["store"], language.DidYouMean(w["store"], names))
			return Act{}, &language.Error{At: said.At("store"), Says: says}
		}
		a.Command = "set cert import trust " + string(store)
	}
	if a.Verb != UploadCertificate && !k.authority {
		return Act{}, &language.Error{Says: "the scenario has no certificate authority"}
	}
	if a.Unit = cucm.Unit(w["unit"]); a.Verb == UploadCertificate {
		a.Nodes = []string{w["from"]}
	}
	return a, nil
}

// upload pastes a certificate that was downloaded elsewhere.
func (p *Player) upload(a Act) error {
	cert, err := p.uploaded(a)
	if err != nil {
		return err
	}
	a.Answers = []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))}
	return p.typeCommand(a)
}

// uploaded is the certificate that is pasted.
func (p *Player) uploaded(a Act) (*x509.Certificate, error) {
	if p.Authority == nil && a.Verb != UploadCertificate {
		return nil, errors.New("there is no certificate authority")
	}
	source := a.Node
	switch a.Verb {
	case UploadRoot:
		return p.Authority.Root, nil
	case UploadCertificate:
		source = a.Nodes[0]
	}
	from, err := p.Node(source)
	if err != nil {
		return nil, err
	}
	if a.Verb == UploadSigned {
		if csr := from.CertificateRequest(a.Unit); csr != nil {
			return p.Authority.Sign(csr)
		}
		return nil, fmt.Errorf("%s has no CSR of %s to sign", source, a.Unit)
	}
	if cert := from.Certificate(a.Unit); cert != nil {
		return cert.Certificate, nil
	}
	return nil, fmt.Errorf("%s has no certificate %s", source, a.Unit)
}

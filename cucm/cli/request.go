package cli

import (
	"encoding/pem"
	"fmt"
	"strings"

	"itlsim/cucm"
)

// setCSRGen is `set csr gen NAME` (CLI reference). The word multi-server behind it
// stands for that distribution on the page, and is this project's own.
func setCSRGen(n *cucm.Node, t Terminal, args []string) error {
	last := len(args) - 1
	multiServer := last > 0 && strings.EqualFold(args[last], "multi-server")
	if multiServer {
		args = args[:last]
	}
	unit, err := unitNamed(n, args)
	if err != nil {
		return err
	}
	if err := n.RequestCertificate(unit, multiServer); err != nil {
		return err
	}
	fmt.Fprintf(t, "Successfully Generated CSR for %s.\n", unit)
	return nil
}

// showCSROwn is `show csr own NAME`.
func showCSROwn(n *cucm.Node, t Terminal, args []string) error {
	unit, err := unitNamed(n, args)
	if err != nil {
		return err
	}
	csr := n.CertificateRequest(unit)
	if csr == nil {
		return cucm.ErrNoRequest
	}
	return pem.Encode(t, &pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr})
}

// setCertImportOwn is `set cert import own NAME`, as `set cert import trust`.
func setCertImportOwn(n *cucm.Node, t Terminal, args []string) error {
	unit, err := unitNamed(n, args)
	if err != nil {
		return err
	}
	cert, err := askCertificate(t)
	if err != nil {
		return err
	}
	if err := n.ImportSigned(unit, cert); err != nil {
		return err
	}
	imported(t, string(unit))
	return nil
}

// setCertMultiServer is `set cert multi-server NAME`, this project's own command for
// Generate Self-Signed with the distribution Multi-Server (SAN) on the page OS
// Administration > Security > Certificate Management.
func setCertMultiServer(n *cucm.Node, t Terminal, args []string) error {
	unit, err := unitNamed(n, args)
	if err != nil {
		return err
	}
	if err := n.ShareCertificate(unit); err != nil {
		return err
	}
	fmt.Fprintf(t, "One %s certificate is in use on all nodes.\n", unit)
	return nil
}

// setCertReuse is `set cert reuse`, this project's own command for Reuse Certificate on
// that page.
func setCertReuse(n *cucm.Node, t Terminal, _ []string) error {
	if err := n.ReuseTomcat(); err != nil {
		return err
	}
	fmt.Fprintln(t, "The tomcat certificate is in use for CallManager on all nodes.")
	return nil
}

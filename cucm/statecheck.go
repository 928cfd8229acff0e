package cucm

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"itlsim/itl"
)

// What a state says is checked before anything is done by it: it may have been edited,
// or copied in part. Errors name the file, and the field of [savedCluster].

// invalid says what is wrong with a field.
func invalid(field, format string, args ...any) error {
	return fmt.Errorf("%s: %w", field, fmt.Errorf(format, args...))
}

// maxAhead is how far the cluster's time may be from its clock's: `set date` knows a
// hundred years.
const maxAhead = 100 * 366 * day

// check refuses a cluster.json that says what no cluster could.
func (s *savedCluster) check() error {
	if s.Format != stateFormat {
		return invalid("Format", "%d, and this program reads %d", s.Format, stateFormat)
	}
	if err := s.Release.check(); err != nil {
		return invalid("Release", "%w", err)
	}
	switch {
	case len(s.Nodes) == 0:
		return invalid("Nodes", "there are none")
	case !slices.Contains(longerKeys, s.KeyBits):
		return invalid("KeyBits", "no keys have %d bits", s.KeyBits)
	case !isDigest(s.Digest):
		return invalid("Digest", "there is no number %d", s.Digest)
	case s.ClockAhead.Abs() > maxAhead:
		return invalid("ClockAhead", "%d years", s.ClockAhead/(365*24*time.Hour))
	}
	for device := range s.Own {
		if device == "" || len(device) > maxName || !isText(device) || len(s.Own) > maxOwn {
			return invalid("Own", "%.20q among %d is not a phone of %d", device, len(s.Own), maxOwn)
		}
	}
	if err := s.checkTexts(); err != nil {
		return err
	}
	for i := range s.Nodes {
		field := fmt.Sprintf("Nodes[%d] (%q)", i, s.Nodes[i].Name)
		if err := s.Nodes[i].check(); err != nil {
			return invalid(field, "%w", err)
		}
		for j := range i {
			if a, b := &s.Nodes[j], &s.Nodes[i]; a.Name == b.Name || a.Home == b.Home {
				return invalid(field, "Nodes[%d] has that Name or Home, too", j)
			}
		}
	}
	if active := s.Nodes[0].Active; active != "" && s.Release.Facts() != (&nodeState{active: active}).facts() {
		return invalid("Release", "%s, and the publisher runs %s", s.Release, active)
	}
	return nil
}

// check refuses what is no login.
func (l login) check() error {
	if len(l.Salt) == 0 || len(l.Hash) != sha256.Size {
		return invalid("Login", "no salted hash of a password")
	}
	return nil
}

// maxName is how long a part of a certificate's name may be, in bytes: of X.520's bounds
// (RFC 5280, appendix A) the longest that a cluster's names come under.
const maxName = 128

// checkTexts refuses names that no certificate has, and words that nobody can have typed:
// they get into e-mails, and into what is printed.
func (s *savedCluster) checkTexts() error {
	l, b := &s.Location, &s.Bulk
	texts := map[string][]string{
		"Location":     {l.Organization, l.Unit, l.Locality, l.State, l.Country},
		"Bulk":         {b.Host, b.Port, b.User, b.Password, b.Directory},
		"Monitor.To":   s.Monitor.To,
		"Monitor.SMTP": {s.Monitor.SMTP},
	}
	for field, all := range texts {
		for _, text := range all {
			switch {
			case !isText(text):
				return invalid(field, "it has control characters")
			case field == "Location" && len(text) > maxName:
				return invalid(field, "no part of a name has %d bytes", len(text))
			}
		}
	}
	return nil
}

// isText reports whether a text has no control characters.
func isText(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }

func isDigest(d itl.Digest) bool { return d == itl.SHA1 || d == itl.SHA512 }

// isNodeName reports whether a node may be called so: by its name or, as in document
// 118892, its address. Neither leads out of a directory.
func isNodeName(name string) bool {
	address, err := netip.ParseAddr(name)
	return hostName.MatchString(name) || err == nil && address.Is4()
}

// check refuses what no node could be.
func (n *savedNode) check() error {
	switch {
	case !isNodeName(n.Name):
		return invalid("Name", "no host name")
	case !isNodeName(n.Home):
		return invalid("Home", "%q is not a host name", n.Home)
	case len(n.RecoveryName) > maxName || !isText(n.RecoveryName):
		return invalid("RecoveryName", "%.20q is not a certificate's name", n.RecoveryName)
	case n.Domain != "" && (len(n.Domain) > maxDomain || !domainName.MatchString(n.Domain)):
		return invalid("Domain", "%q is not a domain", n.Domain)
	case n.Digest != 0 && !isDigest(n.Digest):
		return invalid("Digest", "there is no number %d", n.Digest)
	}
	for field, build := range map[string]string{"Active": n.Active, "Inactive": n.Inactive} {
		if build != "" && BuildOf(build) != build {
			return invalid(field, "%q is not a build that is simulated", build)
		}
	}
	for unit, bits := range n.KeyBits {
		if !slices.Contains(Units, unit) || !slices.Contains(longerKeys, bits) {
			return invalid("KeyBits", "no certificate %q has %d bits", unit, bits)
		}
	}
	for field, services := range map[string]map[Service]bool{"Activated": n.Activated, "Running": n.Running} {
		if services == nil {
			return invalid(field, "null, where services are listed")
		}
		for s := range services {
			if !isService(s) {
				return invalid(field, "there is no service %q", s)
			}
		}
	}
	for s := range n.Started {
		if !isService(s) {
			return invalid("Started", "there is no service %q", s)
		}
	}
	for unit := range n.Modified {
		if !slices.Contains(Units, unit) && unit != servedRecovery {
			return invalid("Modified", "there is no certificate %q", unit)
		}
	}
	for field, version := range map[string]uint16{"Server": n.MinTLS.Server, "Client": n.MinTLS.Client} {
		if version != 0 && !slices.Contains(minTLS, version) {
			return invalid("MinTLS."+field, "%d is not a version that can be set", version)
		}
	}
	return nil
}

// checkFiles refuses lists and a recovery key that a cluster could not have. What keys
// and certificates have to do with each other was seen when they were read.
func (d *draft) checkFiles() error {
	if d.mixed && d.nodes[0].ctl == nil {
		return fmt.Errorf("%s%s: there is none, and the cluster is in mixed mode", d.nodes[0].name, ctlFile)
	}
	for i := range d.nodes {
		n := &d.nodes[i]
		if n.list == nil && n.running[TFTPService] {
			return fmt.Errorf("%s%s: there is none, and TFTP runs", n.name, listFile)
		}
		for name, list := range n.lists() {
			if *list == nil {
				continue
			}
			if err := d.checkList(i, name, *list); err != nil {
				return fmt.Errorf("%s%s: %w", n.name, name, err)
			}
		}
		if n.p12 == nil {
			continue
		}
		if _, err := openP12(n.p12, d.p12Password); err != nil {
			return fmt.Errorf("%s%s: %w", n.name, p12File, err)
		}
	}
	return nil
}

// checkList refuses a list that is not whole, or not this node's.
func (d *draft) checkList(node int, name string, list *itl.List) error {
	if list.Filename != path.Base(name) {
		return fmt.Errorf("it is a %s", list.Filename)
	}
	if err := list.VerifySelf(); err != nil {
		return err
	}
	if !slices.ContainsFunc(d.known(), func(c *x509.Certificate) bool { return holds(list, c) }) {
		return errors.New("it is another cluster's: it names no certificate that this one knows")
	}
	n := &d.nodes[node]
	if name != listFile || !n.running[TFTPService] || holds(list, n.certs[CallManager].Certificate) {
		return nil // what is not served is built anew when TFTP starts
	}
	for i := range d.nodes {
		other := d.nodes[i].certs[CallManager].Certificate
		if len(other.DNSNames) > 1 {
			continue // a multi-server one, which may be in anybody's list
		}
		if holds(list, other) && (i > 0 || list.Signer.Same(itl.IdentityOf(other)) && !d.resetsByCallManager()) {
			return fmt.Errorf("it is that of %s", d.nodes[i].name)
		}
	}
	return nil
}

// resetsByCallManager reports whether CallManager may have signed a list for all nodes,
// in the release of a node or in one that it came from.
func (d *draft) resetsByCallManager() bool {
	return slices.ContainsFunc(d.nodes, func(n nodeState) bool {
		before := nodeState{active: n.inactive}
		return n.facts().ResetSigner == CallManager || before.facts().ResetSigner == CallManager
	})
}

// known are the certificates that the cluster has, and has had.
func (d *draft) known() (all []*x509.Certificate) {
	for _, t := range d.store {
		all = append(all, t.cert)
	}
	for i := range d.nodes {
		for _, cert := range d.nodes[i].certs {
			all = append(all, cert.Certificate)
		}
	}
	return all
}

// holds reports whether a list has the certificate in any role.
func holds(list *itl.List, cert *x509.Certificate) bool {
	return slices.ContainsFunc(list.Records, func(r itl.Record) bool { return r.Holds(cert.Raw) })
}

package cucm

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"itlsim/itl"
)

// A TrustedCertificate is a certificate in a trust store.
type TrustedCertificate struct {
	Store       Store
	File        string // "test10pub.joemar2.lab.pem"
	Certificate *x509.Certificate
}

// Trusted are the certificates of trust stores, in the order in which they came
// there.
func (c *Cluster) Trusted(stores ...Store) (all []TrustedCertificate) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, store := range stores {
		all = append(all, c.trusted(store)...)
	}
	return all
}

// Had reports whether a certificate is, or was, the own one of a node. One that was
// imported is not.
func (c *Cluster) Had(id itl.Identity) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.ContainsFunc(c.store, func(t trusted) bool { return t.own() && t.id.Same(id) })
}

// trusted are the certificates of a trust store with the names of their files. Where
// the serial number is not in them, a common name's second certificate is
// HOST-1.pem, which is this project's own choice.
func (s *state) trusted(store Store) (all []TrustedCertificate) {
	seen := make(map[string]int)
	for _, cert := range s.store.in(store) {
		name := strings.Map(fileLetter, itl.CommonName(itl.NameOf(cert.Subject)))
		// CAPF's was seen without: its name has a number of its own.
		if s.release.Facts().TrustFilesBySerial && !strings.HasPrefix(name, "CAPF-") {
			name = fmt.Sprintf("%s_%x", name, itl.IdentityOf(cert).Serial)
		}
		file := name + ".pem"
		if n := seen[name]; n > 0 {
			file = fmt.Sprintf("%s-%d.pem", name, n)
		}
		seen[name]++
		all = append(all, TrustedCertificate{store, file, cert})
	}
	return all
}

// fileLetter leaves a file's name one word: "Cisco_Root_CA_2048" in a listing.
func fileLetter(r rune) rune {
	if r <= ' ' || r == '/' || r == 0x7f {
		return '_'
	}
	return r
}

// Import puts a certificate into a trust store by hand, on all nodes. A TVS knows it
// from its next start (technote 213407 has every one restarted).
func (c *Cluster) Import(store Store, cert *x509.Certificate) error {
	return c.change(func(d *draft) error {
		known := len(d.store)
		if d.store = d.store.with(store, cert); len(d.store) == known {
			return nil
		}
		for i := range d.nodes {
			if n := &d.nodes[i]; n.activated[TVSService] {
				n.leaveUnread(store.key(cert))
			}
		}
		return nil
	})
}

func (n *nodeState) leaveUnread(key string) {
	if n.unread == nil {
		n.unread = make(map[string]bool)
	}
	n.unread[key] = true
}

// DeleteTrusted takes a certificate out of a trust store, by the name of its file. An
// earlier one of a node's own is then unknown to every TVS. The errors are a
// [*NotTrustedError], or a [*InUseError] for one that a node has now.
func (c *Cluster) DeleteTrusted(store Store, file string) error {
	return c.change(func(d *draft) error {
		for _, t := range d.trusted(store) {
			if t.File != file {
				continue
			}
			for i := range d.nodes {
				for unit, own := range d.nodes[i].certs {
					if own.Certificate.Equal(t.Certificate) {
						return &InUseError{File: file, Node: d.nodes[i].name, Unit: unit}
					}
				}
			}
			d.store = d.store.without(store, t.Certificate)
			for i := range d.nodes {
				delete(d.nodes[i].unread, store.key(t.Certificate))
			}
			return nil
		}
		return &NotTrustedError{Store: store, File: file}
	})
}

// A NotTrustedError is the name of a file that is not in a trust store.
type NotTrustedError struct {
	refused
	Store Store
	File  string
}

func (e *NotTrustedError) Error() string {
	return fmt.Sprintf("there is no certificate %s in %s", e.File, e.Store)
}

// An InUseError refuses to take a node's present certificate out of a trust store.
type InUseError struct {
	refused
	File, Node string
	Unit       Unit
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("%s is the present %s certificate of %s", e.File, e.Unit, e.Node)
}

package inventory

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"slices"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
)

// Counterparts are the lists of real phones, made anew in the keys of a
// simulated cluster. The real private keys stay where they are: the record of a
// certificate that a real node shows today becomes the record of the simulated
// node's certificate, and one of the past, or of another cluster, becomes that
// of a stand-in, a certificate of the same name that no node has. So a phone
// follows a change, or does not, as the records of its real list let it.
type Counterparts struct {
	site     Site
	current  map[fingerprint]itl.Signer // the simulated counterpart of each certificate that real nodes show
	standIns map[fingerprint]itl.Signer // by the real certificate
	made     map[origin]*itl.List
}

// A Site is the simulated cluster in whose keys lists are made.
type Site struct {
	Cluster *cucm.Cluster
	Nodes   map[string]*cucm.Node // by their names in the scenario
	Served  map[string]*List      // what the real nodes serve today, by the same names
	Seed    uint64                // of stand-ins
	Clock   cucm.Clock
}

// fingerprint tells certificates apart, whole ones and those by hash alike.
type fingerprint = [sha1.Size]byte

// origin is what a list was made of: a real list, or, where none is known, the
// list of a node.
type origin struct {
	node *cucm.Node
	sum  [sha1.Size]byte
}

// NewCounterparts finds the simulated counterpart of each certificate that the
// real nodes show today.
func NewCounterparts(site Site) *Counterparts {
	c := &Counterparts{
		site:    site,
		current: make(map[fingerprint]itl.Signer), standIns: make(map[fingerprint]itl.Signer),
		made: make(map[origin]*itl.List),
	}
	publisher := site.Cluster.Publisher()
	for _, name := range slices.Sorted(maps.Keys(site.Served)) {
		own := site.Nodes[name]
		for i := range site.Served[name].Records {
			r := &site.Served[name].Records[i]
			sum := r.Fingerprint
			switch {
			case r.Role == itl.TFTP || r.Role == itl.CCMTFTP || r.Role == itl.SAST && !cucm.IsRecovery(r.Subject):
				c.current[sum] = own.Certificate(cucm.CallManager).Signer
			case r.Role == itl.SAST:
				if recovery := publisher.Certificate(cucm.ITLRecovery); recovery != nil {
					c.current[sum] = recovery.Signer
				}
			case r.Role == itl.CAPF:
				c.current[sum] = publisher.Certificate(cucm.CAPFUnit).Signer
			case r.Role == itl.TVS:
				if n := c.named(r.Subject); n != nil {
					c.current[sum] = n.Certificate(cucm.TVSUnit).Signer
				}
			}
		}
	}
	return c
}

// named finds the node that a certificate's subject names.
func (c *Counterparts) named(subject string) *cucm.Node {
	for _, name := range slices.Sorted(maps.Keys(c.site.Nodes)) {
		if itl.Named(subject, name) {
			return c.site.Nodes[name]
		}
	}
	return nil
}

// Held is the counterpart of the list that a device holds; home is the node that
// it asks for files. Of a registered device that reported no list, today's list
// of its node is assumed.
func (c *Counterparts) Held(d *Device, home *cucm.Node) (*itl.List, error) {
	if !d.ListKnown && d.Registered {
		return home.ITL(), nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.site.Served)) {
		if d.List != nil && c.site.Served[name].Sum == d.List.Sum {
			return c.site.Nodes[name].ITL(), nil
		}
	}
	from := origin{node: home}
	if d.List != nil {
		from = origin{sum: d.List.Sum}
	}
	if list, ok := c.made[from]; ok {
		return list, nil
	}
	list, err := c.build(d.List, home)
	if err == nil {
		c.made[from] = list
	}
	return list, err
}

// build makes the counterpart of a real list. Of one that is not known (nil)
// nothing is of today: it has the records of the node's own, of stand-ins alone.
func (c *Counterparts) build(real *List, home *cucm.Node) (*itl.List, error) {
	from := real
	if real == nil {
		from = ListOf(home.ITL())
		from.Digest = itl.SHA1
	}
	t := itl.Template{Filename: itl.ITLFilename, Timestamp: c.site.Clock.Now(), Digest: from.Digest}
	var signer *itl.Signer
	for i := range from.Records {
		r := &from.Records[i]
		own, ok := c.current[r.Fingerprint]
		if !ok || real == nil {
			var err error
			if own, err = c.standIn(r); err != nil {
				return nil, err
			}
		}
		record := itl.HashRecord(r.Role, own.Certificate)
		if r.Whole {
			record = itl.FullRecord(r.Role, own.Certificate)
		}
		t.Records = append(t.Records, record)
		signs := real != nil && r.Same(real.Signer)
		if r.Role == itl.SAST && (signer == nil || signs) {
			signer = &own
		}
	}
	if signer == nil {
		return nil, errors.New("a stored list has no record of its signer")
	}
	return t.Sign(*signer)
}

// standIn is a certificate with the name of a real one that no node has. Its
// serial number and key are a function of the seed and of that real certificate:
// whichever phones come first, a stranger is the same, and takes no key from the
// cluster.
func (c *Counterparts) standIn(r *Record) (itl.Signer, error) {
	sum := r.Fingerprint
	if s, ok := c.standIns[sum]; ok {
		return s, nil
	}
	from := mathrand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "stand-in %d %x", c.site.Seed, sum)))
	key, err := testkeys.Make(1024, from) // nobody verifies a signature with it
	if err != nil {
		return itl.Signer{}, err
	}
	unit := map[itl.Role]cucm.Unit{itl.TVS: cucm.TVSUnit, itl.CAPF: cucm.CAPFUnit}[r.Role]
	name := pkix.Name{CommonName: itl.CommonName(r.Subject)}
	signer, err := cucm.NewCertificate(cmp.Or(unit, cucm.CallManager), name, key, c.site.Clock.Now(), from)
	if err == nil {
		c.standIns[sum] = signer
	}
	return signer, err
}

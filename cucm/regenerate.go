package cucm

import (
	"regexp"
	"time"
)

// guards reports whether a certificate's modification keeps others of its node
// from being regenerated now, and until when (M13). One of the future does not: the
// clock was set back.
func (f *Facts) guards(c *Certificate, now time.Time) (until time.Time, yes bool) {
	age := now.Sub(c.Modified)
	return c.Modified.Add(f.Guard), age >= 0 && age < f.Guard
}

// guarded refuses to regenerate a certificate while another one guards it.
func (n *nodeState) guarded(unit Unit, now time.Time) error {
	f := n.facts()
	for _, other := range f.Units() {
		if _, yes := f.guards(n.certs[other], now); yes && other != unit {
			return &GuardError{Modified: other, Wanted: unit}
		}
	}
	return nil
}

// Guarded reports whether the guard forbids a regeneration now: nil
// or a [*GuardError].
func (n *Node) Guarded(unit Unit) error {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.guarded(unit, n.cluster.Now())
}

// Guard names the certificate of the node whose modification keeps others from
// being regenerated for the longest, and until when (M13). The unit is "" where
// none does.
func (n *Node) Guard() (modified Unit, until time.Time) {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	facts := n.facts()
	for _, u := range facts.Units() {
		if end, yes := facts.guards(n.certs[u], n.cluster.Now()); yes && end.After(until) {
			modified, until = u, end
		}
	}
	return modified, until
}

// Regenerate makes a new certificate and key. Lists that hold the certificate
// are rebuilt at once, which ends a reset list, and the phones are reset (M13),
// unless that is set to be done by hand ([Cluster.SetPhoneInteraction]). An
// ITLRecovery certificate waits for the next TFTP start and resets no phone (M14).
// Another certificate of the node within five minutes is refused with a
// [*GuardError]; nothing has changed then.
func (n *Node) Regenerate(unit Unit) error {
	return n.changeLists(func(d *draft) (reset bool, err error) {
		if err := d.nodes[n.index].guarded(unit, d.means.now()); err != nil {
			return false, err
		}
		if unit == ITLRecovery {
			return false, d.regenerateRecovery(n.index)
		}
		return d.regenerate(n.index, unit)
	})
}

// label is a part of a domain.
const label = `[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`

// A host name or domain is what DNS allows.
var (
	hostName   = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	domainName = regexp.MustCompile(`^(` + label + `\.)*` + label + `$`)
)

const maxDomain = 253

// Rename gives the node another host name or domain; "" leaves one as it is.
// CallManager, TVS, tomcat and ipsec are regenerated together, past the
// five-minute guard, and the phones are reset as by a regeneration; ITLRecovery goes on showing the
// old name until it is regenerated (M3).
func (n *Node) Rename(name, domain string) error {
	return n.changeLists(func(d *draft) (reset bool, err error) {
		s := &d.nodes[n.index]
		if name != "" {
			if !hostName.MatchString(name) {
				return false, &NameError{Name: name, What: "host name"}
			}
			for i := range d.nodes {
				if i != n.index && (d.nodes[i].name == name || d.nodes[i].home == name) {
					return false, &NameTakenError{Name: name}
				}
			}
			s.name = name
		}
		if domain != "" {
			if len(domain) > maxDomain || !domainName.MatchString(domain) {
				return false, &NameError{Name: domain, What: "domain"}
			}
			s.domain = domain
		}
		return d.regenerate(n.index, CallManager, TVSUnit, Tomcat, IPsec)
	})
}

// changeLists makes a change and resets the phones where it says so.
func (c *Cluster) changeLists(do func(*draft) (reset bool, err error)) error {
	var reset bool
	err := c.change(func(d *draft) (err error) {
		reset, err = do(d)
		return err
	})
	if err == nil && reset {
		c.ResetPhones()
	}
	return err
}

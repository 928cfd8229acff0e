package cucm

import (
	"fmt"
	"strings"
	"time"
)

// guard is how long a node refuses to regenerate another certificate after one
// (M13): phones need the time to fetch the list between.
const guard = 5 * time.Minute

// A GuardError refuses a regeneration within five minutes of another
// certificate's on the same node. Its words are CUCM's.
type GuardError struct{ Modified, Wanted Unit }

func (e *GuardError) Error() string {
	return fmt.Sprintf("%s certificate was modified in the last 5 minutes. Please re-try regenerating %s certificate at a later time", e.Modified, e.Wanted)
}

// UnitNamed finds a certificate by the NAME of the command line, in any case.
func UnitNamed(name string) (Unit, bool) {
	for _, u := range Units {
		if strings.EqualFold(string(u), name) {
			return u, true
		}
	}
	return "", false
}

// Regenerate makes a new certificate and key. Lists that hold the certificate
// are rebuilt at once, which ends a reset list, and the phones are reset
// (M13). An ITLRecovery certificate waits for the next TFTP start and resets
// no phone (M14). Another certificate of the node within five minutes is
// refused with a [*GuardError]; nothing has changed then.
func (n *Node) Regenerate(unit Unit) error {
	c := n.cluster
	c.admin.Lock()
	defer c.admin.Unlock()
	if err := n.guarded(unit); err != nil {
		return err
	}
	cert, err := n.newCertificate(unit)
	if err != nil {
		return err
	}
	inList, err := n.replace(unit, cert)
	if err != nil {
		return err
	}
	if inList {
		c.ResetPhones()
	}
	return nil
}

func (n *Node) guarded(unit Unit) error {
	now := n.cluster.Now()
	for _, other := range Units {
		cert := n.Certificate(other)
		if other != unit && !cert.Modified.IsZero() && now.Sub(cert.Modified) < guard {
			return &GuardError{other, unit}
		}
	}
	return nil
}

// replace installs a certificate and rebuilds the lists it is in, or changes
// nothing.
func (n *Node) replace(unit Unit, cert *Certificate) (inList bool, err error) {
	c := n.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	before := n.certs[unit]
	store := c.store
	n.install(unit, cert, c.Now())
	var affected []*Node
	switch {
	case unit == CallManager:
		affected = []*Node{n}
	case unit == TVSUnit && n.activated[TVSService], unit == CAPFUnit && n.Publisher():
		affected = c.nodes
	}
	if err := c.rebuild(false, affected...); err != nil {
		n.certs[unit], c.store = before, store
		return false, err
	}
	return len(affected) > 0, nil
}

// Restart restarts a service. Every start of TFTP builds the node's ITL anew,
// signed by its CallManager key: that is when a reset list ends (M12) and a
// regenerated ITLRecovery record arrives (M14).
func (n *Node) Restart(s Service) error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	return n.restart(s, nil)
}

// restart stops and starts a service; before is called in between.
func (n *Node) restart(s Service, between func() error) error {
	c := n.cluster
	if err := c.stop(n, s); err != nil {
		return err
	}
	if between == nil && s == TFTPService {
		between = func() error { return c.rebuild(true, n) }
	}
	if between != nil {
		c.mu.Lock()
		err := between()
		c.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return c.start(n, s)
}

func (c *Cluster) stop(n *Node, s Service) error {
	c.mu.RLock()
	network := c.network
	c.mu.RUnlock()
	if network == nil {
		return nil
	}
	if err := network.Stop(n, s); err != nil {
		return fmt.Errorf("stop %s on %s: %w", s, n.name, err)
	}
	return nil
}

func (c *Cluster) start(n *Node, s Service) error {
	c.mu.RLock()
	network := c.network
	c.mu.RUnlock()
	if network == nil {
		return nil
	}
	if err := network.Start(n, s); err != nil {
		return fmt.Errorf("start %s on %s: %w", s, n.name, err)
	}
	return nil
}

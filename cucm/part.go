package cucm

import (
	"errors"
	"reflect"
	"slices"
)

// ErrParted refuses what needs the publisher and a subscriber to reach each other.
// The database is the publisher's: of the refused the nodes would disagree.
var ErrParted = refusal("the publisher and a subscriber do not reach each other")

// CheckPair refuses to part two nodes other than a publisher and its subscriber. The
// nodes, however they are named, are those of a cluster, its publisher first.
func CheckPair[N comparable](nodes []N, one, other N) error {
	i, j := slices.Index(nodes, one), slices.Index(nodes, other)
	if min(i, j) != 0 || i == j {
		return errors.New("only the publisher and a subscriber can be cut off from each other: " +
			"between subscribers nothing passes that is simulated")
	}
	return nil
}

// Part cuts a subscriber off from its publisher until Rejoin. What CUCM does then
// is documented nowhere that we know; this is this project's own choice, from the
// database being the publisher's:
//
//   - What is changed elsewhere does not reach the subscriber. It goes on serving its
//     list, configurations as they were, and its TVS knows the certificates of before.
//     A start of its TFTP builds the list of what it knew.
//   - A reset list and a CTL are not transferred to it, and a reset on the
//     administration page does not reach the phones that are registered with it.
//   - Certificates and names of the subscriber cannot be changed, nor what all nodes
//     share ([ErrParted]).
//
// Either node may be named first. Parting twice changes nothing.
func (n *Node) Part(other *Node) error {
	sub, err := n.subscriberOf(other)
	if err != nil {
		return err
	}
	c := sub.cluster
	c.admin.Lock()
	defer c.admin.Unlock()
	if sub.Parted() {
		return nil
	}
	d := c.draft()
	d.off[sub.index] = false // when it starts again it has power
	c.mu.Lock()
	defer c.mu.Unlock()
	sub.before = d
	c.changes++
	return nil
}

// Rejoin ends that. The subscriber learns what has changed: where its list is not what
// it would be now, it is built anew, which ends a reset list. No phone is reset.
func (n *Node) Rejoin(other *Node) error {
	sub, err := n.subscriberOf(other)
	if err != nil {
		return err
	}
	c, i := sub.cluster, sub.index
	c.admin.Lock()
	defer c.admin.Unlock()
	d := c.draft()
	before := d.before[i]
	if before == nil {
		return nil
	}
	d.before[i], d.off[i] = nil, sub.Down()
	if d.nodes[0].ctl != before.nodes[0].ctl && !d.off[i] {
		d.giveCTL(i, d.nodes[0].ctl)
	}
	was, is := before.template(&before.nodes[i]), d.template(&d.nodes[i])
	if !reflect.DeepEqual(was.Records, is.Records) {
		if err := d.rebuild(false, i); err != nil {
			return err
		}
	}
	if err := c.commit(d); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sub.before = nil
	c.changes++
	return nil
}

// subscriberOf tells which of two nodes is the other's subscriber.
func (n *Node) subscriberOf(other *Node) (*Node, error) {
	if err := CheckPair(n.cluster.nodes, n, other); err != nil {
		return nil, err
	}
	if n.Publisher() {
		return other, nil
	}
	return n, nil
}

// Parted reports whether the node, a subscriber, is cut off from its publisher.
func (n *Node) Parted() bool {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.before != nil
}

// Reaches reports whether the node can reach another one: both have power, and they are
// not cut off from each other.
func (n *Node) Reaches(other *Node) bool {
	cut := n.Publisher() && other.Parted() || other.Publisher() && n.Parted()
	return !n.Down() && !other.Down() && !cut
}

// partedNodes are the nodes that are cut off.
func (c *Cluster) partedNodes() (all []*Node) {
	for _, n := range c.nodes {
		if n.Parted() {
			all = append(all, n)
		}
	}
	return all
}

// sees is the database as the node has it. The caller has the lock.
func (n *Node) sees() *state {
	if n.before != nil {
		return &n.before.state
	}
	return &n.cluster.state
}

// change makes a change at the node, of what it shares with others.
func (n *Node) change(do func(*draft) error) error {
	return n.cluster.change(func(d *draft) error {
		if d.before[n.index] != nil {
			return ErrParted
		}
		return do(d)
	})
}

// changeLists does so, and resets the phones where it says so.
func (n *Node) changeLists(do func(*draft) (reset bool, err error)) error {
	return n.cluster.changeLists(func(d *draft) (reset bool, err error) {
		if d.before[n.index] != nil {
			return false, ErrParted
		}
		return do(d)
	})
}

// startParted builds the list of a node that is cut off, of what it knows.
func (d *draft) startParted(i int) error {
	b, n := d.before[i].clone(), &d.nodes[i]
	b.nodes[i].running = n.running
	if err := b.rebuild(true, i); err != nil {
		return err
	}
	s := &b.nodes[i]
	n.list, n.recovery, n.digest, n.servedCTL = s.list, s.recovery, s.digest, s.servedCTL
	d.raised = append(d.raised, b.raised...)
	return nil
}

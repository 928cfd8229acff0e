package lab

import (
	"fmt"
	"maps"
	"net"
	"slices"

	"itlsim/cucm"
	"itlsim/fleet/network"
	"itlsim/tftp"
)

// Start makes a node's service answer again. The error is about one that the node
// does not have, or about the network.
func (l *Lab) Start(n *cucm.Node, s cucm.Service) error {
	if err := has(n, s); err != nil {
		return err
	}
	return l.networks[l.ClusterOf(n)].Start(n, s)
}

// Stop makes a node's service answer no more; the node itself does not know. The
// error is as that of Start.
func (l *Lab) Stop(n *cucm.Node, s cucm.Service) error {
	if err := has(n, s); err != nil {
		return err
	}
	return l.networks[l.ClusterOf(n)].Stop(n, s)
}

// Answers reports whether a service answers the phones of a group: whether it runs, and the
// network between lets anything through.
func (l *Lab) Answers(group string, n *cucm.Node, s cucm.Service) bool {
	return l.networks[n.Cluster()].Answers(n, s) && l.condition.Load().Between(group, n.Address(s)).Loss < 1
}

func has(n *cucm.Node, s cucm.Service) error {
	if slices.Contains(n.Services(), s) {
		return nil
	}
	return fmt.Errorf("%s is not activated on %s", s, n.Name())
}

// Disturbance is what the network does to all phones at present.
func (l *Lab) Disturbance() Disturbance { return l.condition.Load().All }

// Disturb makes the network as bad as this for all phones from now on.
func (l *Lab) Disturb(d Disturbance) {
	l.impair(func(c *network.Condition) { c.All = d })
}

// SiteDisturbance is what the network of a group does at present, besides what that
// of all phones does.
func (l *Lab) SiteDisturbance(group string) Disturbance { return l.condition.Load().Sites[group] }

// DisturbSite makes the network of a group as bad as this from now on.
func (l *Lab) DisturbSite(group string, d Disturbance) {
	l.impair(func(c *network.Condition) { set(c.Sites, group, d) })
}

// CutOff lets nothing through between a group and a node, or between it and some
// services of the node.
func (l *Lab) CutOff(group string, n *cucm.Node, services ...cucm.Service) error {
	return l.wall(true, group, n, services)
}

// Reconnect ends that, for the whole node or for some services. What ends is only
// what began in the same words.
func (l *Lab) Reconnect(group string, n *cucm.Node, services ...cucm.Service) error {
	return l.wall(false, group, n, services)
}

func (l *Lab) wall(there bool, group string, n *cucm.Node, services []cucm.Service) error {
	host, _, err := net.SplitHostPort(n.Address(cucm.CallManagerService))
	if err != nil {
		return err
	}
	servers := []string{host}
	if len(services) > 0 {
		servers = nil
	}
	for _, s := range services {
		if err := has(n, s); err != nil {
			return err
		}
		servers = append(servers, n.Address(s))
		if s == cucm.TFTPService {
			servers = append(servers, tftp.HTTPAddress(n.Address(s)))
		}
	}
	l.impair(func(c *network.Condition) {
		for _, server := range servers {
			set(c.Walls, network.Wall{Site: group, Server: server}, there)
		}
	})
	return nil
}

// impair changes the network's condition.
func (l *Lab) impair(change func(*network.Condition)) {
	old := l.condition.Load()
	c := network.Condition{All: old.All, Sites: make(map[string]Disturbance), Walls: make(map[network.Wall]bool)}
	maps.Copy(c.Sites, old.Sites)
	maps.Copy(c.Walls, old.Walls)
	change(&c)
	l.condition.Store(&c)
	l.world.Impair(c)
}

// set sets what a map holds, which has no zero values.
func set[K, V comparable](m map[K]V, k K, v V) {
	if m[k] = v; v == *new(V) {
		delete(m, k)
	}
}

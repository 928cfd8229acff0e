package lab

import (
	"fmt"
	"slices"

	"itlsim/cucm"
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

func has(n *cucm.Node, s cucm.Service) error {
	if slices.Contains(n.Services(), s) {
		return nil
	}
	return fmt.Errorf("%s is not activated on %s", s, n.Name())
}

// Disturbance is what the network does at present.
func (l *Lab) Disturbance() Disturbance { return l.disturbance }

// Disturb makes the network as bad as this from now on.
func (l *Lab) Disturb(d Disturbance) {
	l.world.Disturb(d)
	l.disturbance = d
}

package lab

import "itlsim/cucm"

// Start makes a node's service answer again.
func (l *Lab) Start(n *cucm.Node, s cucm.Service) error {
	return l.networks[l.ClusterOf(n)].Start(n, s)
}

// Stop makes a node's service answer no more; the node itself does not know.
func (l *Lab) Stop(n *cucm.Node, s cucm.Service) error {
	return l.networks[l.ClusterOf(n)].Stop(n, s)
}

// Disturbance is what the network does at present.
func (l *Lab) Disturbance() Disturbance { return l.disturbance }

// Disturb makes the network as bad as this from now on.
func (l *Lab) Disturb(d Disturbance) {
	l.world.Disturb(d)
	l.disturbance = d
}

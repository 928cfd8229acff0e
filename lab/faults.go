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

// Disturbance is what the network does to datagrams at present.
func (l *Lab) Disturbance() Disturbance { return l.disturbance }

// Disturb makes the network as bad as this from now on. The error is
// [ErrNoNetworkFaults] where it cannot be: nothing has changed then.
func (l *Lab) Disturb(d Disturbance) error {
	err := l.world.Disturb(d)
	if err == nil {
		l.disturbance = d
	}
	return err
}

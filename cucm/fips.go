package cucm

// FIPS mode is set on each node, the publisher first (security guide 12.5, FIPS chapter).
// Of it only what becomes of keys is simulated, not which algorithms a node takes.

// fipsUnits are the certificates that a change of mode makes anew, beside ITLRecovery.
var fipsUnits = []Unit{CallManager, Tomcat, IPsec, TVSUnit, CAPFUnit}

// FIPS reports whether the node is in FIPS mode.
func (n *Node) FIPS() bool {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.fips
}

// SetFIPS puts the node into FIPS mode, or takes it out. Either makes all its certificates
// and its SSH host key anew, ITLRecovery too, and restarts the node, so that phones whose
// TVS are all this node's have no trust point left. On a subscriber whose ITLRecovery is
// the publisher's that one stays (inferred). As at a change of host name the guard does
// not hold it up, and phones that are registered elsewhere are reset (own choices). A
// node that is in the mode already is [ErrSameFIPS].
func (n *Node) SetFIPS(on bool) error {
	reset, err := n.setFIPS(on)
	if err == nil && reset {
		n.cluster.ResetPhones()
	}
	return err
}

func (n *Node) setFIPS(on bool) (reset bool, err error) {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	d := n.cluster.draft()
	s := &d.nodes[n.index]
	if s.fips == on {
		return false, ErrSameFIPS
	}
	s.fips = on
	if err := d.newHostKey(s); err != nil {
		return false, err
	}
	recovery := s.facts().Recovery
	if recovery == RecoveryPerNode || recovery == RecoveryPerCluster && n.index == 0 {
		if err := d.regenerateRecovery(n.index); err != nil {
			return false, err
		}
	}
	if reset, err = d.regenerate(n.index, fipsUnits...); err != nil {
		return false, err
	}
	return reset, n.bootBy(d)
}

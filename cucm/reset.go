package cucm

import "itlsim/itl"

// A Reset is one `utils itl reset`, done step by step so that the command line
// can print each as it happens. Until Generate has returned nothing has
// changed on any node.
type Reset struct {
	cluster *Cluster
	list    *itl.List
	Active  []*Node // with a running TFTP service
}

// BeginReset locates the active TFTP servers. It refuses on a subscriber. The
// caller must call End, and holds all other administrators up until then.
func (n *Node) BeginReset() (*Reset, error) {
	if !n.Publisher() {
		return nil, ErrNotPublisher
	}
	c := n.cluster
	c.admin.Lock()
	r := &Reset{cluster: c}
	for _, node := range c.nodes {
		if node.Running(TFTPService) {
			r.Active = append(r.Active, node)
		}
	}
	return r, nil
}

// End lets other administrators go on.
func (r *Reset) End() { r.cluster.admin.Unlock() }

// Generate takes the publisher's ITL, strips its signature and signs its
// contents with the recovery key (M7). A list without that key's record would
// help no phone and is refused: after a regeneration of ITLRecovery TFTP has to
// be restarted first.
func (r *Reset) Generate() error {
	c := r.cluster
	pub := c.Publisher()
	recovery, list := pub.Certificate(ITLRecovery), pub.ITL()
	if rec, ok := list.Find(itl.IdentityOf(recovery.Certificate), itl.SAST); !ok || !rec.Holds(recovery.Certificate.Raw) {
		return refusal("The ITL does not hold the present ITLRecovery certificate. Please restart Cisco Tftp on %s first", pub.name)
	}
	signed, err := list.Resign(recovery.Signer, c.Now())
	if err != nil {
		return err
	}
	r.list = signed
	return nil
}

// Transfer gives one node the reset list and restarts its TFTP service, which
// serves the reset list until its next start or rebuild (M12).
func (r *Reset) Transfer(n *Node) error {
	return n.restart(TFTPService, func() error {
		n.list = r.list
		return nil
	})
}

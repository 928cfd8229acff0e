package cucm

import (
	"fmt"

	"itlsim/cucm/ciscolog"
)

// ResetSigner is the certificate whose key `utils itl reset localkey` signs with,
// one of the publisher's, see [Facts]. It is nil where there is no such command.
func (c *Cluster) ResetSigner() *Certificate {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.nodes[0].certs[c.release.Facts().ResetSigner]
}

// OpenRecoveryKey opens an ITLRecovery.p12 that was fetched from a server, under
// the cluster's present security password. Every error is a [*P12Error].
func (c *Cluster) OpenRecoveryKey(file []byte, from ServerKey) (*RecoveryKey, error) {
	c.mu.RLock()
	password := c.p12Password
	c.mu.RUnlock()
	cert, err := openP12(file, password)
	if err != nil {
		return nil, err
	}
	return &RecoveryKey{cert, file, from}, nil
}

// An ITLReset is one `utils itl reset`, done step by step so that the command line
// can print each as it happens. Until Transfer has returned nothing has changed
// on any node. [Node.BeginReset] makes one.
type ITLReset struct {
	Active []*Node // with a running TFTP service

	cluster *Cluster
	draft   *draft
}

// BeginReset locates the active TFTP servers. It refuses on a subscriber, and in a
// release without ITLRecovery. The caller must call End, and holds all other
// administrators up until then.
func (n *Node) BeginReset() (*ITLReset, error) {
	if !n.Publisher() {
		return nil, ErrNotPublisher
	}
	c := n.cluster
	c.admin.Lock()
	begun := false
	defer func() {
		if !begun {
			c.admin.Unlock()
		}
	}()
	if c.release.Facts().Recovery == NoRecovery {
		return nil, ErrNoRecovery
	}
	r := &ITLReset{cluster: c, draft: c.draft()}
	for _, node := range c.nodes {
		if node.Running(TFTPService) && !node.Parted() {
			r.Active = append(r.Active, node)
		}
	}
	begun = true
	return r, nil
}

// End lets other administrators go on.
func (r *ITLReset) End() { r.cluster.admin.Unlock() }

// Generate takes the publisher's ITL and replaces its signature by one of the key
// that resets lists. Every active node is to get this one file (M7). remote, where
// not nil, first replaces ITLRecovery on the publisher and its record in the list,
// and is the key (M8).
//
// Release 10.0 refuses `localkey` where the list lacks the present ITLRECOVERY
// record, since no phone could follow. From release 12.0 on CallManager signs, and
// the record is put in: the way to a new ITLRecovery in the Default Security chapter
// would need a TVS otherwise. (That chapter speaks of "the new ITL file", the CLI
// reference of the existing one. This project's reading.)
func (r *ITLReset) Generate(remote *RecoveryKey) error {
	d, pub := r.draft, &r.draft.nodes[0]
	recovery, signer := pub.certs[ITLRecovery], pub.certs[d.release.Facts().ResetSigner]
	if remote != nil {
		recovery, signer = remote.cert, remote.cert
	}
	if bits, want := recovery.Bits(), pub.certs[CallManager].Bits(); bits < want {
		return &KeySizeError{Recovery: bits, CallManager: want}
	}
	if !pub.running[TFTPService] {
		// There is no start of TFTP that could bring its list up to date.
		if err := d.rebuild(true, 0); err != nil {
			return err
		}
	}
	if remote == nil && signer == recovery && !holdsSigner(pub.list, recovery) {
		return &StaleListError{Node: pub.name, Recovery: true}
	}
	list, err := d.resign(pub, pub.list, signer, recovery)
	if err != nil {
		return fmt.Errorf("reset ITL: %w", err)
	}
	if !holdsSigner(list, signer) {
		return &StaleListError{Node: pub.name}
	}
	if remote != nil {
		d.adopt(remote)
	}
	for _, node := range r.Active {
		n := &d.nodes[node.index]
		n.list, n.recovery = list, recovery
		d.raise(node.index, ciscolog.ITLFileRegenerated)
	}
	return nil
}

// adopt makes a fetched recovery key the publisher's.
func (d *draft) adopt(remote *RecoveryKey) {
	pub := &d.nodes[0]
	pub.certs[ITLRecovery], pub.p12, pub.recovery = remote.cert, remote.file, remote.cert
	d.store = d.store.with(Store(ITLRecovery), remote.cert.Certificate)
	pub.trust(remote.from)
	d.shareRecovery()
}

// Transfer gives every active node its reset list, all or none, which TFTP
// serves until its next start or rebuild (M12). A node that has gone since the
// listing is a [*NodeLostError].
func (r *ITLReset) Transfer() error {
	for _, n := range r.Active {
		if !n.Running(TFTPService) {
			return &NodeLostError{Node: n.Name()}
		}
	}
	return r.cluster.commit(r.draft)
}

// Restart restarts TFTP on a node, without building its list anew.
func (r *ITLReset) Restart(n *Node) error {
	if err := r.cluster.stop(n, TFTPService); err != nil {
		return err
	}
	return r.cluster.start(n, TFTPService)
}

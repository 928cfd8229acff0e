package cucm

import (
	"fmt"

	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// ResetSigner is the certificate whose key `utils itl reset localkey` signs the
// node's list with: the publisher's ITLRecovery (M7), or from release 12.0 on the
// node's own CallManager.
func (n *Node) ResetSigner() *Certificate {
	if n.cluster.Release().recoverySigns() {
		return n.Certificate(CallManager)
	}
	return n.cluster.Publisher().Certificate(ITLRecovery)
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

// BeginReset locates the active TFTP servers. It refuses on a subscriber. The
// caller must call End, and holds all other administrators up until then.
func (n *Node) BeginReset() (*ITLReset, error) {
	if !n.Publisher() {
		return nil, ErrNotPublisher
	}
	c := n.cluster
	c.admin.Lock()
	r := &ITLReset{cluster: c, draft: c.draft()}
	for _, node := range c.nodes {
		if node.Running(TFTPService) {
			r.Active = append(r.Active, node)
		}
	}
	return r, nil
}

// End lets other administrators go on.
func (r *ITLReset) End() { r.cluster.admin.Unlock() }

// Generate takes the publisher's ITL, strips its signature and signs its
// contents with the recovery key (M7); remote, where not nil, replaces that key
// on the publisher and its record in the list first (M8). From release 12.0 on
// every node's list is signed by its own CallManager key, or by the remote key.
func (r *ITLReset) Generate(remote *RecoveryKey) error {
	d, pub := r.draft, &r.draft.nodes[0]
	inverted := d.release.recoverySigns()
	recovery := pub.certs[ITLRecovery]
	if remote != nil {
		recovery = remote.cert
	}
	if bits, want := recovery.Bits(), pub.certs[CallManager].Bits(); bits < want && (!inverted || remote != nil) {
		return &KeySizeError{Recovery: bits, CallManager: want}
	}
	if !pub.running[TFTPService] {
		// There is no start of TFTP that could bring its list up to date.
		if err := d.rebuild(true, 0); err != nil {
			return err
		}
	}
	if remote == nil && !inverted && !holdsSigner(pub.list, recovery) {
		return &StaleListError{Node: pub.name, Recovery: true}
	}
	lists, err := r.sign(recovery, remote)
	if err != nil {
		return err
	}
	if remote != nil {
		pub.certs[ITLRecovery], pub.p12, pub.recovery = recovery, remote.file, recovery
		d.store = d.store.with(ITLRecovery, recovery.Certificate)
		pub.trust(remote.from)
		if d.release.sharesRecovery() {
			d.shareRecovery()
		}
	}
	for i, node := range r.Active {
		n := &d.nodes[node.index]
		n.list, n.recovery = lists[i], recovery
		if remote == nil {
			n.recovery = pub.recovery
		}
	}
	return nil
}

// sign makes the reset list of each active node. All get the same file, unless
// each signs its own: the clock goes on between two. In every list is the record
// of its signer.
func (r *ITLReset) sign(recovery *Certificate, remote *RecoveryKey) ([]*itl.List, error) {
	d := r.draft
	inverted := d.release.recoverySigns()
	var replaced *Certificate
	if remote != nil {
		replaced = remote.cert
	}
	lists := make([]*itl.List, len(r.Active))
	for i, node := range r.Active {
		n := &d.nodes[node.index]
		source, signer := &d.nodes[0], recovery
		if inverted {
			if source = n; remote == nil {
				signer = n.certs[CallManager]
			}
		}
		if i > 0 && !inverted {
			lists[i] = lists[0]
		} else {
			var err error
			if lists[i], err = d.resign(source, signer, replaced); err != nil {
				return nil, fmt.Errorf("reset ITL of %s: %w", n.name, err)
			}
		}
		if !holdsSigner(lists[i], signer) {
			return nil, &StaleListError{Node: n.name}
		}
		d.raise(node.index, ciscolog.ITLFileRegenerated)
	}
	return lists, nil
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

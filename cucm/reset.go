package cucm

import (
	"fmt"

	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// A Reset is one `utils itl reset`, done step by step so that the command line
// can print each as it happens. Until Transfer has returned nothing has changed
// on any node.
type Reset struct {
	cluster *Cluster
	draft   *draft
	Active  []*Node // with a running TFTP service
}

// A RecoveryKey is an ITLRecovery.p12 that was opened.
type RecoveryKey struct {
	cert *Certificate
	file []byte
	from HostKey
}

// BeginReset locates the active TFTP servers. It refuses on a subscriber. The
// caller must call End, and holds all other administrators up until then.
func (n *Node) BeginReset() (*Reset, error) {
	if !n.Publisher() {
		return nil, ErrNotPublisher
	}
	c := n.cluster
	c.admin.Lock()
	r := &Reset{cluster: c, draft: c.draft()}
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
// contents with the recovery key (M7); remote, where not nil, replaces that key
// on the publisher and its record in the list first (M8). From release 12.0 on
// every node's list is signed by its own CallManager key, or by the remote key.
func (r *Reset) Generate(remote *RecoveryKey) error {
	d, pub := r.draft, &r.draft.nodes[0]
	recovery := pub.certs[ITLRecovery]
	if remote != nil {
		recovery = remote.cert
	}
	inverted := r.cluster.config.Release.recoverySigns()
	if bits, want := recovery.Bits(), pub.certs[CallManager].Bits(); bits < want && (!inverted || remote != nil) {
		return &KeySizeError{Recovery: bits, CallManager: want}
	}
	if !pub.running[TFTPService] {
		// There is no start of TFTP that could bring its list up to date.
		if err := d.rebuild(true, r.cluster.Publisher()); err != nil {
			return err
		}
	}
	if remote == nil && !inverted && !holds(pub.list, recovery) {
		return &StaleListError{Node: pub.name, Recovery: true}
	}
	// On every active node the signer's record is in what is signed. All get the
	// same file, unless each signs its own: the clock goes on between two.
	reset := make(map[*nodeState]*itl.List)
	var list *itl.List
	for _, node := range r.Active {
		n := d.node(node)
		source, signer := pub, recovery
		if inverted {
			if source = n; remote == nil {
				signer = n.certs[CallManager]
			}
		}
		if list == nil || inverted {
			var err error
			if list, err = d.resign(source, signer, remote); err != nil {
				return fmt.Errorf("reset ITL of %s: %w", n.name, err)
			}
		}
		if !holds(list, signer) {
			return &StaleListError{Node: n.name}
		}
		reset[n] = list
		d.event(node, ciscolog.ITLFileRegenerated)
	}
	if remote != nil {
		pub.certs[ITLRecovery], pub.p12, pub.recovery = recovery, remote.file, recovery
		d.know(ITLRecovery, recovery)
		d.trust(r.cluster.Publisher(), remote.from)
		if r.cluster.config.Release.sharesRecovery() {
			d.shareRecovery()
		}
	}
	for n, list := range reset {
		n.list, n.recovery = list, recovery
		if remote == nil {
			n.recovery = pub.recovery
		}
	}
	return nil
}

// resign signs the contents of a node's list anew; the remote key's certificate
// takes the place of the ITLRECOVERY record.
func (d *draft) resign(n *nodeState, signer *Certificate, remote *RecoveryKey) (*itl.List, error) {
	if remote == nil {
		return n.list.Resign(signer.Signer, d.cluster.Now())
	}
	t := itl.Template{Filename: n.list.Filename, Timestamp: d.cluster.Now(), Digest: n.list.Digest}
	for _, rec := range n.list.Records {
		if rec.Role == itl.SAST && rec.Holds(n.recovery.Certificate.Raw) {
			rec = itl.FullRecord(itl.SAST, remote.cert.Certificate)
		}
		t.Records = append(t.Records, rec)
	}
	return t.Sign(signer.Signer)
}

// holds reports whether a list has the certificate in the role of a signer.
func holds(list *itl.List, cert *Certificate) bool {
	rec, ok := list.Find(itl.IdentityOf(cert.Certificate), itl.SAST)
	return ok && rec.Holds(cert.Certificate.Raw)
}

// Transfer gives every active node its reset list, all or none, which TFTP
// serves until its next start or rebuild (M12). A node that has gone since the
// listing is a [*NodeLostError].
func (r *Reset) Transfer() error {
	for _, n := range r.Active {
		if !n.Running(TFTPService) {
			return &NodeLostError{Node: n.Name()}
		}
	}
	return r.cluster.commit(r.draft)
}

// Restart restarts TFTP on a node, without building its list anew.
func (r *Reset) Restart(n *Node) error {
	if err := r.cluster.stop(n, TFTPService); err != nil {
		return err
	}
	return r.cluster.start(n, TFTPService)
}

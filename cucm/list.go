package cucm

import (
	"fmt"
	"slices"

	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// template lists the node's records in CUCM's order: own CallManager as SAST
// and as TFTP, the publisher's CAPF and TVS, ITLRECOVERY, each subscriber's TVS
// (M1, M2; order as in a real `show itl`); for a rollback, without some of them.
func (d *draft) template(n *nodeState) itl.Template {
	own := n.certs[CallManager].Certificate
	records := []itl.Record{
		itl.FullRecord(itl.SAST, own),
		itl.FullRecord(itl.TFTP, own),
		itl.HashRecord(itl.CAPF, d.nodes[0].certs[CAPFUnit].Certificate),
	}
	for i := range d.nodes {
		node := &d.nodes[i]
		if node.activated[TVSService] {
			records = append(records, itl.HashRecord(itl.TVS, node.certs[TVSUnit].Certificate))
		}
		if i == 0 {
			records = append(records, itl.FullRecord(itl.SAST, n.recovery.Certificate))
		}
	}
	if d.rollback {
		records = slices.DeleteFunc(records, func(r itl.Record) bool { return leftOutForRollback[r.Role] })
	}
	c := d.cluster
	return itl.Template{Filename: itl.ITLFilename, Timestamp: c.Now(), Digest: c.config.Digest, Records: records}
}

// buildsList reports whether the node keeps a list: where TFTP runs, and on the
// publisher even without, since the reset takes its list.
func (d *draft) buildsList(i int) bool {
	return (i == 0 || d.nodes[i].running[TFTPService]) && !d.cluster.nodes[i].Down()
}

// rebuild builds and signs the lists of nodes anew, which ends a reset list. At
// a start of TFTP the list takes up a regenerated ITLRecovery certificate
// (M14); otherwise it keeps the one it has.
func (d *draft) rebuild(start bool, nodes ...*Node) error {
	for _, node := range nodes {
		if !d.buildsList(node.index) {
			continue
		}
		n := d.node(node)
		if start || n.recovery == nil {
			n.recovery = d.nodes[0].certs[ITLRecovery]
		}
		signer := n.certs[CallManager]
		if d.cluster.config.Release.recoverySigns() {
			signer = n.recovery
		}
		list, err := d.template(n).Sign(signer.Signer)
		if err != nil {
			return fmt.Errorf("ITL of %s: %w", n.name, err)
		}
		n.list = list
		d.event(node, ciscolog.ITLFileRegenerated)
	}
	return nil
}

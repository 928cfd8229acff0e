package cucm

import (
	"bytes"
	"fmt"
	"slices"

	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// template lists a node's records in CUCM's order: its own CallManager as SAST
// and as TFTP, the publisher's CAPF and TVS, ITLRECOVERY where the release has it,
// each subscriber's TVS (M1, M2; order as in a real `show itl`); for a rollback,
// without some of them.
func (d *draft) template(n *nodeState) itl.Template {
	own := n.certs[CallManager].Certificate
	records := []itl.Record{
		itl.FullRecord(itl.SAST, own),
		itl.FullRecord(itl.TFTP, own),
		itl.HashRecord(itl.CAPF, d.nodes[0].certs[CAPFUnit].Certificate),
	}
	for i := range d.nodes {
		node := &d.nodes[i]
		tvs := itl.HashRecord(itl.TVS, node.certs[TVSUnit].Certificate)
		there := func(r itl.Record) bool { return r.Role == itl.TVS && bytes.Equal(r.CertHash, tvs.CertHash) }
		if node.activated[TVSService] && !slices.ContainsFunc(records, there) { // it may be one for all nodes
			records = append(records, tvs)
		}
		if i == 0 && n.recovery != nil {
			records = append(records, itl.FullRecord(itl.SAST, n.recovery.Certificate))
		}
	}
	if d.rollback {
		records = slices.DeleteFunc(records, func(r itl.Record) bool { return leftOutForRollback[r.Role] })
	}
	return itl.Template{Filename: itl.ITLFilename, Timestamp: d.means.now(), Digest: n.digest, Records: records}
}

// leftOutForRollback are the sections that a list lacks while the cluster is
// prepared for rollback (Default Security chapter). The signer's SAST record
// stays, so that the list verifies under its own records.
var leftOutForRollback = map[itl.Role]bool{itl.TFTP: true, itl.CCMTFTP: true, itl.TVS: true}

// buildsList reports whether a node keeps a list: where TFTP runs, and on the
// publisher even without, since the reset takes its list.
func (d *draft) buildsList(node int) bool {
	return (node == 0 || d.nodes[node].running[TFTPService]) && !d.off[node]
}

// rebuild builds and signs new ITLs for nodes, which ends a reset list. At a start
// of TFTP the list takes up a regenerated ITLRecovery certificate (M14) and the
// cluster's digest, and the node serves the CTL that lies there; otherwise it keeps
// those it has.
func (d *draft) rebuild(start bool, nodes ...int) error {
	for _, i := range nodes {
		n := &d.nodes[i]
		if start && d.before[i] != nil {
			if err := d.startParted(i); err != nil {
				return err
			}
			continue
		}
		if start {
			n.digest = d.digest
		}
		if !d.buildsList(i) {
			continue
		}
		if start {
			n.servedCTL = n.ctl
		}
		facts := n.facts()
		present := d.nodes[0].certs[ITLRecovery]
		if facts.Recovery != NoRecovery && present != nil && (start || n.recovery == nil) {
			n.recovery = present
		}
		signer := n.certs[CallManager]
		if facts.ListSigner == ITLRecovery {
			signer = n.recovery
		}
		list, err := d.template(n).Sign(signer.Signer)
		if err != nil {
			return fmt.Errorf("ITL of %s: %w", n.name, err)
		}
		n.list = list
		d.raise(i, ciscolog.ITLFileRegenerated)
	}
	return nil
}

// resign puts another signature on a list of a node. Where the list lacks the
// recovery certificate, its ITLRECOVERY record becomes that one's.
func (d *draft) resign(n *nodeState, list *itl.List, signer, recovery *Certificate) (*itl.List, error) {
	if holdsSigner(list, recovery) {
		return list.Resign(signer.Signer, d.means.now())
	}
	t := itl.Template{Filename: list.Filename, Timestamp: d.means.now(), Digest: list.Digest}
	for _, rec := range list.Records {
		if rec.Role == itl.SAST && (IsRecovery(rec.Subject) || rec.Holds(n.recovery.Certificate.Raw)) {
			dns, at := rec.DNSName, rec.IPAddress
			rec = itl.FullRecord(itl.SAST, recovery.Certificate)
			rec.DNSName, rec.IPAddress = dns, at
		}
		t.Records = append(t.Records, rec)
	}
	return t.Sign(signer.Signer)
}

// holdsSigner reports whether a list has the certificate in the role of a signer.
func holdsSigner(list *itl.List, cert *Certificate) bool {
	rec, ok := list.Find(itl.IdentityOf(cert.Certificate), itl.SAST)
	return ok && rec.Holds(cert.Certificate.Raw)
}

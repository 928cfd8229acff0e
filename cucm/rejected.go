package cucm

import (
	"net/netip"
	"slices"
	"time"

	"itlsim/tftp"
)

// maxRejected bounds how many phones are remembered that nodes rejected, since whoever
// reaches a node may register in any name (this project's own choice: as many as RIS shows
// in an answer).
const maxRejected = 1000

// A rejection is a phone that a node does not admit.
type rejection struct {
	device Device // as it said
	node   *Node
	at     netip.AddrPort
	since  time.Time
}

// rejections are the last of the phones that are not in the database, who came last at the
// end.
type rejections []rejection

// Rejects records that the node told a phone by SIP that it is not in the database. The
// model is "" where it said none.
func (n *Node) Rejects(device, model string, at netip.AddrPort) {
	if !tftp.IsDevice(device) {
		return
	}
	p := &n.cluster.Phones
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.device(Caller{Device: device}); !known {
		p.rejected.add(rejection{Device{Name: device, Model: model}, n, at, now})
	}
}

// add adds one. Who was rejected before is since then.
func (all *rejections) add(r rejection) {
	i := slices.IndexFunc(*all, func(old rejection) bool { return old.device.Name == r.device.Name && old.node == r.node })
	switch {
	case i >= 0:
		r.since = (*all)[i].since
		*all = slices.Delete(*all, i, i+1)
	case len(*all) >= maxRejected:
		*all = slices.Delete(*all, 0, 1)
	}
	*all = append(*all, r)
}

// forget forgets a phone, which is in the database now.
func (all *rejections) forget(device string) {
	*all = slices.DeleteFunc(*all, func(r rejection) bool { return r.device.Name == device })
}

// whereabouts are those of the phones: the latest of each, or what each node knows.
func (all rejections) whereabouts(latest bool) (w []Whereabouts) {
	for i, r := range all {
		again := func(later rejection) bool { return later.device.Name == r.device.Name }
		if !latest || !slices.ContainsFunc(all[i+1:], again) {
			w = append(w, Whereabouts{Device: r.device, Node: r.node, At: r.at, Status: Rejected, Since: r.since,
				Reason: NoEntryInDatabase})
		}
	}
	return w
}

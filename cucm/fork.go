package cucm

import (
	"container/list"
	"maps"
	"slices"

	"itlsim/internal/contain"
)

// Hold holds administrators up until it is released, as one who is at work does: only phones
// change anything meanwhile.
func (c *Cluster) Hold() (release func()) {
	c.admin.Lock()
	return c.admin.Unlock
}

// Fork is another cluster that is just like this one now and goes its own way from here: the
// same certificates with their keys, lists, database, registrations, reports, faults, backups
// that are in memory, at the same addresses of another network. own gives it what the two may
// not share: at least its clock, and keys and randomness where they are drawn in an order.
// It is kept nowhere, sends nothing to collectors, and nobody is shown its log, which is empty.
//
// Registrations by SIP are there as such without: nobody can be reached over their
// connections. Resets that wait for their turn are not taken along. Whoever else may make
// changes is held up meanwhile ([Cluster.Hold]).
func (c *Cluster) Fork(network Network, own func(*Config)) (*Cluster, error) {
	cfg := c.config
	cfg.Syslog, cfg.Logged, cfg.Generation = nil, nil, 0
	own(&cfg)
	f, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	f.network, f.backups = network, maps.Clone(c.backups)
	contain.Holding(c.mu.RLocker(), func() {
		for _, n := range c.nodes {
			f.forkNode(n)
		}
	})
	f.Phones.fork(&c.Phones, f.nodes)
	return f, f.commit(c.draft())
}

// forkNode adds the fork of a node, whose cluster's lock the caller has, but for what a draft
// has.
func (c *Cluster) forkNode(n *Node) {
	own := c.newNode(n.nodeState)
	own.down, own.addresses = n.down, maps.Clone(n.addresses)
	if n.before != nil {
		own.before = n.before.clone()
		own.before.means = c.means()
	}
	own.faults.Store(n.faults.Load())
	for kind, current := range n.configs {
		if !c.config.SharedConfigurations || n.cluster.config.SharedConfigurations {
			own.configs[kind] = currentConfigs{configurations: current.fork()} // compared anew
		}
	}
}

// fork is a copy of what is signed so far.
func (c *configurations) fork() *configurations {
	own := &configurations{file: c.file, mold: c.mold, stamp: c.stamp, signer: c.signer, digest: c.digest}
	contain.Holding(&c.mu, func() { own.kept = maps.Clone(c.kept) })
	return own
}

// fork takes over what others know, whose phones are those of other nodes.
func (p *Phones) fork(of *Phones, nodes []*Node) {
	of.mu.RLock()
	defer of.mu.RUnlock()
	p.records = of.records.fork(nodes)
	p.newcomers, p.guests = maps.Clone(of.newcomers), of.guests.fork()
	p.heard = heard{slices.Clone(of.heard.names), of.heard.first}
	for _, r := range of.rejected {
		r.node = nodes[r.node.index]
		p.rejected = append(p.rejected, r)
	}
}

// fork is a copy of the records, for other nodes.
func (r *records) fork(nodes []*Node) records {
	own := *r
	own.table, own.free, own.chunks = slices.Clone(r.table), slices.Clone(r.free), make([][]record, len(r.chunks))
	groups, registrations := make(map[[MaxGroup]*Node][]*Node), make(map[Registration]*Registration)
	for i, from := range r.chunks {
		own.chunks[i] = append(make([]record, 0, chunk), from...)
		for j := range from {
			rec := &own.chunks[i][j]
			rec.resetting = false
			rec.device.Group = forkGroup(groups, rec.device.Group, nodes)
			if was := rec.registration; was != nil {
				is := Registration{Node: nodes[was.Node.index], lapses: was.lapses}
				if registrations[is] == nil {
					registrations[is] = &is
				}
				rec.registration = registrations[is]
			}
		}
	}
	return own
}

// forkGroup is a CallManager Group of other nodes. Phones share it.
func forkGroup(made map[[MaxGroup]*Node][]*Node, group, nodes []*Node) []*Node {
	var key [MaxGroup]*Node
	copy(key[:], group)
	own, ok := made[key]
	if !ok {
		for _, n := range group {
			own = append(own, nodes[n.index])
		}
		made[key] = own
	}
	return own
}

// fork is a copy of the guests, in their order.
func (g *guests) fork() guests {
	own := newGuests()
	for _, all := range []*list.List{g.settled, g.unsettled} {
		for e := all.Front(); e != nil; e = e.Next() {
			was := e.Value.(*guest)
			is := &guest{device: was.device, from: was.from, since: was.since}
			own.add(is)
			if was.settled {
				own.settle(is)
			}
		}
	}
	return own
}

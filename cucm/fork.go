package cucm

import "maps"

// Fork is another cluster that is just like this one by now and goes its own
// way from here: the same certificates, lists, database, registrations and
// reports, with a clock and a source of keys of its own. Logs, backups and
// faults are not taken along, and nothing of it is reachable before Connect. It is
// for the exploration of what may follow from one state, which would cost an
// installation each time.
func (c *Cluster) Fork(clock Clock, keys KeySource) (*Cluster, error) {
	cfg := c.config
	cfg.Clock, cfg.Keys = clock, keys
	f, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	for i, n := range c.nodes {
		f.newNode(i).configs = maps.Clone(n.configs)
	}
	for name, d := range c.devices {
		own := Device{Name: d.Name, Model: d.Model}
		for _, n := range d.Group {
			own.Group = append(own.Group, f.nodes[n.index])
		}
		f.devices[name] = &own
	}
	for name, r := range c.registered {
		r.node = f.nodes[r.node.index]
		f.registered[name] = r
	}
	maps.Copy(f.reports, c.reports)
	c.mu.RUnlock()
	return f, f.commit(c.draft())
}

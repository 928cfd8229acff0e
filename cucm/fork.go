//go:build exploration

package cucm

// Fork is another cluster that is just like this one now and goes its own way from
// here: the same certificates, lists, database, registrations and reports, with a
// clock and a source of keys of its own. Logs, backups and faults are not taken
// along, and nothing of it is reachable before Connect. The exploration in
// fleet/fuzz tries what may follow from one state, where an installation each
// time would cost too much; nothing else has a use for it.
func (c *Cluster) Fork(clock Clock, keys KeySource) (*Cluster, error) {
	cfg := c.config
	cfg.Clock, cfg.Keys = clock, keys
	f, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	for _, n := range c.nodes {
		own := f.newNode(n.nodeState)
		for kind, current := range n.configs {
			own.configs[kind] = currentConfigs{configurations: current.configurations} // compared anew
		}
	}
	c.mu.RUnlock()
	c.Phones.mu.RLock()
	f.records.known = c.records.known
	for _, r := range c.records.all() {
		own := f.records.get(Caller{Device: r.device.Name})
		*own = *r
		own.device.Group = nil
		for _, n := range r.device.Group {
			own.device.Group = append(own.device.Group, f.nodes[n.index])
		}
		if r.registration != nil {
			registration := *r.registration
			registration.Node = f.nodes[registration.Node.index]
			own.registration = &registration
		}
	}
	c.Phones.mu.RUnlock()
	return f, f.commit(c.draft())
}

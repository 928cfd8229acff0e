package virtual

import (
	"net"
	"slices"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// Fork is another fleet just like this one, which goes its own way from here, with a clock
// and a library of its own: boots are where they are, and the same will be drawn. Its counts
// begin at zero. clusters makes the forks of the clusters, in the order in which they were
// connected, on the network of the fork; nothing happens here meanwhile. site is [Config.Site].
func (f *Fleet) Fork(site func(int) string, clusters func(*Fleet) ([]*cucm.Cluster, error)) (*Fleet, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	cfg := f.config
	cfg.Clock, cfg.Site, cfg.Watch, cfg.Observer = f.config.Clock.fork(), site, nil, nil
	own := New(cfg)
	forks, err := clusters(own)
	if err != nil {
		return nil, err
	}
	for _, c := range forks {
		for _, cn := range c.Nodes() {
			was := f.nodes[len(own.nodes)]
			n := &node{Node: cn, cluster: c, host: was.host, up: slices.Clone(was.up), serving: was.serving, free: was.free}
			n.waiting = slices.Clone(was.waiting)
			own.nodes = append(own.nodes, n)
		}
	}
	for _, p := range f.partitions {
		own.partitions = append(own.partitions, partition{own.nodes[slices.Index(f.nodes, p.node)], p.from, p.to})
	}
	own.queue = queue{slices.Clone(f.queue.tasks), f.queue.made}
	own.window, own.windowEnd, own.waiting, own.underWay = f.window, f.windowEnd, slices.Clone(f.waiting), f.underWay
	own.keepAlives, own.condition, own.states = f.keepAlives.clone(), f.condition, f.states
	own.slots = slices.Clone(f.slots)
	library := &phone.Library{Remember: true}
	for i := range own.slots {
		own.slots[i].phone = own.slots[i].phone.Clone(library)
	}
	return own, nil
}

// fork is another clock at the same time.
func (c *Clock) fork() *Clock { return NewClockFrom(c.began, c.Elapsed()) }

// Clock is that of the fleet and of its clusters.
func (f *Fleet) Clock() *Clock { return f.config.Clock }

// Rejoin puts a fork of a cluster on the simulated network, which [cucm.Cluster.Fork] was
// given, at the addresses that its nodes had. runs tells which of their services answer.
func (f *Fleet) Rejoin(c *cucm.Cluster, runs func(i int, s cucm.Service) bool) error {
	for i, cn := range c.Nodes() {
		host, _, err := net.SplitHostPort(cn.Address(cucm.CallManagerService))
		if err != nil {
			return err
		}
		f.join(c, cn, host, func(s cucm.Service) bool { return runs(i, s) })
	}
	return nil
}

// Take takes phones over from another driver, in the order in which their clusters know
// them. Those that were registered without the cluster's knowing any more do not know that.
func (f *Fleet) Take(phones []fleet.Moved) {
	f.Reserve(len(phones))
	for i, p := range phones {
		f.Add(p.Phone)
		f.mu.Lock()
		switch s := &f.slots[i]; {
		case s.home == 0:
		case f.caller(uint32(i)).CallManager(f.home(s).cluster) == f.home(s).Node:
			f.caller(uint32(i)).Register(f.home(s).Node, true) // which does not lapse, without SIP
		default:
			s.home = 0
		}
		f.mu.Unlock()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.startKeepAlives()
	for i, p := range phones {
		if p.Interrupted {
			f.send(uint32(i), phone.Reset{})
		}
		for _, ev := range p.Pending {
			f.send(uint32(i), ev)
		}
	}
	f.admit(f.now)
}

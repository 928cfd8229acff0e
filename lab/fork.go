package lab

import (
	"io"
	"math/rand/v2"
	"slices"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet/virtual"
	"itlsim/internal/room"
)

// Fork is another lab that is as this one is now and goes its own way from here, in virtual
// time: clusters with their keys, certificates, lists, settings, registrations, services that
// are up or down, faults; phones with flash, power, state and servers; what the network does;
// files on SFTP servers; the clock. Nobody watches it, and time passes by waits alone. This lab
// is held up while it is copied, and what is done to either does not show in the other.
//
// Of a lab in virtual mode the fork is exact: where the same is done, the same happens in both,
// to the nanosecond. Of one on sockets boots that are under way begin anew, nodes sign one
// configuration for all phones of a CallManager Group, and phones take the times of virtual
// mode. Of neither are logs taken along, nor resets that wait for their turn.
//
// It is refused where there is no room for as many phones in virtual mode.
func (l *Lab) Fork() (*Lab, error) {
	if err := room.Enough(room.Runs, uint64(l.Phones())*phoneMemory[Virtual]); err != nil {
		return nil, err
	}
	f := &Lab{
		first: l.first, all: l.all, indices: l.indices, groups: l.groups, models: l.models,
		networks: make(map[*cucm.Cluster]services),
		routes:   make(map[string]*route), keys: forkedKeys(l.keys), keyBits: l.keyBits, ownKey: l.ownKey,
		password: l.password, types: Typed, stop: func() {}, members: slices.Clone(l.members),
	}
	f.condition.Store(l.condition.Load()) // which nobody changes in place
	var err error
	if f.sftp, err = l.sftp.fork(); err != nil {
		return nil, err
	}
	if err := f.take(l); err != nil {
		f.sftp.Close()
		return nil, err
	}
	return f, nil
}

// take takes up forks of a lab's clusters and phones.
func (l *Lab) take(of *Lab) error {
	for _, c := range of.Clusters() {
		defer c.Hold()()
	}
	forks := make([]*cucm.Cluster, 0, 2)
	site := func(i int) string { return l.members[i].Group }
	fleet, err := of.world.Fork(site, func(fleet *virtual.Fleet) ([]*cucm.Cluster, error) {
		for _, c := range of.Clusters() {
			fork, err := c.Fork(fleet, func(cfg *cucm.Config) { l.own(cfg, fleet.Clock()) })
			if err != nil {
				return nil, err
			}
			forks = append(forks, fork)
		}
		return forks, nil
	})
	if err != nil {
		return err
	}
	l.Fleet, l.world = fleet, &simulated{Clock: fleet.Clock(), fleet: fleet, site: site, rate: 1}
	own := make(map[*cucm.Node]*cucm.Node)
	for i, c := range of.Clusters() {
		l.networks[forks[i]] = fleet
		for j, n := range c.Nodes() {
			own[n] = forks[i].Nodes()[j]
		}
	}
	if l.Cluster = forks[0]; len(forks) > 1 {
		l.Other = forks[1]
	}
	for _, n := range of.nodes {
		l.nodes = append(l.nodes, namedNode{n.name, own[n.Node]})
	}
	for i := range l.members {
		l.members[i].Home = own[l.members[i].Home]
	}
	if a := of.Authority; a != nil {
		l.Authority = &Authority{a.Root, a.key, l.world}
	}
	return nil
}

// own gives the fork of a cluster what is the lab's own.
func (l *Lab) own(cfg *cucm.Config, clock cucm.Clock) {
	cfg.Clock, cfg.Keys, cfg.Random, cfg.SharedConfigurations = clock, l.keys, forkedRandom(cfg.Random), true
	cfg.Dial, cfg.SendMail = l.sftp.Dial, cucmwire.Mailer(l.sftp.Dial)
}

// forkedKeys hands out the keys that would come next, where they come in an order.
func forkedKeys(of cucm.KeySource) cucm.KeySource {
	if pool, ok := of.(*testkeys.Pool); ok {
		return pool.Clone()
	}
	return of
}

// forkedRandom is likewise of random numbers.
func forkedRandom(of io.Reader) io.Reader {
	if drawn, ok := of.(*rand.ChaCha8); ok {
		own := *drawn
		return &own
	}
	return of
}

package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sshd"
)

// A driver is what the page needs of a fleet, over real sockets or not.
type driver interface {
	Send(ev phone.Event, choose func(*phone.Phone) bool)
	Settle(context.Context) error
	Busy() int
	Phone(i int) fleet.View
	Tally() *fleet.Tally
	Close()
}

// world is everything from one start to the next: the cluster of Cisco document
// 117598 on loopback addresses of its own, and phones, every second one with
// each node as its first TFTP server.
type world struct {
	number   int // of the world, so that pages notice a new one
	began    time.Time
	clock    *clock
	cluster  *cucm.Cluster
	sockets  *cucm.Sockets
	fleet    driver
	wall     *wall
	journal  *journal
	charts   *charts
	consoles []*console // one a node
	ssh      []*sshd.Server
	password string
	phones   []installed

	mu   sync.Mutex
	seen string // the cluster panel as last taken
	view *clusterView
	news uint64 // changes of it

	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	close  func() error // end, once
}

// installed is a phone as it was set up.
type installed struct {
	Name  string `json:"name"`
	Model string `json:"model"`
	Home  int    `json:"home"` // the node that serves it first
	ip    netip.Addr
}

// hosts of the nodes.
var hosts = []string{"127.0.0.2", "127.0.0.3"}

func openWorld(number int, cfg Config) (*world, error) {
	w := &world{number: number, began: time.Now(), password: cfg.Password}
	w.close = sync.OnceValue(w.end)
	w.clock = newClock(w.began)
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.wall, w.journal, w.charts = newWall(cfg.Phones, w.clock), newJournal(), &charts{}
	plan := cucm.Cisco117598()
	plan.Clock, plan.Password, plan.Logged = w.clock, cfg.Password, w.journal.logged
	if cfg.Keys != nil {
		plan.Keys = cfg.Keys()
	}
	var err error
	if w.cluster, err = cucm.New(plan); err != nil {
		return nil, err
	}
	sshPort := "0"
	if cfg.PortOffset != nil {
		w.sockets, err = cucm.ListenAt(w.cluster, hosts, *cfg.PortOffset)
		sshPort = strconv.Itoa(22 + *cfg.PortOffset)
	} else {
		w.sockets, err = cucm.Listen(w.cluster, hosts)
	}
	if err != nil {
		return nil, errors.Join(err, w.cluster.Close())
	}
	w.journal.cluster = w.cluster
	for i, n := range w.cluster.Nodes() {
		w.consoles = append(w.consoles, &console{name: n.Name(), node: n, ctx: w.ctx, work: &w.done})
		server, err := sshd.Listen(n, net.JoinHostPort(hosts[i], sshPort))
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.ssh = append(w.ssh, server)
	}
	f, err := fleet.New(fleet.Config{Clock: w.clock, Limits: fleet.Limits{Boots: cfg.Boots}, Observer: w.wall})
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.fleet = f
	w.install(cfg.Phones, f.Add)
	w.done.Go(w.sampling)
	w.done.Go(w.ticking)
	return w, nil
}

func (w *world) install(phones int, add func(*phone.Phone)) {
	nodes := w.cluster.Nodes()
	library := &phone.Library{}
	for i := range phones {
		home := i % len(nodes)
		order := append(append([]*cucm.Node(nil), nodes[home:]...), nodes[:home]...)
		// The mix of models shifts by one with each round, so that each node
		// serves every model.
		profile := &phone.Profiles[(i/len(nodes))%len(phone.Profiles)]
		p := installed{fmt.Sprintf("SEP001BD4%06X", i), profile.Model, home, phoneIP(i)}
		w.phones = append(w.phones, p)
		w.journal.index[p.Name] = i
		w.cluster.AddDevice(cucm.Device{Name: p.Name, Model: p.Model, Group: order})
		add(phone.New(phone.Setup{Name: p.Name, IP: p.ip, Profile: profile, Servers: servers(order), Library: library}))
	}
}

func servers(nodes []*cucm.Node) []string {
	var addresses []string
	for _, n := range nodes {
		addresses = append(addresses, n.Address(cucm.TFTPService))
	}
	return addresses
}

// phoneIP gives each phone an address of its own, from 127.16.0.1 on.
func phoneIP(i int) netip.Addr {
	n := i + 1
	return netip.AddrFrom4([4]byte{127, byte(16 + n>>16), byte(n >> 8), byte(n)})
}

// sampling takes the cluster panel and the charts' samples now and then.
func (w *world) sampling() {
	tick := time.NewTicker(samplingEvery)
	defer tick.Stop()
	for {
		traffic := w.sockets.Traffic().TVS
		w.charts.take(w.began, time.Now(), w.wall.tallied(), w.fleet.Tally().Boots.Load(), uint64(traffic.Queries+traffic.Verifies))
		w.look()
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
	}
}

// ticking lets the cluster do what is due on its clock.
func (w *world) ticking() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := w.cluster.Tick(); err != nil {
				w.journal.note("Page", w.cluster.Publisher().Name(), "%v", err)
			}
		case <-w.ctx.Done():
			return
		}
	}
}

// end ends everything the world runs, after the commands that run on its
// consoles.
func (w *world) end() error {
	w.cancel()
	for _, c := range w.consoles {
		c.end()
	}
	if w.fleet != nil {
		w.fleet.Close()
	}
	for _, s := range w.ssh {
		s.Close() // whose error says nothing: it was listening
	}
	w.done.Wait()
	return errors.Join(w.sockets.Close(), w.cluster.Close())
}

func (w *world) console(node string) (*console, error) {
	for _, c := range w.consoles {
		if c.name == node {
			return c, nil
		}
	}
	return nil, fmt.Errorf("the cluster has no node %q", node)
}

// power switches all phones on or off.
func (w *world) power(on bool) {
	if on {
		w.fleet.Send(phone.PowerOn{}, nil)
	} else {
		w.fleet.Send(phone.PowerOff{}, nil)
	}
}

// at picks one phone.
func (w *world) at(i int) func(*phone.Phone) bool {
	name := w.phones[i].Name
	return func(p *phone.Phone) bool { return p.Name() == name }
}

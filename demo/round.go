package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/internal/cause"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
	"itlsim/sshd"
)

// round is everything from one start to the next: a scenario's lab, and all
// that looks at it.
type round struct {
	number   int // of the round, so that pages notice a new one
	began    time.Time
	scenario scenarios.Scenario
	lab      *api.Lab
	wall     *wall
	journal  *journal
	charts   *charts
	consoles []*console // one a node
	ssh      []*sshd.Server
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
}

func openRound(number int, cfg Config, s scenarios.Scenario) (*round, error) {
	w := &round{number: number, began: time.Now(), scenario: s}
	w.close = sync.OnceValue(w.end)
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.wall, w.journal, w.charts = newWall(), newJournal(), &charts{}
	opt := lab.Options{
		Phones: cfg.Phones, Boots: cfg.Boots, Mode: cfg.Mode, Seed: cfg.Seed,
		Password: cfg.Password, PortOffset: cfg.PortOffset, RISRate: cfg.RISRate,
		Live: &lab.Live{
			Still:    cfg.Still && cfg.Mode == lab.Virtual,
			Observer: w.wall, Logged: w.journal.logged, Type: w.types,
			Trouble: func(err error) { w.journal.note("Page", "", "%s", cause.Of(err)) },
		},
	}
	if cfg.Keys != nil {
		opt.Keys = cfg.Keys()
	}
	var err error
	if w.lab, err = api.Open(s, opt); err != nil {
		w.cancel()
		return nil, err
	}
	nodes := w.lab.Nodes()
	w.journal.now = w.now
	home := make(map[*cucm.Node]int)
	for i, n := range nodes {
		home[n] = i
		w.consoles = append(w.consoles, &console{name: n.Name(), node: n, ctx: w.ctx, work: &w.done})
		host, _, err := net.SplitHostPort(n.Address(cucm.CallManagerService))
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		port := 0
		if cfg.PortOffset != nil {
			port = 22 + *cfg.PortOffset
		}
		server, err := sshd.ListenWith(n, net.JoinHostPort(host, strconv.Itoa(port)),
			sshd.Options{Legacy: cfg.SSHLegacy})
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.ssh = append(w.ssh, server)
	}
	views := w.lab.Views()
	for i, v := range views {
		w.phones = append(w.phones, installed{v.Name, v.Profile.Model, home[w.lab.Member(i).Home]})
		w.journal.index[v.Name] = i
	}
	w.wall.begin(views, w.lab.Now)
	w.done.Go(w.sampling)
	return w, nil
}

// sampling takes the cluster panel and the charts' samples now and then.
func (w *round) sampling() {
	tick := time.NewTicker(samplingEvery)
	defer tick.Stop()
	for {
		traffic := w.lab.Traffic().TVS
		boots := w.lab.Fleet.Tally().Boots.Load()
		w.charts.take(w.began, time.Now(), w.wall.tallied(), boots, uint64(traffic.Queries+traffic.Verifies))
		w.look()
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
	}
}

// now is the time of the nodes: `set date` moves it, and not the scenario's.
func (w *round) now() time.Time { return w.lab.Cluster.Now() }

// end ends everything the round runs, after the commands that run on its
// consoles.
func (w *round) end() error {
	w.cancel()
	for _, c := range w.consoles {
		c.end()
	}
	w.lab.Fleet.Close() // lets nobody wait for phones any more
	for _, s := range w.ssh {
		s.Close() // whose error says nothing: it was listening
	}
	w.done.Wait()
	return w.lab.Close()
}

func (w *round) console(node string) (*console, error) {
	for _, c := range w.consoles {
		if c.name == node {
			return c, nil
		}
	}
	return nil, fmt.Errorf("there is no node %q", node)
}

// types has a step of the scenario type on a node's console.
func (w *round) types(n *cucm.Node, line string, answers []string) (string, error) {
	for _, c := range w.consoles {
		if c.node == n {
			w.journal.note("Tour", n.Name(), "%s", line)
			return c.seize(line, answers...)
		}
	}
	return "", fmt.Errorf("there is no node %s", n.Name())
}

// power switches all phones on or off.
func (w *round) power(on bool) {
	if on {
		w.lab.Fleet.Send(phone.PowerOn{}, nil)
	} else {
		w.lab.Fleet.Send(phone.PowerOff{}, nil)
	}
}

// resetPhones is System > Enterprise Parameters > Reset, of every cluster that
// there is: phones may have moved.
func (w *round) resetPhones() {
	for _, c := range w.lab.Clusters() {
		w.journal.note("Page", c.Publisher().Name(), "System > Enterprise Parameters > Reset")
		c.ResetPhones()
	}
}

// settingsAccess is Common Phone Profile > Settings Access, of every cluster.
func (w *round) settingsAccess(on bool) error {
	for _, c := range w.lab.Clusters() {
		w.journal.note("Page", c.Publisher().Name(), "settings access: %v", on)
		s := c.Settings()
		s.SettingsAccess = on
		if err := c.Configure(s); err != nil {
			return err
		}
	}
	return nil
}

// at picks one phone.
func (w *round) at(i int) func(*phone.Phone) bool {
	name := w.phones[i].Name
	return func(p *phone.Phone) bool { return p.Name() == name }
}

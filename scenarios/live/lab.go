package live

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
	"itlsim/sshd"
)

// A Lab is a scenario's cluster and phones, which people and programs watch and act on. Those
// who act take turns ([Lab.Turn]); watching holds nobody up.
type Lab struct {
	*scenarios.Player
	// Scenario and Options are what it was opened with.
	Scenario scenarios.Scenario
	Options  lab.Options
	// Events are what happened, one by one.
	Events *Events

	began    time.Time
	wall     *wall
	journal  *journal
	charts   *charts
	consoles []*Console // one a node
	panel    panel
	phones   []Installed
	tour     *Tour // nil: none has begun
	ssh      []*sshd.Server

	turn    chan struct{} // has room for one
	stage   chan struct{} // for one rehearsal
	mu      sync.Mutex
	doing   string // "": nothing
	stories *report.Stories

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	close  func() error // end, once
}

// Installed is a phone as it was set up.
type Installed struct {
	Name  string `json:"name"`
	Model string `json:"model"`
	Home  int    `json:"home"` // the node that serves it first
}

// Open puts a scenario's clusters and phones up without playing its steps
// ([scenarios.Open]). Whoever opt.Live tells of what happens is told, too; without one time
// stands still but for waits.
func Open(s scenarios.Scenario, opt lab.Options) (*Lab, error) {
	l := &Lab{
		Scenario: s, Options: opt, Events: newEvents(cmp.Or(opt.Phones, s.Phones())), began: time.Now(),
		wall: newWall(), journal: newJournal(), charts: &charts{}, turn: make(chan struct{}, 1),
		stage: make(chan struct{}, 1),
	}
	l.close = sync.OnceValue(l.end)
	l.ctx, l.cancel = context.WithCancel(context.Background())
	opt.Live = l.watching(opt.Live)
	var err error
	if l.Player, err = scenarios.Open(s, opt); err != nil {
		l.cancel()
		return nil, err
	}
	l.stories, l.Acting = l.NewStories(), l.acting
	l.journal.now = l.nodesTime
	home := make(map[*cucm.Node]int)
	for i, n := range l.Nodes() {
		home[n] = i
		l.consoles = append(l.consoles, &Console{name: l.NodeNames()[i], node: n, ctx: l.ctx, work: &l.work})
	}
	l.Each(fleet.Basics, func(i int, m *lab.Member, v *fleet.View) {
		l.phones = append(l.phones, Installed{v.Name, m.Profile.Model, home[m.Home]})
		l.journal.index[v.Name] = i
		l.wall.put(v)
	})
	l.work.Go(l.sampling)
	return l, nil
}

// Close ends the lab, after what is under way, which ends soon then.
func (l *Lab) Close() error { return l.close() }

func (l *Lab) end() error {
	l.cancel()
	for _, c := range l.consoles {
		c.end()
	}
	l.Fleet.Close() // lets nobody wait for phones any more
	for _, s := range l.ssh {
		s.Close() // whose error says nothing: it was listening
	}
	l.work.Wait()
	l.turn <- struct{}{} // for good
	l.setBusy("its end")
	return l.Player.Close()
}

// sshPort is SSH's standard port.
const sshPort = 22

// ServeSSH serves the nodes' command lines over SSH, at their addresses: at the standard port
// with the lab's offset, at free ones where it has none.
func (l *Lab) ServeSSH(opt sshd.Options) error {
	port := 0
	if l.Options.PortOffset != nil {
		port = sshPort + *l.Options.PortOffset
	}
	for _, n := range l.Nodes() {
		host, _, err := net.SplitHostPort(n.Address(cucm.CallManagerService))
		if err != nil {
			return err
		}
		server, err := sshd.ListenWith(n, net.JoinHostPort(host, strconv.Itoa(port)), opt)
		if err != nil {
			return err
		}
		l.ssh = append(l.ssh, server)
	}
	return nil
}

// SSH are the addresses of the nodes' command lines, in their order; none where they are not
// served.
func (l *Lab) SSH() (addresses []string) {
	for _, s := range l.ssh {
		addresses = append(addresses, s.Addr().String())
	}
	return addresses
}

// Installed are the phones as they were set up, in the lab's order.
func (l *Lab) Installed() []Installed { return l.phones }

// nodesTime is the time of the nodes: `set date` moves it, and not the scenario's.
func (l *Lab) nodesTime() time.Time { return l.Cluster.Now() }

// Console is the command line of a node, by its name in the scenario.
func (l *Lab) Console(node string) (*Console, error) {
	for _, c := range l.consoles {
		if c.name == node {
			return c, nil
		}
	}
	return nil, fmt.Errorf("there is no node %q", node)
}

// types has an act type on a node's console, where people see it.
func (l *Lab) types(n *cucm.Node, line string, answers []string) (string, error) {
	for _, c := range l.consoles {
		if c.node == n {
			l.journal.note("Tour", n.Name(), "%s", line)
			return c.seize(line, answers...)
		}
	}
	return "", fmt.Errorf("there is no node %s", n.Name())
}

// Note enters into the log what somebody did on a page, to a phone or a node, "" for all.
func (l *Lab) Note(from, format string, args ...any) { l.journal.note("Page", from, format, args...) }

// trouble tells in the log what a cluster could not do that was due.
func (l *Lab) trouble(err error) { l.Note("", "%s", cause.Of(err)) }

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

	wall     *wall
	journal  *journal
	samples  samples
	moments  moments
	trust    trusting
	consoles []*Console // one a node
	panel    panel
	types    typist
	phones   Phones
	ssh      []*sshd.Server

	turn    chan struct{} // has room for one
	begun   *string       // the step whose phones may not be through; nil: none. Whoever has the turn changes it
	stage   chan struct{} // for one rehearsal
	mu      sync.Mutex
	doing   string // "": nothing
	tour    *Tour  // nil: none has begun
	stories *report.Stories
	rate    rate

	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	close  func() error // end, once
}

// Phones are those of a lab in its order, as they were set up: a name each, and the place of
// its model, group and node among all, from 0.
type Phones struct {
	Names  []string `json:"names"`
	Models []string `json:"models"`
	Model  []int    `json:"model"`
	Groups []string `json:"groups"`
	Group  []int    `json:"group"`
	Nodes  []string `json:"nodes"` // by their names in sentences
	Node   []int    `json:"node"`  // whose TFTP it asks first
}

// Open puts a scenario's clusters and phones up without playing its steps
// ([scenarios.Open]). Whoever opt.Live tells of what happens is told, too; without one time
// stands still but for waits.
func Open(s scenarios.Scenario, opt lab.Options) (*Lab, error) { return open(s, opt, (*Lab).seize) }

// A typist types an act's command on a console, and returns what was printed.
type typist func(l *Lab, on *Console, line string, answers []string) (string, error)

// open is Open with a typist.
func open(s scenarios.Scenario, opt lab.Options, types typist) (*Lab, error) {
	l := &Lab{
		types:    types,
		Scenario: s, Options: opt, Events: newEvents(cmp.Or(opt.Phones, s.Phones())),
		wall: newWall(), journal: newJournal(), turn: make(chan struct{}, 1), stage: make(chan struct{}, 1),
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
	for i, n := range l.Nodes() {
		l.consoles = append(l.consoles, &Console{name: l.NodeNames()[i], node: n, ctx: l.ctx, work: &l.work})
	}
	l.install()
	l.work.Go(l.sampling)
	return l, nil
}

// install takes the phones up, before anything happens to them.
func (l *Lab) install() {
	p := &l.phones
	p.Names, p.Model, p.Group, p.Node = []string{}, []int{}, []int{}, []int{}
	p.Models, p.Groups, p.Nodes = append([]string{}, l.Models()...), append([]string{}, l.GroupNames()...), l.NodeNames()
	model, group, node := places(p.Models), places(p.Groups), places(l.Nodes())
	l.Each(fleet.Basics, func(i int, m *lab.Member, v *fleet.View) {
		p.Names = append(p.Names, v.Name)
		p.Model, p.Group = append(p.Model, model[m.Profile.Model]), append(p.Group, group[m.Group])
		p.Node = append(p.Node, node[m.Home])
		l.journal.index[v.Name] = i
		l.wall.put(v)
	})
}

// places are those of things in a list.
func places[T comparable](all []T) map[T]int {
	at := make(map[T]int, len(all))
	for i, one := range all {
		at[one] = i
	}
	return at
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

// Installed are the phones as they were set up.
func (l *Lab) Installed() *Phones { return &l.phones }

// Password is the administrator's: the scenario's, or else that of the options.
func (l *Lab) Password() string { return cmp.Or(l.Scenario.Cluster.Password, l.Options.Password) }

// nodesTime is the time of the nodes: `set date` moves it, and not the scenario's.
func (l *Lab) nodesTime() time.Time { return l.Cluster.Now() }

// ConsoleAt is the command line of a node, by its place among all ([lab.Lab.Nodes]).
func (l *Lab) ConsoleAt(i int) *Console { return l.consoles[i] }

// typing has an act type on a node's console, where people see it.
func (l *Lab) typing(n *cucm.Node, line string, answers []string) (string, error) {
	for _, c := range l.consoles {
		if c.node == n {
			return l.types(l, c, line, answers)
		}
	}
	return "", fmt.Errorf("there is no node %s", n.Name())
}

// seize types where a person may be typing, who is asked what no answer is given to.
func (l *Lab) seize(c *Console, line string, answers []string) (string, error) {
	return c.seize(line, answers...)
}

// trouble tells in the log what a cluster could not do that was due.
func (l *Lab) trouble(err error) { l.journal.note("Trouble", cause.Of(err)) }

package scenarios

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// A Scenario is a story with a cluster and phones in it.
type Scenario struct {
	Name   string
	Shows  string // what it shows, in one line
	Rows   string // of the mission
	Phones int    // unless the run says otherwise
	Steps  []Step
}

// A Step is one line of a scenario's plan.
type Step struct {
	Name   string
	Do     func(context.Context, *Stage) error
	Expect []Expectation
}

// An Expectation is a sentence about the cluster and its phones. Check returns
// nil where it holds, else what is the case instead.
type Expectation struct {
	Text  string
	Check func(*Stage) error
}

// Builtin are the scenarios that come with the program.
func Builtin() []Scenario { return []Scenario{bulkReset()} }

// Find looks a scenario up by its name.
func Find(name string) (Scenario, bool) {
	all := Builtin()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, false
	}
	return all[i], true
}

// Names are those of the built-in scenarios.
func Names() []string {
	var names []string
	for _, s := range Builtin() {
		names = append(names, s.Name)
	}
	return names
}

// A Stage is what a scenario plays on.
type Stage struct {
	Clock   *Clock
	Cluster *cucm.Cluster
	Fleet   *fleet.Fleet
	sockets *cucm.Sockets
	notes   map[string]any // what steps remember for later expectations
}

const password = "bulk-reset" // of a cluster that lives as long as the run

// openStage installs the cluster of Cisco document 117598 on loopback addresses
// of its own and a fleet of phones: every second one has each node as its first
// TFTP server and the other as its second, and asks that node's TVS first.
func openStage(phones, boots int) (*Stage, error) {
	st := &Stage{Clock: NewClock(), notes: make(map[string]any)}
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Password = st.Clock, password
	var err error
	if st.Cluster, err = cucm.New(cfg); err != nil {
		return nil, err
	}
	if st.sockets, err = cucm.Listen(st.Cluster, []string{"127.0.0.2", "127.0.0.3"}); err != nil {
		return nil, err
	}
	st.Fleet = fleet.New(fleet.Config{Cluster: st.Cluster, Clock: st.Clock, Boots: boots})
	st.Cluster.Attach(st.Fleet)
	pub, sub := st.Cluster.Nodes()[0], st.Cluster.Nodes()[1]
	orders := [2][]*cucm.Node{{pub, sub}, {sub, pub}}
	servers := [2][]string{}
	for i, order := range orders {
		for _, n := range order {
			servers[i] = append(servers[i], n.Address(cucm.TFTPService))
		}
	}
	library := &phone.Library{}
	for i := range phones {
		// The mix of models shifts by one with each round, so that each node
		// serves every model.
		profile := &phone.Profiles[(i/2)%len(phone.Profiles)]
		name := fmt.Sprintf("SEP001BD4%06X", i)
		st.Cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: orders[i%2]})
		st.Fleet.Add(phone.New(phone.Setup{
			Name: name, IP: phoneIP(i), Profile: profile, Servers: servers[i%2], Library: library,
		}))
	}
	return st, nil
}

// phoneIP gives each phone an address of its own, from 127.16.0.1 on.
func phoneIP(i int) netip.Addr {
	n := i + 1
	return netip.AddrFrom4([4]byte{127, byte(16 + n>>16), byte(n >> 8), byte(n)})
}

// Close ends everything that the stage runs.
func (st *Stage) Close() error {
	st.Fleet.Close()
	return st.sockets.Close()
}

// Type types a command on a node's command line, and the answers to its
// questions.
func (st *Stage) Type(node, line string, answers ...string) error {
	n, ok := st.Cluster.Node(node)
	if !ok {
		return fmt.Errorf("the cluster has no node %s", node)
	}
	script := &cucm.Script{Answers: answers}
	if err := n.Run(script, line); err != nil {
		return fmt.Errorf("%s: admin:%s: %w", node, line, err)
	}
	return nil
}

// command is a step's way to type a command.
func command(node, line string, answers ...string) func(context.Context, *Stage) error {
	return func(_ context.Context, st *Stage) error { return st.Type(node, line, answers...) }
}

// wait moves the scenario clock.
func wait(d time.Duration) func(context.Context, *Stage) error {
	return func(_ context.Context, st *Stage) error {
		st.Clock.Advance(d)
		return nil
	}
}

// send gives an event to all phones.
func send(ev phone.Event) func(context.Context, *Stage) error {
	return func(_ context.Context, st *Stage) error {
		st.Fleet.Send(ev, nil)
		return nil
	}
}

// settle lets all phones finish what they do.
func settle(ctx context.Context, st *Stage) error { return st.Fleet.Settle(ctx) }

// all does one thing after the other.
func all(acts ...func(context.Context, *Stage) error) func(context.Context, *Stage) error {
	return func(ctx context.Context, st *Stage) error {
		for _, act := range acts {
			if err := act(ctx, st); err != nil {
				return err
			}
		}
		return nil
	}
}

// every expects something of all phones that where picks (all, where nil). what
// returns "" where it holds, else what is the case; phones that agree in that
// are counted together.
func every(text string, where func(*Stage, fleet.View) bool, what func(*Stage, fleet.View) string) Expectation {
	return Expectation{text, func(st *Stage) error {
		wrong := make(map[string][]string)
		checked := 0
		for _, v := range st.Fleet.Phones() {
			if where != nil && !where(st, v) {
				continue
			}
			checked++
			if is := what(st, v); is != "" {
				wrong[is] = append(wrong[is], v.Name)
			}
		}
		if checked == 0 {
			return fmt.Errorf("there is no such phone")
		}
		return describe(wrong, checked)
	}}
}

// describe sums up which phones are otherwise than expected.
func describe(wrong map[string][]string, of int) error {
	if len(wrong) == 0 {
		return nil
	}
	kinds := make([]string, 0, len(wrong))
	for is := range wrong {
		kinds = append(kinds, is)
	}
	slices.SortFunc(kinds, func(a, b string) int { return len(wrong[b]) - len(wrong[a]) })
	var parts []string
	for _, is := range kinds {
		names := wrong[is]
		more := ""
		if len(names) > 3 {
			names, more = names[:3], ", …"
		}
		parts = append(parts, fmt.Sprintf("%d of %d %s (%s%s)", len(wrong[is]), of, is, strings.Join(names, ", "), more))
	}
	return fmt.Errorf("%s", strings.Join(parts, "; "))
}

// allIn expects every phone in one state.
func allIn(state phone.State) Expectation {
	return every("all phones "+state.String(), nil, func(_ *Stage, v fleet.View) string {
		if v.State == state {
			return ""
		}
		if v.Refusal != nil {
			return fmt.Sprintf("%s: %v", v.State, v.Refusal)
		}
		return v.State.String()
	})
}

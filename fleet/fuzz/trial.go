package fuzz

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	"itlsim/fleet/virtual"
	"itlsim/phone"
)

// Options of a trial.
type Options struct {
	Seed uint64
	// Keep are the acts of the plan to carry out, by number; all, where it is
	// nil. The cluster, the fleet and their chances stay those of the seed.
	Keep []int
	// Library, where not nil, makes what the phones share.
	Library func() *phone.Library
	// Served, where not nil, changes what TFTP serves before anybody else sees
	// it: tests plant a fault there that the checkers have to find.
	Served func(name string, data []byte) []byte
}

// A Failure is a rule that did not hold.
type Failure struct {
	Seed    uint64
	Checker string
	Acts    []Act // that were carried out
	Err     error
}

func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d: %s: %v", f.Seed, f.Checker, f.Err)
}

// Unwrap gives what the checker found.
func (f *Failure) Unwrap() error { return f.Err }

// Story tells a failure: the seed, the plan, what was found, and the command
// that plays it again.
func (f *Failure) Story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d fails: %s: %v\n\n", f.Seed, f.Checker, f.Err)
	keep := make([]string, len(f.Acts))
	for i, a := range f.Acts {
		keep[i] = fmt.Sprint(a.Number)
		fmt.Fprintf(&b, "  %2d  %s\n", a.Number, a.Text)
	}
	if len(f.Acts) == 0 {
		keep = []string{"none"}
		b.WriteString("  (no act is needed)\n")
	}
	fmt.Fprintf(&b, "\nitlsim fuzz --runs 1 --seed %d --keep %s\n", f.Seed, strings.Join(keep, ","))
	return b.String()
}

// world is a trial under way.
type world struct {
	options Options
	random  *rand.Rand // of the plan
	clock   *virtual.Clock
	cluster *cucm.Cluster
	fleet   *virtual.Fleet
	phones  []*phone.Phone
	first   []*cucm.Node // of each phone's TFTP servers
	network virtual.Network
	temper  func(phone int, name string, data []byte) []byte // nil: nobody is in the middle
	dark    map[*cucm.Node]bool                              // nodes without power

	last     [][]byte // the file that each phone got last
	wanted   []uint32 // Seq of its last request
	checkers []checker
	failure  *Failure
}

const password = "trial"

// install makes cluster and fleet from the seed.
func install(o Options) (*world, error) {
	w := &world{options: o, random: rand.New(rand.NewPCG(o.Seed, 1)), clock: virtual.NewClock(), network: virtual.LAN(), dark: make(map[*cucm.Node]bool)}
	cfg := cucm.Config{
		Domain: "joemar2.lab", Location: cucm.Location{Organization: "cisco", Country: "US"}, KeyBits: 1024,
		Clock: w.clock, Password: password, SharedConfigurations: true,
		Keys: testkeys.NewPool(o.Seed), Random: rand.NewChaCha8([32]byte{1: byte(o.Seed), 2: byte(o.Seed >> 8), 3: byte(o.Seed >> 16), 4: byte(o.Seed >> 24)}),
	}
	for i := range 1 + w.random.IntN(3) {
		name := "test10pub"
		if i > 0 {
			name = fmt.Sprintf("test10sub%d", i)
		}
		cfg.Nodes = append(cfg.Nodes, cucm.NodeConfig{Name: name, TFTP: true, TVS: i == 0 || w.random.IntN(4) > 0})
	}
	var err error
	if w.cluster, err = cucm.New(cfg); err != nil {
		return nil, err
	}
	library := &phone.Library{Remember: true}
	if o.Library != nil {
		library = o.Library()
	}
	w.fleet = virtual.New(virtual.Config{
		Clock: w.clock, Seed: o.Seed, Network: w.network, Workers: 1,
		Middle: w.middle, Watch: w.watch,
	})
	w.fleet.Connect(w.cluster)
	nodes := w.cluster.Nodes()
	for i := range 2 + w.random.IntN(5) {
		group := slices.Clone(nodes)
		w.random.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		group = group[:1+w.random.IntN(len(group))]
		var servers []string
		for _, n := range group {
			servers = append(servers, n.Address(cucm.TFTPService))
		}
		profile := &phone.Profiles[w.random.IntN(len(phone.Profiles))]
		name := fmt.Sprintf("SEP001BD4%06X", i)
		w.cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: group})
		p := phone.New(phone.Setup{Name: name, IP: netip.AddrFrom4([4]byte{127, 16, 0, byte(i + 1)}), Profile: profile, Servers: servers, Library: library})
		w.phones, w.first = append(w.phones, p), append(w.first, group[0])
		w.fleet.Add(p)
	}
	w.last, w.wanted, w.checkers = make([][]byte, len(w.phones)), make([]uint32, len(w.phones)), checkers(len(w.phones))
	return w, nil
}

func (w *world) middle(i int, name string, data []byte, err error) ([]byte, error) {
	if w.options.Served != nil && err == nil {
		data = w.options.Served(name, data)
	}
	if c, ok := w.checkers[len(w.checkers)-1].(*verifies); ok && err == nil && strings.HasSuffix(name, ".tlv") && w.failure == nil {
		w.judge(c, c.serve(name, data))
	}
	if err != nil || w.temper == nil {
		return data, err
	}
	return w.temper(i, name, data), nil
}

// watch has every checker look at a step. The first failure ends the trial.
func (w *world) watch(s *virtual.Step) {
	if f, ok := s.Event.(phone.FileReceived); ok && f.Seq == w.wanted[s.Index] { // and no late copy of another
		w.last[s.Index] = f.Data
	}
	for _, a := range s.Actions {
		if f, ok := a.(phone.Fetch); ok {
			w.wanted[s.Index] = f.Seq
		}
	}
	for _, c := range w.checkers {
		if w.failure == nil {
			w.judge(c, c.step(w, s))
		}
	}
}

func (w *world) judge(c checker, err error) {
	if err != nil {
		w.failure = &Failure{Seed: w.options.Seed, Checker: c.name(), Err: err}
	}
}

// rest has the checkers look at the whole while nothing happens.
func (w *world) rest(end bool) {
	for _, c := range w.checkers {
		if w.failure == nil {
			w.judge(c, c.rest(w, end))
		}
	}
}

// Run carries a trial out. The error is a *Failure, the context's, or of a trial
// that could not be made.
func Run(ctx context.Context, o Options) error {
	w, err := install(o)
	if err != nil {
		return err
	}
	return w.run(ctx, o)
}

func (w *world) run(ctx context.Context, o Options) error {
	var done []Act
	acts := w.plan()
	fail := func() error {
		w.failure.Acts = done
		return w.failure
	}
	w.fleet.Send(phone.PowerOn{}, nil)
	for _, a := range acts {
		if o.Keep != nil && !slices.Contains(o.Keep, a.Number) {
			continue
		}
		done = append(done, a)
		if err := a.do(ctx, w); err != nil {
			return err
		}
		if err := w.fleet.Advance(ctx, a.then); err != nil {
			return err
		}
		if w.rest(false); w.failure != nil {
			return fail()
		}
	}
	if err := w.heal(ctx); err != nil {
		return err
	}
	if w.failure == nil {
		w.rest(true)
	}
	if w.failure != nil {
		return fail()
	}
	return nil
}

// heal ends all faults, and has the administrator do what brings phones back.
func (w *world) heal(ctx context.Context) error {
	w.temper = nil
	w.fleet.Heal(virtual.LAN())
	for _, n := range w.cluster.Nodes() {
		n.SetFaults(nil)
		if err := w.power(n, true); err != nil {
			return err
		}
		w.types(n, "utils service start "+string(cucm.TVSService)) // of a node without one it is refused
	}
	w.fleet.Send(phone.PowerOn{}, nil)
	if err := w.fleet.Settle(ctx); err != nil {
		return err
	}
	pub := w.cluster.Publisher()
	if err := w.types(pub, "utils itl reset localkey", password); err != nil {
		// The ITLRecovery certificate is newer than the list: as the refusal says,
		// TFTP is started anew first.
		if err := w.types(pub, "utils service restart Cisco Tftp"); err != nil {
			return err
		}
		if err := w.types(pub, "utils itl reset localkey", password); err != nil {
			return err
		}
	}
	for _, c := range w.checkers {
		if a, ok := c.(*alive); ok {
			a.expect(w)
		}
	}
	w.fleet.Send(phone.Reset{}, nil)
	return w.fleet.Settle(ctx)
}

// power takes a node off the network, or brings it back where it is off.
func (w *world) power(n *cucm.Node, on bool) error {
	if w.dark[n] != on {
		return nil
	}
	w.dark[n] = !on
	if on {
		return n.PowerOn()
	}
	return n.PowerOff()
}

// types types a command; what a node refuses is no fault of the trial.
func (w *world) types(n *cucm.Node, line string, answers ...string) error {
	return cli.Run(n, &cli.Script{Answers: answers}, line)
}

// Shrink drops acts from a failing trial, the longest runs first, as long as
// the same checker still fails.
func Shrink(ctx context.Context, o Options, f *Failure) *Failure {
	for size := max(1, len(f.Acts)/2); size > 0; size /= 2 {
		for from := 0; from < len(f.Acts); {
			keep := []int{-1} // none, rather than all
			for i, a := range f.Acts {
				if i < from || i >= from+size {
					keep = append(keep, a.Number)
				}
			}
			try := o
			try.Keep = keep
			var shorter *Failure
			if err := Run(ctx, try); errors.As(err, &shorter) && shorter.Checker == f.Checker {
				f = shorter
			} else {
				from += size
			}
		}
	}
	return f
}

package trial

import (
	"crypto/rsa"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet/virtual"
	"itlsim/itl"
	"itlsim/phone"
)

var update = flag.Bool("update", false, "rewrite the diagram")

// keyring gives the same keys, in the same order, to many clusters.
type keyring struct {
	keys []*rsa.PrivateKey
	n    int
}

func (k *keyring) Key(int) (*rsa.PrivateKey, error) {
	k.n++
	return k.keys[k.n-1], nil
}

// small is a cluster of two nodes whose CallManager and TVS certificates have
// two generations each, with one phone.
func small(t *testing.T, keys []*rsa.PrivateKey, edges *edges) *world {
	w := &world{clock: virtual.NewClock(), network: virtual.LAN(), random: rand.New(rand.NewPCG(1, 1))}
	var err error
	w.cluster, err = cucm.New(cucm.Config{
		Nodes:  []cucm.NodeConfig{{Name: "pub", TFTP: true, TVS: true}, {Name: "sub", TFTP: true, TVS: true}},
		Domain: "lab", KeyBits: 1024, Clock: w.clock, Password: password, Keys: &keyring{keys: keys}, Random: rand.NewChaCha8([32]byte{}),
		SharedConfigurations: true,
	})
	require.NoError(t, err)
	w.fleet = virtual.New(virtual.Config{Clock: w.clock, Seed: 1, Network: w.network, Workers: 1, Middle: w.middle, Watch: w.watch})
	w.fleet.Connect(w.cluster)
	const name = "SEP001122334455"
	w.cluster.AddDevice(cucm.Device{Name: name, Group: w.cluster.Nodes()})
	p := phone.New(phone.Setup{Name: name, IP: netip.MustParseAddr("127.16.0.1"), Profile: &phone.Profiles[0],
		Servers: []string{w.cluster.Nodes()[0].Address(cucm.TFTPService), w.cluster.Nodes()[1].Address(cucm.TFTPService)}, Library: &phone.Library{Remember: true}})
	w.phones, w.first = []*phone.Phone{p}, w.cluster.Nodes()[:1]
	w.fleet.Add(p)
	w.last, w.wanted = make([][]byte, 1), make([]uint32, 1)
	w.checkers = append([]checker{edges}, checkers(1)...)
	return w
}

// move is an act of the exploration; it may be impossible.
type move struct {
	name string
	do   func(*world) bool
}

func moves() []move {
	var all []move
	typed := func(node int, line string, answers ...string) func(*world) bool {
		return func(w *world) bool { return w.types(w.cluster.Nodes()[node], line, answers...) == nil }
	}
	for node, name := range []string{"pub", "sub"} {
		for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
			all = append(all, move{name + " " + string(unit), func(w *world) bool {
				if !w.cluster.Nodes()[node].Certificate(unit).Modified.IsZero() {
					return false // two generations are enough
				}
				return typed(node, "set cert regen "+string(unit), "yes")(w)
			}})
		}
		all = append(all, move{name + " restart", typed(node, "utils service restart Cisco Tftp")})
		all = append(all, move{name + " cut", func(w *world) bool {
			w.fleet.Cut(w.cluster.Nodes()[node], 0, 1)
			return true
		}})
	}
	sends := func(ev phone.Event) func(*world) bool {
		return func(w *world) bool {
			w.fleet.Send(ev, nil)
			return true
		}
	}
	return append(all,
		move{"reset", typed(0, "utils itl reset localkey", password)},
		move{"heal", func(w *world) bool {
			w.fleet.Heal(w.network)
			return true
		}},
		move{"boot", sends(phone.Reset{})}, move{"on", sends(phone.PowerOn{})}, move{"off", sends(phone.PowerOff{})},
		move{"erase", sends(phone.EraseLists{})}, move{"factory", sends(phone.FactoryReset{})})
}

// key names what decides on all that may follow, whatever the times and serial
// numbers.
func (w *world) key(cuts [2]bool) string {
	names := make(map[string]string)
	for i, n := range w.cluster.Nodes() {
		for _, unit := range cucm.Units {
			c := n.Certificate(unit)
			names[string(itl.IdentityOf(c.Certificate).Serial)] = fmt.Sprint(i, unit, c.Modified.IsZero())
		}
	}
	of := func(id itl.Identity) string {
		if name, ok := names[string(id.Serial)]; ok {
			return name
		}
		return "old " + id.Subject
	}
	list := func(l *itl.List) string {
		if l == nil {
			return "-"
		}
		parts := []string{of(l.Signer) + ":"}
		for _, rec := range l.Records {
			parts = append(parts, of(rec.Identity))
		}
		return strings.Join(parts, ",")
	}
	p := w.phones[0]
	f := p.Flash()
	key := fmt.Sprint(cuts, p.On(), p.State(), list(f.Lists.ITL), f.Config != nil, w.cluster.Registered())
	for _, v := range f.Vouches {
		key += of(v.Signer)
	}
	for _, n := range w.cluster.Nodes() {
		key += fmt.Sprint(list(n.ITL()), n.Certificate(cucm.CallManager).Modified.IsZero(), n.Certificate(cucm.TVSUnit).Modified.IsZero())
	}
	return key
}

// edges is a checker that judges nothing: it draws what leads from state to state.
type edges struct {
	seen map[[2]phone.State]map[string]bool
	why  []string    // in the boot under way
	from phone.State // when it began
}

func (*edges) name() string            { return "edges" }
func (*edges) rest(*world, bool) error { return nil }

func (e *edges) step(_ *world, s *virtual.Step) error {
	switch s.Event.(type) {
	case phone.EraseLists, phone.FactoryReset:
		if now := s.Phone.State(); now != s.Was {
			e.draw(s.Was, now, "lists erased")
		}
	}
	for _, a := range s.Actions {
		switch a := a.(type) {
		case phone.Fetch:
			if strings.HasPrefix(a.Name, "CTL") {
				e.why, e.from = nil, s.Phone.State()
			}
		case phone.Verdict:
			e.why = append(e.why, reason(a))
		case phone.Booted:
			if len(e.why) == 0 {
				e.why = []string{"no answer"}
			}
			e.draw(e.from, a.State, strings.Join(e.why, ", "))
		}
	}
	return nil
}

func (e *edges) draw(from, to phone.State, why string) {
	if e.seen[[2]phone.State{from, to}] == nil {
		e.seen[[2]phone.State{from, to}] = make(map[string]bool)
	}
	e.seen[[2]phone.State{from, to}][why] = true
}

func reason(v phone.Verdict) string {
	file := "configuration"
	if strings.HasSuffix(v.File, ".tlv") {
		file = "list"
	}
	if v.Refusal == nil {
		return file + " by " + v.By.String()
	}
	var lost *phone.LostError
	var silent *phone.NoTVSAnswerError
	var denied *phone.DeniedError
	switch {
	case errors.As(v.Refusal, &lost):
		return file + " refused - no trust point left"
	case errors.As(v.Refusal, &silent):
		return file + " refused - no TVS answers"
	case errors.As(v.Refusal, &denied):
		return file + " refused - TVS says no"
	}
	return file + " refused"
}

// Every state that a phone and its cluster reach by so many acts from three
// beginnings keeps the rules; the diagram in the documents is what was seen.
func TestEveryReachableState(t *testing.T) {
	depth, diagram := 1, os.Getenv("ITLSIM_LONG") == "1" || *update
	if diagram {
		depth = longDepth
	}
	pool := testkeys.NewPool(1)
	var keys []*rsa.PrivateKey
	for range 60 {
		key, err := pool.Key(1024)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	seen := &edges{seen: make(map[[2]phone.State]map[string]bool)}
	known := make(map[string]bool)
	all := moves()
	// play carries a path out; it reports whether its last act was possible and
	// led to what is new.
	play := func(path []int) bool {
		w := small(t, keys, seen)
		var cuts [2]bool
		w.fleet.Send(phone.PowerOn{}, nil)
		require.NoError(t, w.fleet.Settle(t.Context()))
		for _, i := range path {
			if !all[i].do(w) {
				return false
			}
			switch all[i].name {
			case "pub cut":
				cuts[0] = true
			case "sub cut":
				cuts[1] = true
			case "heal":
				cuts = [2]bool{}
			}
			require.NoError(t, w.fleet.Advance(t.Context(), 6*time.Minute))
			if w.rest(false); w.failure != nil {
				var names []string
				for _, i := range path {
					names = append(names, all[i].name)
				}
				t.Fatalf("%s: %v", strings.Join(names, ", "), w.failure)
			}
		}
		key := w.key(cuts)
		fresh := !known[key]
		known[key] = true
		return fresh
	}
	path := func(names ...string) (path []int) {
		for _, name := range names {
			path = append(path, slices.IndexFunc(all, func(m move) bool { return m.name == name }))
		}
		return path
	}
	level := [][]int{nil, path("off"), path("off", "pub CallManager", "sub CallManager", "pub TVS", "sub TVS", "on")}
	for _, beginning := range level {
		require.True(t, play(beginning))
	}
	for range depth {
		var next [][]int
		for _, path := range level {
			for i := range all {
				longer := append(slices.Clone(path), i)
				if play(longer) {
					next = append(next, longer)
				}
			}
		}
		level = next
	}
	t.Logf("%d states of cluster and phone within %d acts of the three beginnings", len(known), depth)
	if !diagram {
		return
	}
	text := seen.diagram(len(known), depth)
	const file = "../../docs/trust-diagram.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(old), text, "stale: run ITLSIM_LONG=1 go test ./fleet/trial -run EveryReachable -update")
}

// longDepth is how many acts the diagram rests on.
const longDepth = 3

func (e *edges) diagram(states, depth int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# What leads from trust state to trust state

Generated by `+"`ITLSIM_LONG=1 go test ./fleet/trial -run EveryReachable -update`"+` from all sequences of %d acts (of the administrator, the phone and the network) on
two nodes with two generations of CallManager and TVS certificates and one phone, which has booted once, or lost its power after that, or is untrusted because everything was
regenerated meanwhile: %d different states of cluster and phone.

`+"```mermaid\nstateDiagram-v2\n    [*] --> none\n", depth, states)
	var table strings.Builder
	for from := phone.None; from <= phone.Untrusted; from++ {
		for to := phone.None; to <= phone.Untrusted; to++ {
			whys := e.seen[[2]phone.State{from, to}]
			if len(whys) == 0 {
				continue
			}
			fmt.Fprintf(&b, "    %s --> %s\n", from, to)
			var sorted []string
			for why := range whys {
				sorted = append(sorted, why)
			}
			slices.Sort(sorted)
			for _, why := range sorted {
				fmt.Fprintf(&table, "| %s | %s | %s |\n", from, to, why)
			}
		}
	}
	return b.String() + "```\n\n| from | to | by |\n|---|---|---|\n" + table.String()
}

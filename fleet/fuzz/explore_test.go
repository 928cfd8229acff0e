//go:build exploration

// Keys of 512 bits, which Go refuses otherwise: signatures are most of what the
// exploration costs.
//
//go:debug rsa1024min=0

package fuzz

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
	"itlsim/itl"
	"itlsim/phone"
)

var update = flag.Bool("update", false, "rewrite the diagram")

// lastByte is where forge changes or cuts a file, so that a format stays whole.
const lastByte = 0.99999

// inBoot is when a phone has judged its list and not its configuration.
const inBoot = 400 * time.Millisecond

// longDepth is how many acts the diagram rests on.
const longDepth = 6

// A place is cluster, phone and network at rest, and the acts that led there.
type place struct {
	*world
	keys   *keyring
	faults faults
	path   []string
	edges  *edges
}

// keyring gives the same keys, in the same order, to many clusters.
type keyring struct {
	keys []*rsa.PrivateKey
	n    int
}

func (k *keyring) Key(int) (*rsa.PrivateKey, error) {
	k.n++
	return k.keys[k.n-1], nil
}

// faults of network and nodes.
type faults struct {
	pubCut, subCut      bool // from the phone
	tvsDown, tvsStrange bool // on both nodes
	middle              middle
}

// middle is somebody between phone and TFTP.
type middle struct {
	ending string // of the files that it changes
	kind   int    // of forge
	unit   cucm.Unit
}

// begin is two nodes with TFTP and TVS, and one phone that was never on.
func begin(keys []*rsa.PrivateKey) (*place, error) {
	p := &place{world: &world{clock: virtual.NewClock(), network: virtual.LAN()}, keys: &keyring{keys: keys}}
	var err error
	p.cluster, err = cucm.New(cucm.Config{
		Nodes:  []cucm.NodeConfig{{Name: "pub", TFTP: true, TVS: true}, {Name: "sub", TFTP: true, TVS: true}},
		Domain: "lab", KeyBits: 1024, Clock: p.clock, Password: password, Keys: p.keys, SharedConfigurations: true,
	})
	if err != nil {
		return nil, err
	}
	p.connect()
	const name = "SEP001122334455"
	p.cluster.AddDevice(cucm.Device{Name: name, Group: p.cluster.Nodes()})
	var servers []string
	for _, n := range p.cluster.Nodes() {
		servers = append(servers, n.Address(cucm.TFTPService))
	}
	p.phones = []*phone.Phone{phone.New(phone.Setup{
		Name: name, IP: netip.MustParseAddr("127.16.0.1"), Profile: &phone.Profiles[0], Servers: servers, Library: &phone.Library{Remember: true},
	})}
	p.last, p.wanted, p.checkers = make([][]byte, 1), make([]uint32, 1), checkers(1)
	return p, nil
}

func (p *place) connect() {
	p.fleet = virtual.New(virtual.Config{Clock: p.clock, Seed: 1, Network: p.network, Workers: 1, Middle: p.world.middle, Watch: p.watch})
	p.fleet.Connect(p.cluster)
	p.first = p.cluster.Nodes()[:1]
}

// fork is the same place once more, in a world of its own.
func (p *place) fork(ctx context.Context) (*place, error) {
	q := &place{
		world: &world{clock: virtual.NewClock(), network: p.network, last: slices.Clone(p.last), wanted: slices.Clone(p.wanted)},
		keys:  &keyring{p.keys.keys, p.keys.n}, path: slices.Clip(p.path), edges: &edges{},
	}
	var err error
	if q.cluster, err = p.cluster.Fork(q.clock, q.keys); err != nil {
		return nil, err
	}
	q.connect()
	if err := q.fleet.Advance(ctx, p.clock.Elapsed()); err != nil {
		return nil, err
	}
	q.phones = []*phone.Phone{p.phones[0].Clone()}
	q.fleet.Add(q.phones[0])
	q.suffer(p.faults)
	q.checkers = []checker{q.edges}
	for _, c := range p.checkers {
		switch c := c.(type) {
		case *vouched:
			s := c.seen[0]
			q.checkers = append(q.checkers, &vouched{[]seen{{s.asked, slices.Clip(s.showed), slices.Clip(s.answers)}}})
		case *cured:
			q.checkers = append(q.checkers, &cured{slices.Clone(c.listTaken)})
		case *accounted:
			q.checkers = append(q.checkers, &accounted{maps.Clone(c.served)})
		case *verifies: // knows lists by where they stand, and keeps them
			q.checkers = append(q.checkers, &verifies{make(map[*byte]error)})
		default: // has no memory
			q.checkers = append(q.checkers, c)
		}
	}
	return q, nil
}

// suffer puts faults in force, in place of those before.
func (p *place) suffer(f faults) {
	p.faults = f
	p.fleet.Heal(p.network)
	for i, n := range p.cluster.Nodes() {
		if [2]bool{f.pubCut, f.subCut}[i] {
			p.fleet.Partition(n, 0, 1)
		}
		turn := p.fleet.Start
		if f.tvsDown {
			turn = p.fleet.Stop
		}
		_ = turn(n, cucm.TVSService) // a simulated network does as it is told
		n.SetFaults(nil)
		if f.tvsStrange {
			n.SetFaults(&cucm.Faults{TVS: n.Certificate(cucm.CallManager)})
		}
	}
	p.temper = nil
	if m := f.middle; m != (middle{}) {
		p.temper = func(_ int, name string, data []byte) []byte {
			if !strings.HasSuffix(name, m.ending) {
				return data
			}
			return p.forge(m.kind, lastByte, p.first[0], m.unit, name, data)
		}
	}
}

// A move is an act of the exploration.
type move struct {
	name string
	// changes tells whether the act is possible, and changes anything.
	changes func(*place) bool
	do      func(context.Context, *place) error
}

func moves() []move {
	always := func(*place) bool { return true }
	var all []move
	for i, name := range []string{"pub", "sub"} {
		for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
			all = append(all, move{
				name + ": " + string(unit) + " regenerated",
				func(p *place) bool { return p.cluster.Nodes()[i].Certificate(unit).Modified.IsZero() }, // two generations are enough
				func(_ context.Context, p *place) error { return p.cluster.Nodes()[i].Regenerate(unit) },
			})
		}
		all = append(all, move{name + ": TFTP restarted", always, func(_ context.Context, p *place) error {
			return p.cluster.Nodes()[i].Restart(cucm.TFTPService)
		}})
	}
	all = append(all, move{"utils itl reset localkey", always, reset})

	on := func(p *place) bool { return p.phones[0].On() }
	off := func(p *place) bool { return !on(p) }
	sent := func(name string, when func(*place) bool, ev phone.Event) {
		all = append(all, move{name, when, func(_ context.Context, p *place) error {
			p.fleet.Send(ev, nil)
			return nil
		}})
	}
	sent("phone switched on", off, phone.PowerOn{})
	sent("phone switched off", on, phone.PowerOff{})
	sent("phone reset", on, phone.Reset{})
	sent("lists erased", on, phone.EraseLists{})
	sent("factory reset", off, phone.FactoryReset{})
	all = append(all, move{"power lost during a boot", on, func(ctx context.Context, p *place) error {
		p.fleet.Send(phone.Reset{}, nil)
		if err := p.fleet.Advance(ctx, inBoot); err != nil {
			return err
		}
		p.fleet.Send(phone.PowerOff{}, nil)
		return nil
	}})

	fault := func(name string, put func(*faults)) {
		after := func(p *place) faults {
			f := p.faults
			put(&f)
			return f
		}
		all = append(all, move{name, func(p *place) bool { return after(p) != p.faults }, func(_ context.Context, p *place) error {
			p.suffer(after(p))
			return nil
		}})
	}
	fault("phone cut off from pub", func(f *faults) { f.pubCut = true })
	fault("phone cut off from sub", func(f *faults) { f.subCut = true })
	fault("TVS down on both", func(f *faults) { f.tvsDown, f.tvsStrange = true, false })
	fault("TVS shows a wrong certificate on both", func(f *faults) { f.tvsDown, f.tvsStrange = false, true })
	between := func(does string, m middle) {
		fault("somebody between phone and TFTP "+does, func(f *faults) { f.middle = m })
	}
	between("changes a bit of lists", middle{".tlv", 0, ""})
	between("cuts lists short", middle{".tlv", 1, ""})
	between("signs lists with a TVS key", middle{".tlv", 2, cucm.TVSUnit})
	between("changes a bit of configurations", middle{".sgn", 0, ""})
	between("signs configurations with the ITLRECOVERY key", middle{".sgn", 2, cucm.ITLRecovery})
	fault("all faults end", func(f *faults) { *f = faults{} })
	return all
}

// reset is `utils itl reset localkey` without the question for the password, which
// costs more than all the rest.
func reset(_ context.Context, p *place) error {
	r, err := p.cluster.Publisher().BeginReset()
	if err != nil {
		return err
	}
	defer r.End()
	if err := r.Generate(nil); err != nil {
		return err
	}
	if err := r.Transfer(); err != nil {
		return err
	}
	for _, n := range r.Active {
		err = errors.Join(err, r.Restart(n))
	}
	return err
}

// play does a move in a world of its own; the error is, among others, of a rule
// that does not hold.
func (p *place) play(ctx context.Context, m move) (*place, error) {
	q, err := p.fork(ctx)
	if err != nil {
		return nil, err
	}
	q.path = append(q.path, m.name)
	if err = m.do(ctx, q); err == nil {
		err = q.fleet.Advance(ctx, 6*time.Minute) // past the guard
	}
	if err == nil && q.fleet.Busy() > 0 {
		err = errors.New("the phone is not at rest")
	}
	if q.rest(false); err == nil && q.failure != nil {
		err = fmt.Errorf("%s: %w", q.failure.Checker, q.failure.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(q.path, ", "), err)
	}
	return q, nil
}

// strip lets go of what fork makes anew.
func (p *place) strip() (err error) {
	p.fleet, p.first, p.temper, p.edges = nil, nil, nil, nil
	p.checkers = slices.DeleteFunc(p.checkers, func(c checker) bool {
		_, draws := c.(*edges)
		return draws
	})
	p.cluster, err = p.cluster.Fork(p.clock, p.keys)
	return err
}

// key names what decides on all that may follow, whatever the times and serial
// numbers: certificates that were replaced sign nothing any more, and no TVS
// shows them.
func (p *place) key() string {
	present := make(map[string]string)
	for i, n := range p.cluster.Nodes() {
		for _, unit := range cucm.Units {
			present[string(itl.IdentityOf(n.Certificate(unit).Certificate).Serial)] = fmt.Sprint(i, unit)
		}
	}
	of := func(id itl.Identity) string { return present[string(id.Serial)] }
	records := func(l *itl.List) (all []string) {
		for _, rec := range l.Records {
			if name := of(rec.Identity); name != "" {
				all = append(all, name)
			}
		}
		return all
	}
	f := p.phones[0].Flash()
	key := fmt.Sprint(p.faults, p.phones[0].On(), p.phones[0].State(), f.Config != nil, p.cluster.Registered())
	if f.Lists.ITL != nil {
		key += fmt.Sprint(records(f.Lists.ITL))
	}
	var vouched []string
	for _, v := range f.Vouches {
		vouched = append(vouched, of(v.Signer))
	}
	slices.Sort(vouched)
	key += strings.Join(slices.Compact(vouched), " ")
	for _, n := range p.cluster.Nodes() {
		same := f.Lists.ITL != nil && f.Lists.ITL.SHA1() == n.ITL().SHA1()
		key += fmt.Sprint(of(n.ITL().Signer), records(n.ITL()), same, n.Certificate(cucm.CallManager).Modified.IsZero(), n.Certificate(cucm.TVSUnit).Modified.IsZero())
	}
	return key
}

// exploration is what was found.
type exploration struct {
	known  map[string]bool // places, by key
	edges  edges
	depths []growth
}

// growth is how many sequences and places there are within so many acts.
type growth struct{ sequences, places int }

// from plays every move at every place of a level, on all cores, and gives the
// places that are new, each as the first sequence in the order of levels and
// moves reached it, however many cores there are.
func (x *exploration) from(ctx context.Context, level []*place, last bool) ([]*place, error) {
	type first struct {
		sequence int
		*place
	}
	all := moves()
	var next, plays atomic.Int64
	var cores sync.WaitGroup
	var mu sync.Mutex // of fresh and the edges
	fresh := make(map[string]first)
	play := func(i int) error {
		m, from := all[i%len(all)], level[i/len(all)]
		if !m.changes(from) {
			return nil
		}
		p, err := from.play(ctx, m)
		if err != nil {
			return err
		}
		plays.Add(1)
		key := p.key()
		mu.Lock()
		defer mu.Unlock()
		x.edges.add(p.edges)
		if f, ok := fresh[key]; x.known[key] || ok && f.sequence < i {
			return nil
		}
		if last {
			p = nil
		} else {
			err = p.strip()
		}
		fresh[key] = first{i, p}
		return err
	}
	errs := make([]error, runtime.GOMAXPROCS(0))
	for core := range errs {
		cores.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(level)*len(all) && errs[core] == nil; i = int(next.Add(1)) - 1 {
				errs[core] = play(i)
			}
		})
	}
	cores.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	before := 0
	if n := len(x.depths); n > 0 {
		before = x.depths[n-1].sequences
	}
	var places []*place
	for _, f := range slices.SortedFunc(maps.Values(fresh), func(a, b first) int { return cmp.Compare(a.sequence, b.sequence) }) {
		places = append(places, f.place)
	}
	for key := range fresh {
		x.known[key] = true
	}
	x.depths = append(x.depths, growth{before + int(plays.Load()), len(x.known)})
	return places, nil
}

// beginnings are where the exploration starts: a phone that booted once, that
// lost its power then, and that is untrusted because everything was regenerated
// meanwhile.
var beginnings = [][]string{
	{"phone switched on"},
	{"phone switched on", "phone switched off"},
	{"phone switched on", "phone switched off", "pub: CallManager regenerated", "sub: CallManager regenerated", "pub: TVS regenerated", "sub: TVS regenerated", "phone switched on"},
}

// Every state that a phone and its cluster reach by so many acts keeps the rules,
// and the diagram in the documents is what was seen.
func TestEveryReachableState(t *testing.T) {
	depth, diagram := 2, os.Getenv("ITLSIM_LONG") == "1" || *update
	if diagram {
		depth = longDepth
	}
	var keys []*rsa.PrivateKey
	for range 40 {
		key, err := rsa.GenerateKey(rand.Reader, 512)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	x := &exploration{known: make(map[string]bool)}
	var level []*place
	all := moves()
	for _, names := range beginnings {
		p, err := begin(keys)
		require.NoError(t, err)
		for _, name := range names {
			i := slices.IndexFunc(all, func(m move) bool { return m.name == name })
			p, err = p.play(t.Context(), all[i])
			require.NoError(t, err)
			x.edges.add(p.edges)
		}
		x.known[p.key()] = true
		require.NoError(t, p.strip())
		level = append(level, p)
	}
	for d := range depth {
		var err error
		level, err = x.from(t.Context(), level, d == depth-1)
		require.NoError(t, err)
		t.Logf("%d acts: %d sequences, %d states of cluster, phone and network, %d of them new", d+1, x.depths[d].sequences, x.depths[d].places, len(level))
	}
	if !diagram {
		return
	}
	text := x.document()
	const file = "../../docs/trust-diagram.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(old), text, "stale: run ITLSIM_LONG=1 go test -tags exploration ./fleet/fuzz -run EveryReachable -update")
}

package fuzz

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
	"itlsim/itl"
	"itlsim/phone"
)

// A situation is a cluster, a phone and the network between them, at rest, and
// the moves that led there.
type situation struct {
	*trial
	keys   *keyring
	faults faults
	path   []move
	edges  *edges // of the last move

	open []int // moves that change something here, by their index; set by freeze
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
	ending  string // of the files that it changes
	forgery forgery
	unit    cucm.Unit
}

// begin is two nodes with TFTP and TVS, and one phone that was never on.
func begin(keys []*rsa.PrivateKey) (*situation, error) {
	p := &situation{
		trial: &trial{clock: virtual.NewClock(), network: virtual.LAN()},
		keys:  &keyring{keys: keys}, edges: &edges{},
	}
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
	p.add(phone.New(phone.Setup{
		Name: name, IP: netip.MustParseAddr("127.16.0.1"), Profile: phone.Profiles()[0], Servers: servers,
		Library: &phone.Library{Remember: true},
	}))
	p.start(append([]checker{p.edges}, checkers(1)...))
	return p, nil
}

// connect makes a fleet, and puts the cluster on its network.
func (p *situation) connect() {
	p.fleet = virtual.New(virtual.Config{
		Clock: p.clock, Seed: 1, Network: p.network, Workers: 1, Middle: p.trial.middle, Watch: p.watch,
	})
	p.fleet.Connect(p.cluster)
	p.first = p.cluster.Nodes()[:1]
}

func (p *situation) add(it *phone.Phone) {
	p.phones = []*phone.Phone{it}
	p.fleet.Add(it)
}

// lastByte is where files are changed or cut, so that their format stays whole.
const lastByte = 0.99999

// setFaults puts faults in the place of those before.
func (p *situation) setFaults(f faults) {
	p.faults = f
	p.fleet.Heal(p.network)
	for i, n := range p.cluster.Nodes() {
		if [2]bool{f.pubCut, f.subCut}[i] {
			p.fleet.Partition(n, 0, 1)
		}
		if f.tvsDown {
			_ = p.fleet.Stop(n, cucm.TVSService) // which a simulated network never refuses
		} else {
			_ = p.fleet.Start(n, cucm.TVSService)
		}
		n.SetFaults(nil)
		if f.tvsStrange {
			n.SetFaults(&cucm.Faults{TVS: n.Certificate(cucm.CallManager)})
		}
	}
	p.tamper = nil
	if m := f.middle; m != (middle{}) {
		forger := forger{forgery: m.forgery, at: lastByte, node: p.first[0], unit: m.unit}
		p.tamper = func(_ int, name string, data []byte) []byte {
			if !strings.HasSuffix(name, m.ending) {
				return data
			}
			return forger.forge(name, data, p.clock.Now())
		}
	}
}

// play does a move in the same situation, in a world of its own. The error is,
// among others, of a rule that does not hold.
func (p *situation) play(ctx context.Context, m move) (*situation, error) {
	q, err := p.again(ctx)
	if err != nil {
		return nil, err
	}
	q.edges.seen = nil
	return q, q.move(ctx, m)
}

// move does a move, and waits until everything is at rest.
func (p *situation) move(ctx context.Context, m move) error {
	p.path = append(p.path, m)
	err := m.do(ctx, p)
	if err == nil {
		err = p.fleet.Advance(ctx, 6*time.Minute) // past the guard
	}
	if err == nil && p.fleet.Busy() > 0 {
		err = errors.New("the phone is not at rest")
	}
	if p.atRest(false); err == nil && p.failure != nil {
		err = fmt.Errorf("%s: %w", p.failure.Checker, p.failure.Err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(p.names(), ", "), err)
	}
	return nil
}

// names are those of the moves that led here.
func (p *situation) names() (names []string) {
	for _, m := range p.path {
		names = append(names, m.name)
	}
	return names
}

// freeze notes which moves are possible, and lets go of what again makes anew.
func (p *situation) freeze(all []move) error {
	for i, m := range all {
		if m.changes(p) {
			p.open = append(p.open, i)
		}
	}
	p.edges.seen = nil
	return p.shrink()
}

// key names everything that decides what can follow, whatever the times and
// serial numbers. Certificates that were replaced are left out: they sign nothing
// any more, and no TVS shows them.
func (p *situation) key() string {
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
		first := func(unit cucm.Unit) bool { return n.Certificate(unit).Modified.IsZero() }
		key += fmt.Sprint(of(n.ITL().Signer), records(n.ITL()), same, first(cucm.CallManager), first(cucm.TVSUnit))
	}
	return key
}

package fuzz

import (
	"context"
	"encoding/binary"
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
	"itlsim/itl"
	"itlsim/phone"
)

// Options of a trial. The zero value is the trial of seed 0, with all its acts.
type Options struct {
	Seed uint64
	// Keep are the numbers of the acts to carry out; nil stands for all. Cluster,
	// fleet and their randomness stay those of the seed.
	Keep []int
	// Library, if not nil, makes what the phones share.
	Library func() *phone.Library
	// Served, if not nil, changes what TFTP serves before anybody else sees it:
	// tests plant a fault there that the checkers must find.
	Served func(name string, data []byte) []byte
}

// trial is one run: a cluster, its phones and what happens to them.
type trial struct {
	options Options
	random  *rand.Rand // of the plan
	clock   *virtual.Clock
	keys    cucm.KeySource // of cluster and LSCs
	cluster *cucm.Cluster
	fleet   *virtual.Fleet
	phones  []*phone.Phone
	first   []*cucm.Node // of each phone's TFTP servers
	network virtual.Network

	tamper     func(phone int, name string, data []byte) []byte // nil: nobody is in the middle
	poweredOff map[*cucm.Node]bool

	lastFile [][]byte // that each phone got
	fetching []uint32 // Seq of each phone's last request for a file
	checkers []checker
	failure  *Failure // the first
}

// keyBits is how long keys are.
const keyBits = 1024

// password is that of the cluster's administrator.
const password = "trial"

// newTrial makes cluster and fleet from the seed.
func newTrial(o Options) (*trial, error) {
	t := &trial{
		options: o, random: rand.New(rand.NewPCG(o.Seed, 1)), keys: testkeys.NewPool(o.Seed),
		clock: virtual.NewClock(), network: virtual.LAN(), poweredOff: make(map[*cucm.Node]bool),
	}
	var err error
	if t.cluster, err = t.newCluster(); err != nil {
		return nil, err
	}
	t.fleet = virtual.New(virtual.Config{
		Clock: t.clock, Seed: o.Seed, Network: t.network, Workers: 1, Middle: t.middle, Watch: t.watch,
	})
	t.fleet.Connect(t.cluster)
	library := &phone.Library{Remember: true}
	if o.Library != nil {
		library = o.Library()
	}
	for i := range 2 + t.random.IntN(5) {
		t.addPhone(i, library)
	}
	t.start(checkers(len(t.phones)))
	return t, nil
}

// start has these checkers look at the phones from now on.
func (t *trial) start(all []checker) {
	t.lastFile, t.fetching, t.checkers = make([][]byte, len(t.phones)), make([]uint32, len(t.phones)), all
}

// ReleaseOf is the release that the cluster of a seed is of: the releases follow
// each other from seed to seed, so that as many trials as there are releases play all.
func ReleaseOf(seed uint64) cucm.Release {
	all := cucm.Releases()
	return all[seed%uint64(len(all))]
}

func (t *trial) newCluster() (*cucm.Cluster, error) {
	seed := [32]byte{}
	binary.LittleEndian.PutUint32(seed[1:], uint32(t.options.Seed))
	cfg := cucm.Config{
		Domain: "joemar2.lab", Location: cucm.Location{Organization: "cisco", Country: "US"}, KeyBits: keyBits,
		Clock: t.clock, Password: password, SharedConfigurations: true,
		Keys: t.keys, Random: rand.NewChaCha8(seed),
		Release: ReleaseOf(t.options.Seed),
	}
	for i := range 1 + t.random.IntN(3) {
		name := "test10pub"
		if i > 0 {
			name = fmt.Sprintf("test10sub%d", i)
		}
		cfg.Nodes = append(cfg.Nodes, cucm.NodeConfig{Name: name, TFTP: true, TVS: i == 0 || t.random.IntN(4) > 0})
	}
	return cucm.New(cfg)
}

// addPhone adds a phone of any model, which asks some of the nodes for files.
func (t *trial) addPhone(i int, library *phone.Library) {
	group := slices.Clone(t.cluster.Nodes())
	t.random.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
	group = group[:1+t.random.IntN(len(group))]
	var servers []string
	for _, n := range group {
		servers = append(servers, n.Address(cucm.TFTPService))
	}
	profile := t.profile()
	name := fmt.Sprintf("SEP001BD4%06X", i)
	t.cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: group})
	p := phone.New(phone.Setup{
		Name: name, IP: netip.AddrFrom4([4]byte{127, 16, 0, byte(i + 1)}), Profile: profile,
		Servers: servers, Library: library,
	})
	t.phones, t.first = append(t.phones, p), append(t.first, group[0])
	t.fleet.Add(p)
}

// profile is one of the usual mix of models, or of the whole table.
func (t *trial) profile() *phone.Profile {
	if profiles := phone.Profiles(); t.random.IntN(3) > 0 {
		return profiles[t.random.IntN(len(profiles))]
	}
	models := phone.Models()
	p, _ := phone.NewProfile(models[t.random.IntN(len(models))].Name, "") // none of them is unknown
	return p
}

// middle stands between TFTP and phones: it has lists checked as they leave a
// node, and tampers with files.
func (t *trial) middle(i int, name string, data []byte, err error) ([]byte, error) {
	if t.options.Served != nil && err == nil {
		data = t.options.Served(name, data)
	}
	for _, c := range t.checkers {
		v, ok := c.(*verifies)
		if ok && err == nil && strings.HasSuffix(name, ".tlv") && t.failure == nil {
			t.judge(v, v.serve(name, data))
		}
	}
	if err != nil || t.tamper == nil {
		return data, err
	}
	return t.tamper(i, name, data), nil
}

// watch has every checker look at a step. The first failure ends the trial.
func (t *trial) watch(s *virtual.Step) {
	if f, ok := s.Event.(phone.FileReceived); ok && f.Seq == t.fetching[s.Index] { // rather than a late copy
		t.lastFile[s.Index] = f.Data
	}
	for _, a := range s.Actions {
		if f, ok := a.(phone.Fetch); ok {
			t.fetching[s.Index] = f.Seq
		}
	}
	for _, c := range t.checkers {
		if t.failure == nil {
			t.judge(c, c.step(t, s))
		}
	}
}

func (t *trial) judge(c checker, err error) {
	if err != nil {
		t.failure = &Failure{Seed: t.options.Seed, Checker: c.name(), Err: err}
	}
}

// atRest has the checkers look at the whole while nothing happens.
func (t *trial) atRest(end bool) {
	for _, c := range t.checkers {
		if t.failure == nil {
			t.judge(c, c.atRest(t, end))
		}
	}
}

// Run carries out a trial. The error is a *Failure, the context's, or why the
// trial could not be made.
func Run(ctx context.Context, o Options) error {
	t, err := newTrial(o)
	if err != nil {
		return err
	}
	return t.run(ctx)
}

func (t *trial) run(ctx context.Context) error {
	done, err := t.carryOut(ctx, t.plan())
	if err != nil {
		return err
	}
	if t.failure == nil {
		if err := t.heal(ctx); err != nil {
			return err
		}
		t.atRest(true)
	}
	if t.failure != nil {
		t.failure.Acts = done
		return t.failure
	}
	return nil
}

// carryOut does the acts of a plan until a checker fails.
func (t *trial) carryOut(ctx context.Context, plan []Act) (done []Act, err error) {
	t.fleet.Send(phone.PowerOn{}, nil)
	for _, a := range plan {
		if keep := t.options.Keep; keep != nil && !slices.Contains(keep, a.Number) {
			continue
		}
		done = append(done, a)
		if err := a.do(ctx, t); err != nil {
			return done, err
		}
		if err := t.fleet.Advance(ctx, a.then); err != nil {
			return done, err
		}
		if t.atRest(false); t.failure != nil {
			return done, nil
		}
	}
	return done, nil
}

// heal ends all faults, and has the administrator do what brings phones back.
func (t *trial) heal(ctx context.Context) error {
	t.tamper = nil
	t.fleet.Heal(virtual.LAN())
	for _, n := range t.cluster.Nodes() {
		n.SetFaults(nil)
		if err := t.power(n, true); err != nil {
			return err
		}
		t.command(n, "utils service start "+string(cucm.TVSService)) // a node without TVS refuses
	}
	for _, n := range t.cluster.Nodes()[1:] {
		if err := n.Rejoin(t.cluster.Publisher()); err != nil {
			return err
		}
	}
	t.fleet.Send(phone.PowerOn{}, nil)
	if err := t.fleet.Settle(ctx); err != nil {
		return err
	}
	facts := t.cluster.Release().Facts()
	if facts.ResetSigner == "" {
		return nil // nothing brings phones back
	}
	for _, n := range t.cluster.Nodes()[1:] {
		if err := t.follow(n); err != nil {
			return err
		}
	}
	if err := t.resetCTL(facts); err != nil {
		return err
	}
	if err := t.resetLists(); err != nil {
		return err
	}
	for _, c := range t.checkers {
		if a, ok := c.(*alive); ok {
			a.expect(t)
		}
	}
	t.fleet.Send(phone.Reset{}, nil)
	if err := t.fleet.Settle(ctx); err != nil {
		return err
	}
	return t.renew(ctx)
}

// renew is the second half of the guide's procedure: in mixed mode the CTL is made
// anew, TFTP is restarted, its usual key signs again, and the phones are reset once
// more.
func (t *trial) renew(ctx context.Context) error {
	mixed := t.cluster.SecurityMode() == cucm.Mixed
	if !mixed && t.cluster.Release().Facts().ListSigner != cucm.ITLRecovery {
		return nil
	}
	if mixed {
		if err := t.command(t.cluster.Publisher(), "utils ctl update CTLFile", "y"); err != nil {
			return err
		}
	}
	if err := t.restartTFTP(); err != nil {
		return err
	}
	t.fleet.Send(phone.Reset{}, nil)
	return t.fleet.Settle(ctx)
}

// resetCTL has the CTL made anew in mixed mode, and signed by the key that resets lists
// where the release's CTL knows it; in non-secure mode it is deleted.
func (t *trial) resetCTL(facts *cucm.Facts) error {
	pub := t.cluster.Publisher()
	switch {
	case t.cluster.SecurityMode() == cucm.NonSecure:
		for _, n := range t.cluster.Nodes() {
			t.command(n, "file delete tftp "+itl.CTLFilename, "y") // a node without one refuses
		}
	case slices.Contains(facts.CTLSigners, facts.ResetSigner):
		for _, line := range []string{"utils ctl update CTLFile", "utils ctl reset localkey"} {
			if err := t.command(pub, line, "y"); err != nil {
				return err
			}
		}
	}
	if facts.CTLRestarts {
		return t.restartTFTP()
	}
	return nil
}

// restartTFTP restarts it on all nodes.
func (t *trial) restartTFTP() error {
	for _, n := range t.cluster.Nodes() {
		if err := t.command(n, "utils service restart Cisco Tftp"); err != nil {
			return err
		}
	}
	return nil
}

// follow upgrades a subscriber to the publisher's version, if it is behind.
func (t *trial) follow(n *cucm.Node) error {
	active, _ := n.Versions()
	publishers, _ := t.cluster.Publisher().Versions()
	if active == publishers {
		return nil
	}
	return t.command(n, "utils system upgrade initiate", publishers, "yes", "yes")
}

// resetLists has the publisher reset the lists.
func (t *trial) resetLists() error {
	pub := t.cluster.Publisher()
	err := t.command(pub, "utils itl reset localkey", password)
	if _, stale := errors.AsType[*cucm.StaleListError](err); !stale {
		return err
	}
	// The ITLRecovery certificate is newer than the list. As the refusal advises,
	// TFTP is restarted first.
	if err := t.command(pub, "utils service restart Cisco Tftp"); err != nil {
		return err
	}
	return t.command(pub, "utils itl reset localkey", password)
}

// power switches a node off or on; nothing happens where it is so already.
func (t *trial) power(n *cucm.Node, on bool) error {
	if t.poweredOff[n] != on {
		return nil
	}
	t.poweredOff[n] = !on
	if on {
		return n.PowerOn()
	}
	return n.PowerOff()
}

// command types a command. Its error is why a node refuses it.
func (t *trial) command(n *cucm.Node, line string, answers ...string) error {
	return cli.Run(n, &cli.Script{Answers: answers}, line)
}

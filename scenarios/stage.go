package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"itlsim/cnf"
	"itlsim/cucm"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	fleetwire "itlsim/fleet/wire"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// A Stage is what a scenario plays on.
type Stage struct {
	Cluster *cucm.Cluster
	Other   *cucm.Cluster // nil where there is none
	Fleet   fleet.Fleet
	world   world

	members  []member // as the fleet's phones
	networks map[*cucm.Cluster]cucm.Network

	// what phones and those who judge them share
	orders     map[string]*order
	identities sync.Map // itl.Identity by *cucm.Certificate

	names       []string // addresses and what they are
	plainly     *strings.Replacer
	before      before // how things were when the step began
	judged      []ExpectationReport
	disturbance Disturbance
	sftp        *sftpServers
	nodes       map[string]*cucm.Node // by the name in the file, whatever they are called by now

	password string // that stands for defaultPassword in this run
	types    func(n *cucm.Node, line string, answers []string) (string, error)
	ended    func() // has time stop on a live stage
}

// member is what the plan says of a phone; what it is like at a time is a view.
type member struct {
	Group   string
	Offline bool
	Profile *phone.Profile
	node    *cucm.Node // its first TFTP server
	held    *itl.List  // when the step began
}

// order is nodes in some order, and their TFTP servers where they were asked for:
// phones share it.
type order struct {
	nodes   []*cucm.Node
	servers []string
}

// before is what later expectations compare with.
type before struct {
	lists map[*cucm.Node]*itl.List
	certs map[*cucm.Node]map[cucm.Unit]*cucm.Certificate
}

// defaultPassword is the administrator's, and the cluster security password,
// where a file names none. A run may have another, which stands in its place
// wherever a file has this one.
const defaultPassword = "ciscocisco"

// secret is a word of the file, a password maybe, as it is in this run.
func (st *Stage) secret(word string) string {
	if word == defaultPassword {
		return st.password
	}
	return word
}

// openStage installs the clusters and puts the phones up.
func openStage(s Scenario, opt Options) (st *Stage, err error) {
	limits := fleet.Limits{Boots: cmp.Or(opt.Boots, fleetwire.DefaultBoots)}
	var w world
	if opt.Mode == Virtual {
		sim := simulate(opt)
		if opt.Keys == nil {
			opt.Keys = sim.keyPool()
		}
		w = sim
	} else if err := enoughDescriptors(limits.Boots); err != nil {
		return nil, err
	} else {
		w = openWire(s.Network, opt)
	}
	st = &Stage{
		password: cmp.Or(opt.Password, defaultPassword), ended: func() {},
		world:    w,
		networks: make(map[*cucm.Cluster]cucm.Network), nodes: make(map[string]*cucm.Node),
		orders: make(map[string]*order),
	}
	begun := st // which an error's return takes away
	defer func() {
		if err != nil {
			begun.world.Close()
			if begun.sftp != nil {
				begun.sftp.Close()
			}
		}
	}()
	servers := slices.Clone(s.SFTP)
	for i := range servers {
		servers[i].Password = st.secret(servers[i].Password)
	}
	if st.sftp, err = listenSFTP(servers); err != nil {
		return nil, err
	}
	if st.Cluster, err = st.install(s.Cluster, opt); err != nil {
		return nil, err
	}
	if s.Other != nil {
		if st.Other, err = st.install(*s.Other, opt); err != nil {
			return nil, err
		}
	}
	if st.Fleet, err = st.world.Fleet(limits); err != nil {
		return nil, err
	}
	keys := opt.Keys
	if keys == nil {
		keys = cucm.GeneratedKeys{}
	}
	real := inventory.NewCounterparts(inventory.Site{
		Cluster: st.Cluster, Nodes: st.nodes, Served: s.Present, Keys: keys, Clock: st.world,
	})
	if err := st.populate(s.Groups, real); err != nil {
		st.Fleet.Close()
		return nil, err
	}
	if live := opt.Live; live != nil {
		st.types = live.Type
		ctx, cancel := context.WithCancel(context.Background())
		var passing sync.WaitGroup
		passing.Go(func() { st.live(ctx, live.Trouble) })
		st.ended = func() {
			cancel()
			passing.Wait()
		}
	}
	return st, nil
}

func (st *Stage) install(cfg cucm.Config, opt Options) (*cucm.Cluster, error) {
	cfg.Clock, cfg.Keys, cfg.Dial = st.world, opt.Keys, st.sftp.Dial
	cfg.SendMail = cucmwire.Mailer(st.sftp.Dial)
	cfg.Security = st.secret(cmp.Or(cfg.Security, defaultPassword))
	cfg.Password = st.secret(cmp.Or(cfg.Password, defaultPassword))
	if opt.Live != nil {
		cfg.Logged = opt.Live.Logged
	}
	cfg.KeyBits = cmp.Or(cfg.KeyBits, opt.KeyBits)
	if sim, ok := st.world.(*simulated); ok {
		sim.prepare(&cfg, uint64(len(st.networks)))
	}
	c, err := cucm.New(cfg)
	if err != nil {
		return nil, err
	}
	if st.networks[c], err = st.world.Connect(c); err != nil {
		return nil, err
	}
	for _, n := range c.Nodes() {
		st.nodes[n.Name()] = n
		for _, s := range []cucm.Service{cucm.TFTPService, cucm.TVSService} {
			if a := n.Address(s); a != "" {
				st.names = append(st.names, "TVS "+a, "TVS of "+n.Name(), a, short(s)+" of "+n.Name())
			}
		}
	}
	return c, nil
}

// short is how sentences call a service.
func short(s cucm.Service) string {
	if s == cucm.TFTPService {
		return "TFTP"
	}
	return "TVS"
}

// populate puts the phones up, dealt from all groups in turn, so that whatever
// reaches all phones reaches each node from the beginning.
func (st *Stage) populate(groups []Group, real *inventory.Counterparts) error {
	total := 0
	for _, g := range groups {
		total += g.Count
	}
	sim, remembers := st.world.(*simulated)
	if remembers {
		sim.fleet.Reserve(total)
	}
	st.members = make([]member, 0, total)
	library := &phone.Library{Remember: remembers}
	dealt := make([]int, len(groups))
	for i := range total {
		at := 0 // the group that is the furthest behind
		for j, g := range groups {
			if dealt[j] < g.Count && (dealt[at] >= groups[at].Count || (dealt[j]+1)*groups[at].Count < (dealt[at]+1)*g.Count) {
				at = j
			}
		}
		if err := st.add(&groups[at], dealt[at], i, library, real); err != nil {
			return err
		}
		dealt[at]++
	}
	st.remember()
	return nil
}

// order finds nodes by their names.
func (st *Stage) order(names []string) (*order, error) {
	key := strings.Join(names, " ")
	if o, ok := st.orders[key]; ok {
		return o, nil
	}
	o := &order{}
	for _, name := range names {
		n, err := st.Node(name)
		if err != nil {
			return nil, err
		}
		o.nodes = append(o.nodes, n)
	}
	st.orders[key] = o
	return o, nil
}

// tftp finds nodes that serve TFTP, and where.
func (st *Stage) tftp(names []string) (*order, error) {
	o, err := st.order(names)
	if err != nil || o.servers != nil {
		return o, err
	}
	for _, n := range o.nodes {
		address, err := st.world.TFTP(n)
		if err != nil {
			return nil, err
		}
		o.servers = append(o.servers, address)
	}
	return o, nil
}

// add puts up the k-th phone of a group, the i-th of all.
func (st *Stage) add(g *Group, k, i int, library *phone.Library, real *inventory.Counterparts) error {
	models := g.Models
	if len(models) == 0 {
		for j := range phone.Profiles {
			models = append(models, &phone.Profiles[j])
		}
	}
	name, profile, order := fmt.Sprintf("SEP001BD4%06X", i), models[k%len(models)], g.TFTP
	offline := k >= g.Count-portion(g.Offline, g.Count)
	if len(g.Devices) > 0 {
		d := g.Devices[k]
		name, profile, offline = d.Name, d.Profile, !d.Registered
		order = first(d.TFTP, g.TFTP)
	}
	managers := g.CallManagers
	if len(managers) == 0 {
		managers = order
	}
	tftp, err := st.tftp(order)
	if err != nil {
		return err
	}
	group, err := st.order(managers)
	if err != nil {
		return err
	}
	st.Cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: group.nodes})
	if st.Other != nil { // moved phones are configured there beforehand
		st.Other.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: st.Other.Nodes()})
	}
	m := member{Group: g.Name, Offline: offline, Profile: profile, node: tftp.nodes[0]}
	flash, err := st.holding(g, k, name, m.node, real)
	if err != nil {
		return err
	}
	st.members = append(st.members, m)
	st.Fleet.Add(phone.New(phone.Setup{
		Name: name, IP: phoneIP(i), Profile: profile, Servers: tftp.servers, Library: library, Flash: flash,
	}))
	return nil
}

// first puts one of the names before the others.
func first(name string, names []string) []string {
	if name == "" {
		return names
	}
	order := []string{name}
	for _, n := range names {
		if n != name {
			order = append(order, n)
		}
	}
	return order
}

// holding is what a phone holds at the beginning.
func (st *Stage) holding(g *Group, k int, name string, node *cucm.Node, real *inventory.Counterparts) (phone.Flash, error) {
	var flash phone.Flash
	switch {
	case len(g.Devices) > 0:
		list, err := real.Held(&g.Devices[k], node)
		if err != nil {
			return flash, err
		}
		flash.Lists.ITL = list
	case g.Holds == PresentITL:
		flash.Lists.ITL = node.ITL()
	case g.Holds == OldITL:
		list, err := withoutRecovery(node, st.world.Now())
		if err != nil {
			return flash, err
		}
		flash.Lists.ITL = list
	}
	if flash.Lists.ITL == nil {
		return flash, nil
	}
	data, err := node.File(name + ".cnf.xml")
	if err != nil {
		return flash, err
	}
	flash.Config, err = cnf.Parse(data)
	return flash, err
}

// withoutRecovery is the node's list as a release before 10.0 would have made
// it (M3, M10).
func withoutRecovery(n *cucm.Node, at time.Time) (*itl.List, error) {
	list := n.ITL()
	t := itl.Template{Filename: itl.ITLFilename, Timestamp: at, Digest: list.Digest}
	for _, r := range list.Records {
		if !strings.HasPrefix(itl.CommonName(r.Subject), cucm.RecoveryPrefix) {
			t.Records = append(t.Records, r)
		}
	}
	return t.Sign(n.Certificate(cucm.CallManager).Signer)
}

// phoneIP gives each phone an address of its own, from 127.16.0.1 on.
func phoneIP(i int) netip.Addr {
	n := i + 1
	return netip.AddrFrom4([4]byte{127, byte(16 + n>>16), byte(n >> 8), byte(n)})
}

// Close ends everything that the stage runs.
func (st *Stage) Close() error {
	st.ended()
	st.Fleet.Close()
	return errors.Join(st.world.Close(), st.sftp.Close())
}

func (st *Stage) member(name string) *member { return &st.members[st.Fleet.Index(name)] }

// Views are the phones as they are now, in the order of the groups' dealing. For
// a large fleet see All of its Fleet.
func (st *Stage) Views() []fleet.View { return slices.Collect(st.Fleet.All()) }

// each looks at the phones as they are now, one at a time: a million views at
// once would have no room.
func (st *Stage) each(look func(int, *member, *fleet.View)) {
	i := 0
	var v fleet.View // one for all
	for v = range st.Fleet.All() {
		look(i, &st.members[i], &v)
		i++
	}
}

// Clusters are one or two, the scenario's own first.
func (st *Stage) Clusters() []*cucm.Cluster {
	if st.Other == nil {
		return []*cucm.Cluster{st.Cluster}
	}
	return []*cucm.Cluster{st.Cluster, st.Other}
}

// Node finds a node of either cluster by the name that the scenario gives it.
func (st *Stage) Node(name string) (*cucm.Node, error) {
	if n, ok := st.nodes[name]; ok {
		return n, nil
	}
	return nil, fmt.Errorf("the cluster has no node %s", name)
}

// remember notes how things are, for what "has not changed".
func (st *Stage) remember() {
	st.before = before{lists: make(map[*cucm.Node]*itl.List), certs: make(map[*cucm.Node]map[cucm.Unit]*cucm.Certificate)}
	for _, c := range st.Clusters() {
		for _, n := range c.Nodes() {
			st.before.lists[n] = n.ITL()
			st.before.certs[n] = make(map[cucm.Unit]*cucm.Certificate)
			for _, u := range cucm.Units {
				st.before.certs[n][u] = n.Certificate(u)
			}
		}
	}
	st.each(func(_ int, m *member, v *fleet.View) { m.held = v.Flash.Lists.ITL })
}

// Do carries an act out and lets the phones finish what follows from it.
func (st *Stage) Do(ctx context.Context, a Act) error {
	if err := a.Do(ctx, st); err != nil {
		return err
	}
	return st.Fleet.Settle(ctx)
}

// ownAddress is where errors of sockets name the phone's own side.
var ownAddress = regexp.MustCompile(`[0-9.]+:[0-9]+->`)

// plain says the same of all phones that it is true of, and calls services by
// their names: neither a phone's name nor an address is in it.
func (st *Stage) plain(text, phone string) string {
	text = ownAddress.ReplaceAllString(strings.ReplaceAll(text, phone, "SEP<MAC>"), "")
	if st.plainly == nil {
		st.plainly = strings.NewReplacer(st.names...)
	}
	return st.plainly.Replace(text)
}

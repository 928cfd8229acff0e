package lab

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	"itlsim/fleet/network"
	fleetwire "itlsim/fleet/wire"
	"itlsim/internal/room"
)

// A Lab is a cluster, or two, and their phones. [Open] puts it up, Close ends
// it.
type Lab struct {
	Cluster *cucm.Cluster
	Other   *cucm.Cluster // nil where there is none
	Fleet   fleet.Fleet   // the phones, numbered from 0
	// Authority is the CA outside the clusters; nil where there is none.
	Authority *Authority

	world     world // network and clock
	networks  map[*cucm.Cluster]services
	condition atomic.Pointer[network.Condition] // of the network between phones and nodes, at present
	nodes     []namedNode                       // of all clusters, the setup's own first
	members   []Member                          // as the fleet's phones
	first     int                               // number of the first of them among all shards' phones
	all       []Group                           // of all shards
	indices   []uint16                          // of each of them, of its name among the groups'
	groups    []string                          // their names, in the order in which they have phones
	models    []string                          // likewise
	routes    map[string]*route
	sftp      *sftpServers
	given     given // what phones of a crew have at the beginning

	keys    cucm.KeySource
	keyBits int
	ownKey  *rsa.PrivateKey // see phoneKey

	password string // that stands for defaultPassword in this lab
	types    func(n *cucm.Node, line string, answers []string) (string, error)
	stop     func() // has time stop in a live lab
}

// A namedNode has the name that the setup gives it, whatever it is called later.
type namedNode struct {
	name string
	*cucm.Node
}

// phoneMemory is what a phone takes at least, in bytes; that of virtual mode as measured of
// a million.
var phoneMemory = map[string]uint64{Virtual: 550, Wire: fleetwire.PhoneMemory}

// defaultPassword is the administrator's, and the cluster security password,
// where a setup names none. Options may give another, which stands in its place
// wherever somebody uses this one.
const defaultPassword = "ciscocisco"

// secret is a word, a password maybe, as it is in this lab.
func (l *Lab) secret(word string) string {
	if word == defaultPassword {
		return l.password
	}
	return word
}

// Open installs the clusters and puts the phones up, without power.
func Open(s Setup, opt Options) (*Lab, error) {
	if opt.Phones > 0 {
		var err error
		if s, err = s.Scaled(opt.Phones); err != nil {
			return nil, err
		}
	}
	from, to := opt.Shard.Range(s.Phones())
	if err := room.Enough(room.Runs, uint64(to-from)*phoneMemory[cmp.Or(opt.Mode, Wire)]); err != nil {
		return nil, err
	}
	limits := fleet.Limits{Boots: cmp.Or(opt.Boots, fleetwire.DefaultBoots)}
	l := &Lab{
		networks: make(map[*cucm.Cluster]services), routes: make(map[string]*route),
		password: cmp.Or(opt.Password, defaultPassword), types: Typed, stop: func() {}, first: from,
	}
	l.condition.Store(&network.Condition{})
	if opt.Mode == Virtual {
		opt.Keys = keysOr(opt.Keys, testkeys.NewPool(uint64(opt.Seed)))
		l.world = openVirtual(opt, s.Phones(), s.Begins)
	} else {
		if err := enoughDescriptors(limits.Boots); err != nil {
			return nil, err
		}
		opt.Keys = keysOr(opt.Keys, cucm.GeneratedKeys{})
		if opt.Follows != nil {
			s.Begins = opt.Follows.Now
		}
		w, err := openWire(opt, s.Begins)
		if err != nil {
			return nil, err
		}
		l.world, w.first = w, from
		if opt.Crew != nil {
			l.world = &apart{wire: w, crew: opt.Crew, number: l.Number}
		}
	}
	if err := l.open(s, opt, limits); err != nil {
		if l.Fleet != nil {
			l.Fleet.Close()
		}
		l.closeAll()
		return nil, err
	}
	if opt.Live != nil {
		l.goLive(opt.Live)
	}
	return l, nil
}

func keysOr(given, otherwise cucm.KeySource) cucm.KeySource {
	if given == nil {
		return otherwise
	}
	return given
}

// open fills the lab with what the setup describes.
func (l *Lab) open(s Setup, opt Options, limits fleet.Limits) (err error) {
	l.keys, l.keyBits = opt.Keys, opt.KeyBits
	servers := slices.Clone(s.SFTP)
	for i := range servers {
		servers[i].Password = l.secret(servers[i].Password)
	}
	if opt.Follows != nil {
		servers = nil // nobody here asks for files
	}
	if l.sftp, err = listenSFTP(servers, l.world.HostKeys()); err != nil {
		return err
	}
	open := cucm.New
	if opt.State != "" {
		open = func(cfg cucm.Config) (*cucm.Cluster, error) { return cucm.Open(opt.State, cfg) }
	}
	openOther := cucm.New
	if opt.Follows != nil {
		if len(opt.Follows.Clusters) == 0 || len(opt.Follows.Clusters) > 2 {
			return fmt.Errorf("a lab that has %d clusters is followed by none", len(opt.Follows.Clusters))
		}
		follow := func(i int) func(cucm.Config) (*cucm.Cluster, error) {
			at := min(i, len(opt.Follows.Clusters)-1)
			return func(cfg cucm.Config) (*cucm.Cluster, error) { return cucm.Follow(cfg, opt.Follows.Clusters[at]) }
		}
		open, openOther, s.Authority = follow(0), follow(1), ""
	}
	if l.Cluster, err = l.install(s.Cluster, opt, open); err != nil {
		return err
	}
	if s.Other != nil {
		if l.Other, err = l.install(*s.Other, opt, openOther); err != nil {
			return err
		}
	}
	if s.Authority != "" {
		if l.Authority, err = newAuthority(s.Authority, opt.Keys, l.world); err != nil {
			return err
		}
	}
	if w, ok := l.world.(*wire); ok {
		if err := w.leads(l.nodes); err != nil {
			return err
		}
	}
	site := func(i int) string { return l.members[i].Group }
	from, to := opt.Shard.Range(s.Phones())
	if l.Fleet, err = l.world.Fleet(limits, to-from, site); err != nil {
		return err
	}
	gives, err := l.giver(&s, opt)
	if err != nil {
		return err
	}
	return l.populate(s.Groups, to-from, opt.At, gives)
}

// install installs a cluster, or opens one that is kept, and makes it reachable.
func (l *Lab) install(
	cfg cucm.Config, opt Options, open func(cucm.Config) (*cucm.Cluster, error),
) (*cucm.Cluster, error) {
	cfg.Clock, cfg.Keys, cfg.Dial = l.world, opt.Keys, l.sftp.Dial
	cfg.SendMail = cucmwire.Mailer(l.sftp.Dial)
	cfg.Security = l.secret(cmp.Or(cfg.Security, defaultPassword))
	cfg.Password = l.secret(cmp.Or(cfg.Password, defaultPassword))
	if opt.Live != nil {
		cfg.Logged = opt.Live.Logged
	}
	cfg.KeyBits = cmp.Or(cfg.KeyBits, opt.KeyBits)
	l.world.Configure(&cfg)
	c, err := open(cfg)
	if err != nil {
		return nil, err
	}
	if l.networks[c], err = l.world.Connect(c); err != nil {
		return nil, err
	}
	for _, n := range c.Nodes() {
		l.nodes = append(l.nodes, namedNode{n.Name(), n})
	}
	return c, nil
}

// goLive lets time pass by itself until the lab is closed, unless that is to stand still.
func (l *Lab) goLive(live *Live) {
	if live.Type != nil {
		l.types = live.Type
	}
	if live.Still {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	var passing sync.WaitGroup
	passing.Go(func() { l.live(ctx, live.Trouble) })
	l.stop = func() {
		cancel()
		passing.Wait()
	}
}

// Close ends everything that the lab runs.
func (l *Lab) Close() error {
	l.stop()
	l.Fleet.Close()
	return l.closeAll()
}

// closeAll ends all but the phones, as far as it is there.
func (l *Lab) closeAll() error {
	err := l.world.Close()
	for _, c := range []*cucm.Cluster{l.Cluster, l.Other} {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	if l.sftp != nil {
		err = errors.Join(err, l.sftp.Close())
	}
	return err
}

// Clusters are one or two, the setup's own first.
func (l *Lab) Clusters() []*cucm.Cluster {
	if l.Other == nil {
		return []*cucm.Cluster{l.Cluster}
	}
	return []*cucm.Cluster{l.Cluster, l.Other}
}

// ClusterOf is the cluster that a node of the lab belongs to.
func (l *Lab) ClusterOf(n *cucm.Node) *cucm.Cluster {
	if l.Other != nil && slices.Contains(l.Other.Nodes(), n) {
		return l.Other
	}
	return l.Cluster
}

// Nodes are those of all clusters, the setup's own first.
func (l *Lab) Nodes() []*cucm.Node {
	nodes := make([]*cucm.Node, len(l.nodes))
	for i, n := range l.nodes {
		nodes[i] = n.Node
	}
	return nodes
}

// NodeNames are the names that the setup gives the nodes, in the same order.
func (l *Lab) NodeNames() []string {
	names := make([]string, len(l.nodes))
	for i, n := range l.nodes {
		names[i] = n.name
	}
	return names
}

// Node finds a node of any cluster by the name that the setup gives it.
func (l *Lab) Node(name string) (*cucm.Node, error) {
	for _, n := range l.nodes {
		if n.name == name {
			return n.Node, nil
		}
	}
	return nil, fmt.Errorf("the cluster has no node %s", name)
}

// Type types a command on a node, with the answers to its questions, and returns
// what it printed.
func (l *Lab) Type(n *cucm.Node, line string, answers ...string) (printed string, err error) {
	answers = slices.Clone(answers)
	for i, a := range answers {
		answers[i] = l.secret(a)
	}
	return l.types(n, line, answers)
}

// minMasked is the length from which answers are masked: shorter ones, such as "yes", are
// no passwords of a CUCM, which have six characters or more.
const minMasked = 6

// Masked is what a command printed, with asterisks in place of the answers to its
// questions: a terminal does not show passwords, and shows what was answered to the wrong
// question.
func (l *Lab) Masked(printed string, answers []string) string {
	for _, a := range answers {
		if a = l.secret(a); len(a) >= minMasked {
			printed = strings.ReplaceAll(printed, a, "******")
		}
	}
	return printed
}

// Typed types a command on a node as a script does, with the answers to its questions, and
// returns what a person would have seen.
func Typed(n *cucm.Node, line string, answers []string) (string, error) {
	script := &cli.Script{Answers: answers}
	err := cli.Run(n, script, line)
	return script.Output.String(), err
}

// Traffic is what the nodes' services did so far.
func (l *Lab) Traffic() cucm.Traffic { return l.world.Traffic() }

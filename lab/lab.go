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
		if opt.Follows != nil { // nobody asks for files here, or signs
			s.Begins, s.SFTP, s.Authority = opt.Follows.Now, nil, ""
		}
		w, err := openWire(opt, s.Begins)
		if err != nil {
			return nil, err
		}
		l.world, w.first = w, from
		if opt.Crew != nil {
			l.world = &apart{wire: w, crew: opt.Crew, names: l.names(0, s.Phones())}
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
	if l.sftp, err = listenSFTP(servers, l.world.HostKeys()); err != nil {
		return err
	}
	if l.Cluster, err = l.install(0, s.Cluster, opt); err != nil {
		return err
	}
	if s.Other != nil {
		if l.Other, err = l.install(1, *s.Other, opt); err != nil {
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

// install installs the i-th cluster, opens it where it is kept, or follows it, and makes it
// reachable.
func (l *Lab) install(i int, cfg cucm.Config, opt Options) (c *cucm.Cluster, err error) {
	cfg.Clock, cfg.Keys, cfg.Dial = l.world, opt.Keys, l.sftp.Dial
	cfg.SendMail = cucmwire.Mailer(l.sftp.Dial)
	cfg.Security = l.secret(cmp.Or(cfg.Security, defaultPassword))
	cfg.Password = l.secret(cmp.Or(cfg.Password, defaultPassword))
	if opt.Live != nil {
		cfg.Logged = opt.Live.Logged
	}
	cfg.KeyBits = cmp.Or(cfg.KeyBits, opt.KeyBits)
	l.world.Configure(&cfg)
	switch {
	case opt.Follows != nil && i >= len(opt.Follows.Clusters):
		return nil, fmt.Errorf("there are %d clusters to follow, and here are more", len(opt.Follows.Clusters))
	case opt.Follows != nil:
		c, err = cucm.Follow(cfg, opt.Follows.Clusters[i])
	case i == 0 && opt.State != "":
		c, err = cucm.Open(opt.State, cfg)
	default:
		c, err = cucm.New(cfg)
	}
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

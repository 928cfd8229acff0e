package scenarios

import (
	"cmp"
	"fmt"
	"net/netip"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// A Stage is what a scenario plays on.
type Stage struct {
	Clock   *Clock
	Cluster *cucm.Cluster
	Fleet   *fleet.Fleet
	sockets *cucm.Sockets
}

const password = "bulk-reset" // of a cluster that lives as long as the run

// openStage installs the cluster of Cisco document 117598 on loopback addresses
// of its own and a fleet of phones: every second one has each node as its first
// TFTP server and the other as its second, and asks that node's TVS first.
func openStage(opt Options) (*Stage, error) {
	limits := fleet.Limits{Boots: cmp.Or(opt.Boots, fleet.DefaultLimits.Boots)}
	if err := enoughDescriptors(limits.Boots); err != nil {
		return nil, err
	}
	st := &Stage{Clock: NewClock()}
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Password, cfg.Keys = st.Clock, password, opt.Keys
	var err error
	if st.Cluster, err = cucm.New(cfg); err != nil {
		return nil, err
	}
	if st.sockets, err = cucm.Listen(st.Cluster, []string{"127.0.0.2", "127.0.0.3"}); err != nil {
		return nil, err
	}
	if st.Fleet, err = fleet.New(fleet.Config{Clock: st.Clock, Limits: limits}); err != nil {
		st.sockets.Close()
		return nil, err
	}
	pub, sub := st.Cluster.Nodes()[0], st.Cluster.Nodes()[1]
	orders := [2][]*cucm.Node{{pub, sub}, {sub, pub}}
	servers := [2][]string{}
	for i, order := range orders {
		for _, n := range order {
			servers[i] = append(servers[i], n.Address(cucm.TFTPService))
		}
	}
	library := &phone.Library{}
	for i := range opt.Phones {
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

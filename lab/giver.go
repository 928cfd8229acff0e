package lab

import (
	"slices"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// A giver has what phones have when a lab opens that it takes a cluster's keys to make.
type giver interface {
	// list is what a group's k-th phone holds whose first TFTP server is home, nil for none. It
	// is asked for each phone, in their order.
	list(g *Group, k int, home *cucm.Node) (*itl.List, error)
	// lsc is the phone's own certificate.
	lsc(device string, home *cucm.Node) (*itl.Signer, error)
}

// giver is who gives to the phones of a lab: its own clusters, or those that it follows.
func (l *Lab) giver(s *Setup, opt Options) (giver, error) {
	if opt.Follows != nil {
		return l.endowed(opt.Follows)
	}
	if slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Security.ByTLS() }) {
		if _, err := l.phoneKey(); err != nil {
			return nil, err
		}
	}
	nodes := make(map[string]*cucm.Node)
	for _, n := range l.nodes {
		nodes[n.name] = n.Node
	}
	return &clusters{l, inventory.NewCounterparts(inventory.Site{
		Cluster: l.Cluster, Nodes: nodes, Served: s.Served, Seed: uint64(opt.Seed), Clock: l.world,
	})}, nil
}

// clusters give what is theirs; phones of a real fleet have counterparts of what they hold.
type clusters struct {
	lab  *Lab
	real *inventory.Counterparts
}

func (c *clusters) list(g *Group, k int, home *cucm.Node) (*itl.List, error) {
	switch {
	case len(g.Devices) > 0:
		return c.real.Held(&g.Devices[k], home)
	case g.Holds == PresentITL:
		return home.ITL(), nil
	case g.Holds == OldITL:
		return inventory.WithoutRecovery(home, c.lab.Now())
	}
	return nil, nil
}

func (c *clusters) lsc(device string, home *cucm.Node) (*itl.Signer, error) {
	return c.lab.issue(c.lab.ClusterOf(home), device)
}

// given is what all phones of a crew have at the beginning, in their order.
type given struct {
	held []*itl.List
	lscs map[string]*itl.Signer
}

func (g *given) add(p *phone.Setup) {
	g.held = append(g.held, p.Flash.Lists.ITL)
	if p.Flash.LSC != nil {
		if g.lscs == nil {
			g.lscs = make(map[string]*itl.Signer)
		}
		g.lscs[p.Name] = p.Flash.LSC
	}
}

package scenarios

import (
	"context"
	"errors"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/fleet"
)

// Live makes a stage one that people look at, and act on, while it plays: time
// passes by itself, at a rate that [Stage.SetRate] sets, and the clusters do what
// comes due. In virtual mode phones then take the time that they simulate.
type Live struct {
	// Observer is told of what happens to phones.
	Observer fleet.Observer
	// Logged is shown each entry of the nodes' application logs (see cucm.Config).
	Logged func(ciscolog.Entry)
	// Type has a command typed where people see it, and gives what it printed.
	Type func(n *cucm.Node, line string, answers []string) (printed string, err error)
	// Trouble, where not nil, is told what a cluster could not do that was due.
	Trouble func(error)
}

// liveEvery is how often time passes on a live stage, by the wall clock.
const liveEvery = 50 * time.Millisecond

// live has time pass until the stage is closed.
func (st *Stage) live(ctx context.Context, trouble func(error)) {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	last, due := time.Now(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		jump := st.world.Pass(ctx, now.Sub(last))
		last = now
		if jump > 0 {
			st.carryOver(jump)
		}
		if now.Sub(due) >= time.Second {
			due = now
			if err := st.tick(); err != nil && trouble != nil {
				trouble(err)
			}
		}
	}
}

// Advance lets so much scenario time pass, and the clusters do what is due then.
func (st *Stage) Advance(ctx context.Context, d time.Duration) error {
	st.carryOver(d) // first: a registration is not to lapse in between
	return errors.Join(st.world.Wait(ctx, d), st.tick())
}

// carryOver tells the clusters of time that passes faster than phones' keep-
// alives, which go by the wall clock.
func (st *Stage) carryOver(d time.Duration) {
	for _, c := range st.Clusters() {
		c.CarryOver(d, st.Fleet.Registered)
	}
}

func (st *Stage) tick() error {
	var err error
	for _, c := range st.Clusters() {
		err = errors.Join(err, c.Tick())
	}
	return err
}

// SetRate sets how many scenario seconds a second of a live stage has.
func (st *Stage) SetRate(rate float64) { st.world.SetRate(rate) }

// Rate tells how many scenario seconds a second of a live stage has.
func (st *Stage) Rate() float64 { return st.world.Rate() }

// Now is the scenario's time.
func (st *Stage) Now() time.Time { return st.world.Now() }

// Traffic is what the nodes' services did so far.
func (st *Stage) Traffic() cucm.Traffic { return st.world.Traffic() }

// Nodes are those of all clusters, the scenario's own first.
func (st *Stage) Nodes() []*cucm.Node {
	var nodes []*cucm.Node
	for _, c := range st.Clusters() {
		nodes = append(nodes, c.Nodes()...)
	}
	return nodes
}

// Home is the node whose TFTP the i-th phone asks first.
func (st *Stage) Home(i int) *cucm.Node { return st.members[i].node }

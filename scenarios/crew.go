package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// A Crew is the workers of a run on sockets, who have the phones, each those of a shard. Each
// does what it is told by a [Duty]. Package farm gathers one.
type Crew interface {
	// Size is how many they are, and so in how many shards the phones are.
	Size() int
	// OrderEach has each do something, by their shards, and waits until all have. What came of
	// it is nil of those that are lost. The error is that one was lost meanwhile or refuses, or
	// the context's.
	OrderEach(ctx context.Context, bodies [][]byte) (results [][]byte, err error)
	// Missing is why one of them is not there any more; nil while all are.
	Missing() error
	// Progress is what each told last of how far it is ([Duty.Progress]), nil of those that are
	// lost.
	Progress() []json.RawMessage
}

// The orders, in the order in which they come; those of acts and looks come again and again.
const (
	orderOpen       = "open"       // the phones, with what they have
	orderRemember   = "remember"   // how things are: a step begins
	orderAct        = "act"        // Act, as far as it concerns phones
	orderTakeLSCs   = "take LSCs"  // which were issued to the phones that an act named
	orderSettle     = "settle"     // for so long at most, if that is not 0
	orderKeepAlives = "keep alive" // those of so much time
	orderLook       = "look"       // at Expect
	orderTell       = "tell"       // what happened to the phones in Step
	orderEnd        = "end"        // with the part of the phones
)

// A crewOrder is one that crosses to a worker.
type crewOrder struct {
	Do string `json:"do"`
	lab.Sight
	Plan   []byte        `json:"plan,omitempty"`  // what the worker reads the scenario from
	Given  *lab.Given    `json:"given,omitempty"` // of the worker's shard
	Act    *Act          `json:"act,omitempty"`
	LSCs   []lab.LSCs    `json:"lscs,omitempty"`   // by cluster
	For    time.Duration `json:"for,omitzero"`     // of orderSettle and orderKeepAlives
	Expect []string      `json:"expect,omitempty"` // sentences
	Known  [][]byte      `json:"known,omitempty"`  // what each cluster knows of the shard's phones
	Step   int           `json:"step,omitzero"`    // from 1; of orderEnd: how many there were
	Name   string        `json:"name,omitempty"`   // of the step
}

// A crewAnswer is what came of one.
type crewAnswer struct {
	At    *whereabouts `json:"at,omitempty"`    // of orderKeepAlives
	Knows [][]string   `json:"knows,omitempty"` // by cluster, the phones that an LSC is issued to
	Found []Finding    `json:"found,omitempty"` // of Expect, in its order
	Part  *report.Part `json:"part,omitempty"`
}

// whereabouts are where the phones of a shard are registered.
type whereabouts struct {
	Servers []string `json:"servers,omitempty"` // host:port
	Of      []byte   `json:"of"`                // of each phone its server, from 1; 0: it is nowhere
}

// company is the crew as its player has it, and its lab ([lab.Crew]).
type company struct {
	Crew
	lab    *lab.Lab
	shown  [][]byte // the clusters, as all have seen them last
	failed error    // why an order was not carried out: then the run ends
}

func (c *company) shard(i int) lab.Shard { return lab.Shard{Index: i, Of: c.Size()} }

// order has all do the same, and shows them the lab as it is now.
func (c *company) order(ctx context.Context, o crewOrder) ([]crewAnswer, error) {
	return c.orderEach(ctx, o, nil)
}

// orderEach has each do something; own says what is a shard's own. Where it is not done, no order
// is but that to end.
func (c *company) orderEach(
	ctx context.Context, o crewOrder, own func(lab.Shard, *crewOrder) error,
) ([]crewAnswer, error) {
	if o.Do == orderEnd {
		return c.have(ctx, o, own)
	}
	if c.failed == nil {
		c.failed = c.Missing()
	}
	if c.failed != nil {
		return nil, c.failed
	}
	answers, err := c.have(ctx, o, own)
	c.failed = err
	return answers, err
}

// wrong ends the run since an answer is wrong.
func (c *company) wrong(err error) error {
	c.failed = err
	return err
}

// have has each do something, whatever was before.
func (c *company) have(
	ctx context.Context, o crewOrder, own func(lab.Shard, *crewOrder) error,
) (_ []crewAnswer, err error) {
	if o.Sight, err = c.lab.Sight(); err != nil {
		return nil, err
	}
	shown := o.Clusters
	if slices.EqualFunc(shown, c.shown, bytes.Equal) {
		o.Clusters = nil
	}
	bodies := make([][]byte, c.Size())
	for i := range bodies {
		if own == nil && i > 0 {
			bodies[i] = bodies[0]
			continue
		}
		its := o
		if own != nil {
			if err := own(c.shard(i), &its); err != nil {
				return nil, err
			}
		}
		var body bytes.Buffer
		if err := pack(&body, its); err != nil {
			return nil, err
		}
		bodies[i] = body.Bytes()
	}
	c.shown = nil // until it is known that all have
	results, err := c.OrderEach(ctx, bodies)
	if err != nil {
		return nil, err
	}
	c.shown = shown
	answers := make([]crewAnswer, len(results))
	for i, data := range results {
		if data == nil {
			continue
		}
		if answers[i], err = unpack[crewAnswer](bytes.NewReader(data), partBounds); err != nil {
			return nil, fmt.Errorf("what worker %d of %d answers: %w", i+1, c.Size(), err)
		}
	}
	return answers, nil
}

// open has the crew put up the phones of a player's lab.
func (c *company) open(ctx context.Context, plan []byte) error {
	given, err := c.lab.Give(c.Size())
	if err != nil {
		return err
	}
	_, err = c.orderEach(ctx, crewOrder{Do: orderOpen, Plan: plan}, func(of lab.Shard, o *crewOrder) error {
		o.Given, o.Sight = &given[of.Index], lab.Sight{}
		return nil
	})
	return err
}

// Settle waits until no phone has anything left to do ([lab.Crew]).
func (c *company) Settle(ctx context.Context, most time.Duration) error {
	_, err := c.order(ctx, crewOrder{Do: orderSettle, For: most})
	return err
}

// KeepAlives has phones send keep-alives ([lab.Crew]).
func (c *company) KeepAlives(ctx context.Context, d time.Duration) (func(uint32) string, error) {
	answers, err := c.order(ctx, crewOrder{Do: orderKeepAlives, For: d})
	if err != nil {
		return nil, err
	}
	at := make([]string, 0, c.lab.Total())
	for i, a := range answers {
		from, to := c.shard(i).Range(c.lab.Total())
		if a.At == nil || len(a.At.Of) != to-from {
			return nil, c.wrong(fmt.Errorf("worker %d of %d does not say where its phones are registered", i+1, c.Size()))
		}
		for _, server := range a.At.Of {
			switch {
			case server == 0:
				at = append(at, "")
			case int(server) > len(a.At.Servers):
				return nil, c.wrong(fmt.Errorf("worker %d of %d says of a phone that it is nowhere", i+1, c.Size()))
			default:
				at = append(at, a.At.Servers[server-1])
			}
		}
	}
	return func(number uint32) string { return at[number] }, nil
}

// actThere has the crew do what of an act concerns phones, or the network between them and the
// nodes. What is the clusters' was done here to its end.
func (p *Player) actThere(ctx context.Context, a Act) error {
	if p.crew == nil || !a.Verb.atPhones() || a.Verb == InstallLSC {
		return nil
	}
	_, err := p.crew.order(ctx, crewOrder{Do: orderAct, Act: &a})
	return err
}

// installThere has phones of the crew fetch new certificates: those that know the CAPF say so,
// and get what it issues. told is called for each, as by [lab.Lab.IssueLSCs].
func (p *Player) installThere(ctx context.Context, a Act, told func(device string, refused error)) error {
	answers, err := p.crew.order(ctx, crewOrder{Do: orderAct, Act: &a})
	if err != nil {
		return err
	}
	issued := make([][]lab.LSCs, len(answers)) // by worker and cluster
	for i := range p.Clusters() {
		for k, answer := range answers {
			if len(answer.Knows) != len(p.Clusters()) || !p.Has(p.crew.shard(k), answer.Knows[i]) {
				return fmt.Errorf("worker %d of %d does not say which of its phones know a CAPF", k+1, p.crew.Size())
			}
			lscs, err := p.IssueLSCs(i, answer.Knows[i], told)
			if err != nil {
				return err
			}
			crosses, err := p.Cross(lscs)
			if err != nil {
				return err
			}
			issued[k] = append(issued[k], crosses)
		}
	}
	_, err = p.crew.orderEach(ctx, crewOrder{Do: orderTakeLSCs}, func(of lab.Shard, its *crewOrder) error {
		its.LSCs = issued[of.Index]
		return nil
	})
	return err
}

// A sighting is what a crew has found of expectations, by their places: of those that are about
// the clusters alone it finds nothing.
type sighting map[int]Finding

// plus adds it to what was found here.
func (s sighting) plus(found []Finding) error {
	for i, there := range s {
		if err := found[i].Plus(there); err != nil {
			return err
		}
	}
	return nil
}

// lookThere is what the crew finds of expectations, nothing where there is no crew.
func (p *Player) lookThere(ctx context.Context, all []Expectation) (sighting, error) {
	var o crewOrder
	var places []int
	for i, e := range all {
		if e.ofPhones {
			o.Expect, places = append(o.Expect, e.Text), append(places, i)
		}
	}
	if p.crew == nil || len(places) == 0 {
		return nil, nil
	}
	o.Do = orderLook
	answers, err := p.crew.orderEach(ctx, o, func(of lab.Shard, its *crewOrder) (err error) {
		its.Known, err = p.PhonesKnown(of)
		return err
	})
	if err != nil {
		return nil, err
	}
	found := make(sighting)
	for _, a := range answers {
		if len(a.Found) != len(places) {
			return nil, p.crew.wrong(errors.New("a worker does not tell what it finds"))
		}
		for k, i := range places {
			sum := found[i]
			if err := sum.Plus(a.Found[k]); err != nil {
				return nil, p.crew.wrong(fmt.Errorf("%q: %w", all[i].Text, err))
			}
			sum.keep(maxKinds)
			found[i] = sum
		}
	}
	return found, nil
}

// rememberThere has the crew note how things are.
func (p *Player) rememberThere(ctx context.Context) error {
	if p.crew == nil {
		return nil
	}
	_, err := p.crew.order(ctx, crewOrder{Do: orderRemember})
	return err
}

// tellThere has the crew go on with the stories of the phones.
func (p *Player) tellThere(ctx context.Context, step int, name string) error {
	if p.crew == nil {
		return nil
	}
	_, err := p.crew.order(ctx, crewOrder{Do: orderTell, Step: step, Name: name})
	return err
}

// endTime is how long a crew has to tell of all its phones.
const endTime = 2 * time.Minute

// end has the crew close its phones after so many steps, and gives their parts, those of workers
// that are still there; the error may be that some are not. Where the run was interrupted, they
// have their time all the same.
func (c *company) end(ctx context.Context, steps int) (parts []*report.Part, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	o := crewOrder{Do: orderEnd, Step: steps}
	answers, err := c.order(ctx, o)
	for range c.Size() { // those that are lost meanwhile end an order: the others are still there
		if err == nil || ctx.Err() != nil {
			break
		}
		answers, err = c.order(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	for i, a := range answers {
		if a.Part == nil {
			continue
		}
		err := a.Part.Check(c.shard(i).Range(c.lab.Total()))
		if err == nil && len(a.Part.Report.Steps) != steps {
			err = fmt.Errorf("it tells of %d steps, of %d", len(a.Part.Report.Steps), steps)
		}
		if err != nil {
			return nil, fmt.Errorf("the part of worker %d of %d: %s", i+1, c.Size(), cause.Of(err))
		}
		parts = append(parts, a.Part)
	}
	return parts, c.Missing()
}

// crewProgress is how far a worker's phones are.
type crewProgress struct {
	Left    int          `json:"left"`
	States  fleet.States `json:"states"`
	Boots   uint64       `json:"boots"`
	Refused uint64       `json:"refused"`
}

// there adds how far the crew's phones are, as they told last.
func (p Progress) there(crew *company) Progress {
	if crew == nil {
		return p
	}
	for _, text := range crew.Progress() {
		var its crewProgress
		if text == nil || json.Unmarshal(text, &its) != nil {
			continue
		}
		p.Left, p.Boots, p.Refused = p.Left+its.Left, p.Boots+its.Boots, p.Refused+its.Refused
		for place, n := range its.States {
			p.States[place] += n
		}
	}
	return p
}

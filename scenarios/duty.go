package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"itlsim/internal/usage"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// A Duty is a worker's part in a run on sockets whose clusters are elsewhere: the phones of a
// shard, and replicas of the clusters, which it looks at as the run's command does at the
// clusters. It does what it is told, one order after the other.
type Duty struct {
	Shard   lab.Shard
	At      netip.Addr     // of all phones
	Targets []netip.Prefix // that they may send to; none: wherever servers are
	// Takes says that the worker does not take so many phones.
	Takes func(phones int) error
	// Plan reads the scenario and the seed, phones, boots and pace of its lab, as the run's
	// command has packed them.
	Plan func([]byte) (Scenario, lab.Options, error)

	// of the orders, of which there is one at a time
	began  time.Time
	used   time.Duration // processor time, when it began
	told   *report.Stories
	plan   int           // how many steps there are
	steps  []report.Step // of the phones here
	chosen func(*lab.Member) bool

	mu     sync.Mutex // guards what follows
	player *Player    // nil: nothing is put up yet
	closed bool
}

// Do carries an order out.
func (d *Duty) Do(ctx context.Context, order []byte) ([]byte, error) {
	o, err := unpack[crewOrder](bytes.NewReader(order), partBounds)
	if err != nil {
		return nil, fmt.Errorf("an order: %w", err)
	}
	if o.Do == orderOpen {
		return nil, d.open(&o)
	}
	p := d.playing()
	if p == nil {
		return nil, fmt.Errorf("%q before there are phones", o.Do)
	}
	if err := p.Learn(o.Sight); err != nil {
		return nil, err
	}
	answer, err := d.obey(ctx, p, &o)
	if err != nil || answer == nil {
		return nil, err
	}
	var body bytes.Buffer
	err = pack(&body, answer)
	return body.Bytes(), err
}

// playing is the player; nil where nothing is put up.
func (d *Duty) playing() *Player {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.player
}

// obey does what is done in a lab that is open.
func (d *Duty) obey(ctx context.Context, p *Player, o *crewOrder) (*crewAnswer, error) {
	switch o.Do {
	case orderRemember:
		p.Remember()
		return nil, nil
	case orderAct:
		return d.act(ctx, p, o.Act)
	case orderTakeLSCs:
		return nil, d.takeLSCs(p, o.LSCs)
	case orderSettle:
		if o.For > 0 {
			return nil, p.SettleFor(ctx, o.For)
		}
		return nil, p.Fleet.Settle(ctx)
	case orderKeepAlives:
		err := p.KeepAlives(ctx, o.For)
		return &crewAnswer{At: whereaboutsOf(p.Lab)}, err
	case orderLook:
		found, err := d.look(p, o)
		return &crewAnswer{Found: found}, err
	case orderTell:
		d.step(p, o.Step)
		d.told.Tell(o.Name)
		return nil, nil
	case orderEnd:
		return &crewAnswer{Part: d.end(p, o.Step)}, nil
	}
	return nil, fmt.Errorf("there is no order %q", o.Do)
}

// open puts the phones up, as far as this worker takes them.
func (d *Duty) open(o *crewOrder) error {
	d.began, d.used = time.Now(), usage.Processor()
	if o.Given == nil {
		return errors.New("it is not said what the phones have")
	}
	s, opt, err := d.Plan(o.Plan)
	if err != nil {
		return err
	}
	phones := s.Phones()
	if opt.Phones > 0 {
		phones = opt.Phones
	}
	from, to := d.Shard.Range(phones)
	if err := d.Takes(to - from); err != nil {
		return err
	}
	opt.Mode, opt.Shard, opt.Follows, opt.At, opt.Targets = lab.Wire, d.Shard, o.Given, d.At, d.Targets
	p, err := Open(Scenario{Setup: s.Setup}, opt)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.player != nil {
		p.Close()
		return errors.New("there are phones already, or they are not wanted any more")
	}
	d.player, d.told, d.plan = p, p.NewStories(), len(s.Steps)
	return nil
}

// act does an act, as far as it is done here. Of an installation of LSCs it says which phones
// fetch one.
func (d *Duty) act(ctx context.Context, p *Player, a *Act) (*crewAnswer, error) {
	switch {
	case a == nil || !a.Verb.atPhones():
		return nil, errors.New("this act is done by the run's command")
	case a.Verb != InstallLSC:
		return nil, p.carryOut(ctx, *a)
	}
	var err error
	if d.chosen, err = p.choose(*a); err != nil {
		return nil, err
	}
	answer := &crewAnswer{Knows: make([][]string, len(p.Clusters()))}
	for i := range answer.Knows {
		answer.Knows[i] = p.KnowCAPF(i, d.chosen)
	}
	return answer, nil
}

// takeLSCs gives phones the certificates that were issued to them.
func (d *Duty) takeLSCs(p *Player, issued []lab.LSCs) error {
	if len(issued) != len(p.Clusters()) {
		return errors.New("these certificates are of other clusters")
	}
	for i := range issued {
		lscs, err := p.Crossed(issued[i])
		if err != nil {
			return err
		}
		p.TakeLSCs(i, lscs, d.chosen)
	}
	return nil
}

// whereaboutsOf is where the phones of a lab are registered.
func whereaboutsOf(l *lab.Lab) *whereabouts {
	at := &whereabouts{Of: make([]byte, 0, l.Phones())}
	numbers := map[string]byte{"": 0}
	for name := range l.Names() {
		server, _ := l.Fleet.CallManager(name)
		number, known := numbers[server]
		if !known && len(at.Servers) < 255 { // of 21 nodes, each with two
			at.Servers = append(at.Servers, server)
			number = byte(len(at.Servers))
			numbers[server] = number
		}
		at.Of = append(at.Of, number)
	}
	return at
}

// look looks at sentences.
func (d *Duty) look(p *Player, o *crewOrder) ([]Finding, error) {
	if err := p.LearnPhones(o.Known); err != nil {
		return nil, err
	}
	all := make([]Expectation, len(o.Expect))
	for i, sentence := range o.Expect {
		var err error
		if all[i], err = p.ParseExpectation(sentence); err != nil {
			return nil, err
		}
		if !all[i].ofPhones {
			return nil, fmt.Errorf("%q is looked at by the run's command", sentence)
		}
	}
	found := p.look(all)
	for i := range all {
		if all[i].Within > 0 { // its time may be up
			p.unsettledIn(&found[i])
		}
	}
	return found, nil
}

// step notes how the phones are after a step, and after those before it of which nothing was told.
func (d *Duty) step(p *Player, number int) {
	for len(d.steps) < min(number, d.plan) {
		d.steps = append(d.steps, report.Step{States: report.StatesOf(p.Fleet.States()), Groups: report.GroupsOf(p.Lab)})
	}
}

// end closes the phones, and gives their part of a run of so many steps.
func (d *Duty) end(p *Player, steps int) *report.Part {
	d.step(p, steps)
	r := &report.Report{Phones: p.Phones(), Steps: d.steps[:min(steps, len(d.steps))],
		States: report.StatesOf(p.Fleet.States())}
	p.Fleet.Close() // what goes wrong at the end changes nothing in the report
	r.Count(p.Lab)
	r.Cost(time.Since(d.began).Seconds(), (usage.Processor() - d.used).Seconds(), usage.PeakMemory())
	return &report.Part{Report: r, Times: p.Fleet.Tally().Times(), Cast: d.told.Cast()}
}

// Progress tells how far the phones are.
func (d *Duty) Progress() json.RawMessage {
	p := d.playing()
	if p == nil {
		return nil
	}
	tally := p.Fleet.Tally()
	text, _ := json.Marshal(crewProgress{
		Left: p.Fleet.Busy(), States: p.Fleet.States(), Boots: tally.Boots.Load(), Refused: tally.Refused.Load(),
	})
	return text
}

// Close silences the phones. It may be called while something is done.
func (d *Duty) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.player != nil && !d.closed {
		d.player.Close() // nothing of it outlives the process
	}
	d.closed = true
}

package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// A Player plays steps in a lab and judges what came of them, in the sentences of
// scenario files. [Open] makes one.
type Player struct {
	*lab.Lab
	// Acting, where not nil, is told of each act when it begins.
	Acting func(Act)

	pace   time.Duration // how long each act takes beside what it waits; 0: as long as the phones
	longer time.Duration // a pace to try where that is too short
	begun  int           // acts, so far
	before before        // how things were when the step began
	acts   []Looked      // what acts found
	did    report.Done   // what came of the last act
	acted  func()        // called after each act of a step, where not nil
	teller *report.Teller
	turns  turns
	since  time.Duration // by Elapsed: when the last act began, or the last wait ended
	timely []Looked      // of the step's expectations that name a time
	crew   *company      // that has the phones; nil: they are here
	there  sighting      // what it has found of the step's other expectations
}

// Open puts a scenario's clusters and phones up without playing its steps. Its
// user plays others, in the sentences of scenario files: [Player.ParseAct] and
// [Player.Do] do something, [Player.Expect] judges. Close ends it.
func Open(s Scenario, opt lab.Options) (*Player, error) {
	l, err := lab.Open(s.Setup, opt)
	if err != nil {
		return nil, err
	}
	p := &Player{Lab: l, teller: report.NewTeller(l), turns: turns{seed: opt.Seed}}
	p.crew, _ = opt.Crew.(*company)
	for _, step := range s.Steps {
		for _, e := range step.Expect {
			if e.begin != nil {
				e.begin(p)
			}
		}
	}
	p.Remember()
	return p, nil
}

// before is what expectations of change compare with.
type before struct {
	lists  map[*cucm.Node]*itl.List
	certs  map[*cucm.Node]map[cucm.Unit]*cucm.Certificate
	held   []*itl.List // by phones
	alarms report.Alarms
}

// Remember notes how things are: "has not changed" and "before" speak of this
// moment from now on. Each step begins with it.
func (p *Player) Remember() {
	p.before = before{
		lists: make(map[*cucm.Node]*itl.List), certs: make(map[*cucm.Node]map[cucm.Unit]*cucm.Certificate),
		held: make([]*itl.List, p.Phones()), alarms: report.AlarmsOf(p.Lab),
	}
	for _, n := range p.Nodes() {
		p.before.lists[n] = n.ITL()
		p.before.certs[n] = make(map[cucm.Unit]*cucm.Certificate)
		for _, u := range cucm.Units {
			p.before.certs[n][u] = n.Certificate(u)
		}
	}
	p.Each(fleet.Basics, func(i int, _ *lab.Member, v *fleet.View) { p.before.held[i] = v.Flash.Lists.ITL })
}

// Do carries an act out and lets the phones finish what follows from it.
func (p *Player) Do(ctx context.Context, a Act) error {
	if err := p.begin(ctx, a); err != nil {
		return err
	}
	return p.unsettled(ctx, p.settle(ctx))
}

// begin carries an act out. From now on, or from its end where it is a wait, times
// count that expectations name.
func (p *Player) begin(ctx context.Context, a Act) error {
	p.begun++
	p.since, p.did = p.Elapsed(), report.Done{Text: cmp.Or(a.Typed, a.Text)}
	before := len(p.acts)
	if p.Acting != nil {
		p.Acting(a)
	}
	var err error
	if fault := p.Cluster.Publisher().Contain("act", func() { err = p.carryOut(ctx, a) }); fault != nil {
		err = fault
	}
	if err == nil {
		err = p.actThere(ctx, a)
	}
	if a.Verb == LetTimePass || a.Verb == WaitUntil {
		p.since = p.Elapsed()
	} else if p.pace > 0 {
		p.HoldKeepAlives(p.pace / 2) // until what the phones do is over
	}
	for _, e := range p.judge(p.acts[before:]) {
		p.did.Fails(e)
	}
	if err != nil {
		p.did.Fails(report.Expectation{Why: cause.Of(err)})
	}
	return p.unsettled(ctx, err)
}

// Did is the act that was done last, and what came of it.
func (p *Player) Did() report.Done { return p.did }

// Words are the names that sentences may have here.
func (p *Player) Words() language.Vocabulary {
	return language.Vocabulary{Nodes: p.NodeNames(), Groups: p.GroupNames(), Models: p.Models()}
}

// vocabulary is what sentences may name here.
func (p *Player) vocabulary() vocabulary {
	v := vocabulary{Vocabulary: p.Words()}
	v.hasPhone = p.HasPhone
	v.has = func(node string, s cucm.Service) bool {
		n, err := p.Node(node)
		return err == nil && n.Address(s) != ""
	}
	v.authority = p.Authority != nil
	if p.Other != nil {
		v.other = v.Nodes[len(p.Cluster.Nodes()):]
	}
	return v
}

// ParseAct understands an act as a scenario file has it, key and value in one
// line: "phones of floor-1: power off", "on test10pub: set cert regen TVS", with
// the answers to the command's questions, "wait: 6 minutes", "fault: …",
// "page: …". The error is of [language.ErrInvalid], a [*language.Error] that tells where in
// the text.
func (p *Player) ParseAct(text string, answers ...string) (Act, error) {
	return p.ParseTyped(text, Typed{Answers: answers})
}

// Typed is what an act that types a command may have beside its sentence, as in a scenario
// file.
type Typed struct {
	Answers []string // to its questions
	Refused string   // words that it is refused with; "": it is not
	Prints  []string // words that it prints, each an expectation
}

// ParseTyped understands an act with all that belongs to its command ([Player.ParseAct]).
func (p *Player) ParseTyped(text string, with Typed) (Act, error) {
	key, value, ok := strings.Cut(text, ": ")
	if !ok {
		says := "an act is a key and a value, such as \"phones: power on\""
		return Act{}, fmt.Errorf("%q: %w", text, &language.Error{Says: says})
	}
	k, err := p.vocabulary().actKey(key)
	var act Act
	if err == nil {
		act, err = k.act(value)
		if of, ok := errors.AsType[*language.Error](err); ok { // the value, which begins behind the key
			err = &language.Error{At: of.At + utf8.RuneCountInString(key+": "), Says: of.Says}
		}
	}
	more := len(with.Answers) > 0 || with.Refused != "" || len(with.Prints) > 0
	if err == nil && more && !act.Verb.typed() {
		err = &language.Error{Says: "only a command asks questions that have answers, is refused, or prints"}
	}
	if err != nil {
		return Act{}, fmt.Errorf("%q: %w", text, err)
	}
	if more {
		act.Answers, act.Refused, act.Prints = with.Answers, with.Refused, with.Prints
	}
	return act, nil
}

// Failed returns what failed in the acts since it was asked last: commands that
// were refused and should not have been, or the other way round.
func (p *Player) Failed() []report.Expectation {
	failed := slices.DeleteFunc(p.judge(p.acts), func(e report.Expectation) bool { return e.Passed })
	p.acts = nil
	return failed
}

// NewStories begins the stories of the phones.
func (p *Player) NewStories() *report.Stories { return report.NewStories(p.Lab, p.teller) }

// Cure says what would help a phone that a node serves, "" where it needs
// nothing.
func (p *Player) Cure(v *fleet.View, n *cucm.Node) string { return p.teller.Cure(v, n) }

// Play does a step and judges it. The error is why it could not go on.
func (p *Player) Play(ctx context.Context, step Step) (report.Step, error) {
	did, err := p.act(ctx, step)
	return p.judgeStep(step, did, err), err
}

// Begin does the acts of a step as Play does, but does not wait for phones, which do what
// follows while others act. It judges no expectations but those of the acts themselves.
func (p *Player) Begin(ctx context.Context, step Step) (report.Step, error) {
	step.Expect = nil
	did, err := p.actEach(ctx, step, p.begin)
	return p.judgeStep(step, did, err), err
}

// Judge judges expectations of how things are, as those of a step are judged: "before"
// speaks of the moment before the last step, and where sentences name a time, that may
// pass. The error is why it could not go on.
func (p *Player) Judge(ctx context.Context, expect []Expectation) (report.Step, error) {
	p.acts = nil
	err := p.lookAhead(ctx, expect)
	return p.judgeStep(Step{Expect: expect}, []report.Done{}, err), err
}

// act does all acts of a step, and looks at expectations that name a time. It returns the acts
// that were done, of a repeated step the last time.
func (p *Player) act(ctx context.Context, step Step) (did []report.Done, err error) {
	if err := p.rememberThere(ctx); err != nil {
		return nil, err
	}
	did, err = p.actEach(ctx, step, p.Do)
	if err == nil {
		err = p.lookAhead(ctx, step.Expect)
	}
	return did, err
}

// lookAhead looks at those expectations that it takes time to look at: they name one, or a crew
// has the phones.
func (p *Player) lookAhead(ctx context.Context, all []Expectation) error {
	err := p.lookTimely(ctx, all)
	if err == nil {
		p.there, err = p.lookThere(ctx, untimely(all))
	}
	return err
}

// untimely are the expectations that name no time.
func untimely(all []Expectation) (now []Expectation) {
	for _, e := range all {
		if !e.timely() {
			now = append(now, e)
		}
	}
	return now
}

// actEach does all acts of a step, each in a way.
func (p *Player) actEach(
	ctx context.Context, step Step, way func(context.Context, Act) error,
) (did []report.Done, err error) {
	p.Remember()
	p.acts, p.since = nil, p.Elapsed()
	times := max(1, step.Repeat.Times)
	timely := slices.ContainsFunc(step.Expect, func(e Expectation) bool { return e.timely() })
	for turn := range times {
		began := p.Elapsed()
		did = []report.Done{}
		for k := range p.acts {
			p.acts[k].Act = 0 // of a turn before
		}
		for i, act := range step.Do {
			do := way
			if timely && turn == times-1 && i == len(step.Do)-1 {
				do = p.begin // it is judged while the phones do what follows
			}
			before := len(p.acts)
			err := do(ctx, act)
			did = append(did, p.did)
			for k := range p.acts[before:] {
				p.acts[before+k].Act = len(did)
			}
			if p.acted != nil {
				p.acted()
			}
			if err != nil {
				return did, fmt.Errorf("%s: %w", act.Text, err)
			}
		}
		if turn < times-1 {
			if err := p.pause(ctx, step.Repeat, began); err != nil {
				return did, err
			}
		}
	}
	return did, nil
}

// judgeStep reports a step that was done, or broken off with an error.
func (p *Player) judgeStep(step Step, did []report.Done, err error) report.Step {
	r, looked := p.lookStep(step, did, err)
	r.Expectations = p.judge(looked)
	return r
}

// lookStep reports a step that was done, or broken off with an error, but for what is expected:
// what was found about that, by the acts first.
func (p *Player) lookStep(step Step, did []report.Done, err error) (report.Step, []Looked) {
	r := report.Step{
		Name: step.Name, Says: step.Says, Repeat: step.Repeat.Text, Do: did, AtS: p.Elapsed().Seconds(),
		States: report.StatesOf(p.Fleet.States()), Groups: report.GroupsOf(p.Lab),
		Alarms: report.AlarmsOf(p.Lab).Since(p.before.alarms),
	}
	switch {
	case err == nil:
		return r, slices.Concat(p.acts, p.lookAtAll(step.Expect))
	case errors.Is(err, context.Canceled):
		r.Error = "interrupted"
	default:
		r.Error = cause.Of(err)
	}
	return r, p.acts
}

// lookAtAll looks at the expectations of a step that name no time. Those that do have been
// looked at.
func (p *Player) lookAtAll(all []Expectation) []Looked {
	found, looked := p.look(untimely(all)), make([]Looked, len(all))
	if err := p.there.plus(found); err != nil {
		panic("scenarios: " + err.Error()) // of phones, and here are none
	}
	for i := range all {
		if all[i].timely() {
			looked[i] = p.timely[i]
			continue
		}
		looked[i], found = lookedAt(&all[i], found[0]), found[1:]
	}
	return looked
}

// lookedAt is how many phones what is found is of.
func (p *Player) lookedAt() int {
	if p.crew != nil {
		return p.Total()
	}
	return p.Phones()
}

// judge judges what was found of all phones.
func (p *Player) judge(all []Looked) []report.Expectation {
	judged := []report.Expectation{}
	for _, l := range all {
		if e, tell := l.judged(p.lookedAt()); tell {
			judged = append(judged, e)
		}
	}
	return judged
}

package scenarios

import (
	"context"
	"fmt"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// A Player plays steps in a lab and judges what came of them, in the sentences of
// scenario files. [Open] makes one.
type Player struct {
	*lab.Lab

	before before              // how things were when the step began
	judged []ExpectationReport // what acts found
	names  names
}

// Open puts a scenario's clusters and phones up without playing its steps, for
// whoever plays their own: [Player.ParseAct], [Player.Do] and [Player.Expect]
// take the sentences of scenario files. Close ends it.
func Open(s Scenario, opt lab.Options) (*Player, error) {
	l, err := lab.Open(s.Setup, opt)
	if err != nil {
		return nil, err
	}
	p := &Player{Lab: l, names: namesOf(l)}
	p.remember()
	return p, nil
}

// before is what later expectations compare with.
type before struct {
	lists map[*cucm.Node]*itl.List
	certs map[*cucm.Node]map[cucm.Unit]*cucm.Certificate
	held  []*itl.List // by phones
}

// remember notes how things are, for what "has not changed".
func (st *Player) remember() {
	st.before = before{
		lists: make(map[*cucm.Node]*itl.List), certs: make(map[*cucm.Node]map[cucm.Unit]*cucm.Certificate),
		held: make([]*itl.List, st.Phones()),
	}
	for _, n := range st.Nodes() {
		st.before.lists[n] = n.ITL()
		st.before.certs[n] = make(map[cucm.Unit]*cucm.Certificate)
		for _, u := range cucm.Units {
			st.before.certs[n][u] = n.Certificate(u)
		}
	}
	st.Each(func(i int, _ *lab.Member, v *fleet.View) { st.before.held[i] = v.Flash.Lists.ITL })
}

// Do carries an act out and lets the phones finish what follows from it.
func (st *Player) Do(ctx context.Context, a Act) error {
	if err := a.Do(ctx, st); err != nil {
		return err
	}
	return st.Fleet.Settle(ctx)
}

// vocabulary is what sentences may name here.
func (st *Player) vocabulary() language.Vocabulary {
	return language.Vocabulary{Nodes: st.NodeNames(), Groups: st.GroupNames()}
}

// ParseAct understands an act as a scenario file has it, key and value in one line:
// "phones of floor-1: power off", "on test10pub: set cert regen TVS", with the
// answers to the command's questions, "wait: 6 minutes", "fault: …", "page: …".
func (st *Player) ParseAct(text string, answers ...string) (Act, error) {
	key, value, ok := strings.Cut(text, ": ")
	if !ok {
		return Act{}, fmt.Errorf("%q: an act is a key and a value, such as \"phones: power on\"", text)
	}
	v := st.vocabulary()
	var act Act
	var err error
	switch node, isCommand := strings.CutPrefix(key, "on "); {
	case isCommand:
		if _, err = st.Node(node); err == nil {
			act = typed{node: node, line: value, answers: answers}.act()
		}
	case key == "wait":
		act, err = waits.Parse(value, v)
	case key == "page":
		act, err = pageActs.Parse(value, v)
	case key == "fault":
		act, err = faults.Parse(value, v)
	default:
		var who language.Selection
		var do phoneAct
		if who, err = targets.Parse(key, v); err == nil {
			do, err = phoneActs.Parse(value, v)
		}
		act = Act{text, func(ctx context.Context, st *Player) error { return do(ctx, st, who) }}
	}
	if err != nil {
		return Act{}, fmt.Errorf("%q: %w", text, err)
	}
	return act, nil
}

// Expect judges a sentence: nil where it holds, else what is the case.
func (st *Player) Expect(sentence string) error {
	e, err := expectations.Parse(sentence, st.vocabulary())
	if err != nil {
		return fmt.Errorf("%q: %w", sentence, err)
	}
	if err := e.Check(st); err != nil {
		return fmt.Errorf("%s: %w", sentence, err)
	}
	return nil
}

// Failed takes what acts found since it was last asked: commands that were
// refused and should not have been, and the other way round.
func (st *Player) Failed() []ExpectationReport {
	var failed []ExpectationReport
	for _, e := range st.judged {
		if !e.Passed {
			failed = append(failed, e)
		}
	}
	st.judged = nil
	return failed
}

// Remember notes how things are: "has not changed" and "before" speak of this
// moment from now on, as of the beginning of a step in a file.
func (st *Player) Remember() { st.remember() }

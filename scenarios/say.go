package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"itlsim/scenarios/language"
)

// Open puts a scenario's clusters and phones up without playing its steps, for
// whoever plays their own: [Stage.Say], [Stage.Do] and [Stage.Expect] take the
// sentences of scenario files. Close ends it.
func Open(s Scenario, opt Options) (*Stage, error) {
	if opt.Phones > 0 {
		if opt.Phones < len(s.Groups) {
			return nil, fmt.Errorf("%d phones for %d groups: %w", opt.Phones, len(s.Groups), ErrTooFew)
		}
		s.Groups = scaled(s.Groups, opt.Phones)
	}
	return openStage(s, opt)
}

// language.Vocabulary is what sentences may name on this stage.
func (st *Stage) vocabulary() language.Vocabulary {
	var v language.Vocabulary
	for name := range st.nodes {
		v.Nodes = append(v.Nodes, name)
	}
	for i := range st.members {
		if g := st.members[i].Group; !slices.Contains(v.Groups, g) {
			v.Groups = append(v.Groups, g)
		}
	}
	return v
}

// Say understands an act as a scenario file has it, key and value in one line:
// "phones of floor-1: power off", "on test10pub: set cert regen TVS", with the
// answers to the command's questions, "wait: 6 minutes", "fault: …", "page: …".
func (st *Stage) Say(text string, answers ...string) (Act, error) {
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
		act = Act{text, func(ctx context.Context, st *Stage) error { return do(ctx, st, who) }}
	}
	if err != nil {
		return Act{}, fmt.Errorf("%q: %w", text, err)
	}
	return act, nil
}

// Expect judges a sentence: nil where it holds, else what is the case.
func (st *Stage) Expect(sentence string) error {
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
func (st *Stage) Failed() []ExpectationReport {
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
func (st *Stage) Remember() { st.remember() }

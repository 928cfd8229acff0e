package report

import (
	"fmt"
	"slices"
	"strings"

	"itlsim/phone"
	"itlsim/scenarios/language"
)

// Stranded are phones that the run left locked or untrusted: those of one group and model
// that were lost at the same step for the same reason, and need the same cure.
type Stranded struct {
	Step   int      `json:"step"` // from 1: since it they are locked or untrusted without a break
	Group  string   `json:"group"`
	Model  string   `json:"model"` // with its firmware
	Reason string   `json:"reason"`
	Cure   string   `json:"cure"`
	Off    int      `json:"off,omitempty"` // how many of them are without power
	Phones []string `json:"phones"`
	Count  int      `json:"count,omitempty"` // how many they are, where there are too many to name all
}

// loss is what stranded phones have in common.
type loss struct {
	step                       int
	group, model, reason, cure string
}

// stranded are phones with this in common, none of them yet.
func (l loss) stranded() Stranded {
	return Stranded{Step: l.step, Group: l.group, Model: l.model, Reason: l.reason, Cure: l.cure}
}

// loss is what they have in common.
func (s *Stranded) loss() loss { return loss{s.Step, s.Group, s.Model, s.Reason, s.Cure} }

// Number is how many they are, and Unnamed how many of these have no name here.
func (s Stranded) Number() int  { return max(s.Count, len(s.Phones)) }
func (s Stranded) Unnamed() int { return s.Number() - len(s.Phones) }

// lost reports whether it ends with the phones lost.
func (c Chapter) lost() bool {
	return c.State == phone.Locked.String() || c.State == phone.Untrusted.String()
}

// lost reports whether a state needs a cure.
func lost(state phone.State) bool { return state == phone.Locked || state == phone.Untrusted }

// lossOf is what stranded a phone whose story ends at a leaf: the earliest step since which
// it is lost, and the reason that its last chapter has.
func (s *Stories) lossOf(at int32, group, cure string) loss {
	is := loss{group: group, cure: cure}
	is.reason = s.contents[s.leaves[at].content].Why
	broken := false
	for l := s.leaves[at]; ; l = s.leaves[l.parent] {
		c := s.contents[l.content]
		if l.step == 0 {
			is.model = c.Name
			return is
		}
		broken = broken || !c.lost()
		if !broken {
			is.step = l.step
		}
	}
}

// verdict says in a sentence what came of the phones: how many come through, on and
// neither locked nor untrusted; who is stranded, and whether `utils itl reset localkey`
// would bring them back; who is off.
func (r *Report) verdict() string {
	stranded, off := r.stranded()
	off = r.States.Off - off
	through := r.Phones - stranded - off
	says := fmt.Sprintf("%s of %s come through", language.Number(through), phones(r.Phones))
	switch {
	case through == 1 && r.Phones == 1:
		says = "the phone comes through"
	case through == r.Phones:
		says = fmt.Sprintf("all %s come through", phones(r.Phones))
	}
	if stranded > 0 {
		says += fmt.Sprintf("; %s stranded %s, and %s", are(stranded), r.lostAt(), r.byLocalKey(stranded))
	}
	if off > 0 {
		says += fmt.Sprintf("; %s off", are(off))
	}
	switch held, failed, stopped := r.Tally(); {
	case stopped:
		says = fmt.Sprintf("the run stopped at step %d; until then ", len(r.Steps)) + says
	case failed > 0:
		says += fmt.Sprintf("; %s of %s expectations failed", language.Number(failed), language.Number(held+failed))
	case stranded > 0 && held > 0:
		says += fmt.Sprintf("; all %s expectations held all the same", language.Number(held))
	}
	return says
}

// stranded counts all phones that are, and those of them that are off.
func (r *Report) stranded() (all, off int) {
	all = r.StrandedLeftOut
	for _, s := range r.Stranded {
		all += s.Number()
		off += s.Off
	}
	return all, off
}

// lostAt says at which steps phones were stranded.
func (r *Report) lostAt() string {
	var steps []int
	for _, s := range r.Stranded {
		steps = append(steps, s.Step)
	}
	slices.Sort(steps)
	steps = slices.Compact(steps)
	switch n := len(steps); n {
	case 1:
		return fmt.Sprintf("at step %d", steps[0])
	case 2:
		return fmt.Sprintf("at steps %d and %d", steps[0], steps[1])
	default:
		return fmt.Sprintf("at %d steps from %d to %d", n, steps[0], steps[n-1])
	}
}

// byLocalKey reports whether a cure is `utils itl reset localkey`.
func byLocalKey(cure string) bool { return strings.Contains(cure, resetLocalKey) }

// byLocalKey says how many of the stranded `utils itl reset localkey` would bring back.
func (r *Report) byLocalKey(stranded int) string {
	back := 0
	for _, s := range r.Stranded {
		if byLocalKey(s.Cure) {
			back += s.Number()
		}
	}
	them := "them"
	if stranded == 1 {
		them = "it"
	}
	switch back {
	case 0:
		return fmt.Sprintf("%s does not bring %s back", resetLocalKey, them)
	case stranded:
		return fmt.Sprintf("%s brings %s back", resetLocalKey, them)
	default:
		return fmt.Sprintf("%s brings %s of them back", resetLocalKey, language.Number(back))
	}
}

// phones is a number of them.
func phones(n int) string {
	if n == 1 {
		return "1 phone"
	}
	return language.Number(n) + " phones"
}

// are is a number with its verb.
func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return language.Number(n) + " are"
}

// maxStranded bounds what the text report lists.
const maxStranded = 10

// printStranded lists who is stranded, and what would help.
func (r *Report) printStranded(p func(format string, args ...any)) {
	if len(r.Stranded) == 0 {
		return
	}
	p("stranded:")
	left := r.StrandedLeftOut
	for i, s := range r.Stranded {
		if i >= maxStranded {
			left += s.Number()
			continue
		}
		p("%10s  %s, %s, since step %d", language.Number(s.Number()), s.Group, s.Model, s.Step)
		for _, line := range []struct{ name, is string }{{"", Some(s.Phones)}, {"why: ", s.Reason}, {"cure: ", s.Cure}} {
			if line.is != "" {
				p("%10s  %s%s", "", line.name, line.is)
			}
		}
	}
	if left > 0 {
		p("%10s  others", language.Number(left))
	}
	p("")
}

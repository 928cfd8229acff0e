package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"itlsim/phone"
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
}

// loss is what stranded phones have in common.
type loss struct {
	step                       int
	group, model, reason, cure string
}

// losses collects stranded phones.
type losses struct {
	at  map[loss]*Stranded
	all []*Stranded
}

// add takes a phone.
func (l *losses) add(is loss, name string, on bool) {
	s := l.at[is]
	if s == nil {
		s = &Stranded{Step: is.step, Group: is.group, Model: is.model, Reason: is.reason, Cure: is.cure}
		l.at[is] = s
		l.all = append(l.all, s)
	}
	s.Phones = append(s.Phones, name)
	if !on {
		s.Off++
	}
}

// sorted are the losses, those of most phones first, so many at most, and how many phones
// are not among them.
func (l *losses) sorted(most int) (all []Stranded, leftOut int) {
	slices.SortStableFunc(l.all, func(a, b *Stranded) int {
		return cmp.Or(len(b.Phones)-len(a.Phones), a.Step-b.Step)
	})
	all = []Stranded{}
	for i, s := range l.all {
		if i >= most {
			leftOut += len(s.Phones)
			continue
		}
		all = append(all, *s)
	}
	return all, leftOut
}

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
	says := fmt.Sprintf("%s of %s come through", Number(through), phones(r.Phones))
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
		says += fmt.Sprintf("; %s of %s expectations failed", Number(failed), Number(held+failed))
	case stranded > 0 && held > 0:
		says += fmt.Sprintf("; all %s expectations held all the same", Number(held))
	}
	return says
}

// stranded counts all phones that are, and those of them that are off.
func (r *Report) stranded() (all, off int) {
	all = r.StrandedLeftOut
	for _, s := range r.Stranded {
		all += len(s.Phones)
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
			back += len(s.Phones)
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
		return fmt.Sprintf("%s brings %s of them back", resetLocalKey, Number(back))
	}
}

// phones is a number of them.
func phones(n int) string {
	if n == 1 {
		return "1 phone"
	}
	return Number(n) + " phones"
}

// are is a number with its verb.
func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return Number(n) + " are"
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
			left += len(s.Phones)
			continue
		}
		p("%10s  %s, %s, since step %d", Number(len(s.Phones)), s.Group, s.Model, s.Step)
		for _, line := range []struct{ name, is string }{{"", Some(s.Phones)}, {"why: ", s.Reason}, {"cure: ", s.Cure}} {
			if line.is != "" {
				p("%10s  %s%s", "", line.name, line.is)
			}
		}
	}
	if left > 0 {
		p("%10s  others", Number(left))
	}
	p("")
}

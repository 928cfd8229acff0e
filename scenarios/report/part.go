package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"itlsim/fleet"
)

// A Part is what a run gives of some of its phones, a shard's: parts add up ([Merge]).
type Part struct {
	// Report is of these phones. What follows from the other fields, or from all parts, is not in it.
	Report *Report     `json:"report"`
	Times  fleet.Times `json:"times"` // of boots
	// Shared is how often each configuration was signed that phones of several parts may share.
	Shared map[string]uint64 `json:"shared,omitempty"`
	Cast   Cast              `json:"cast"`
}

// ErrDiffer is the family of [Merge]'s errors about parts that tell different things of what
// all of them must see alike: one of them was not played as the others were.
var ErrDiffer = errors.New("parts differ")

type differError struct {
	one, other int
	about      string
}

func (e *differError) Error() string {
	return fmt.Sprintf("shards %d and %d differ about %s", e.one, e.other, e.about)
}
func (e *differError) Is(target error) bool { return target == ErrDiffer }

// Differ is the error of two parts, by their places, that tell different things about
// something.
func Differ(one, other int, about string) error { return &differError{one, other, about} }

// Merge makes one report of all parts of a run, in the order of their phones, but for what is
// expected (why acts failed is the first part's), the conclusions ([Report.Conclude]) and the run's
// own cost ([Report.Cost]). The error is of [ErrDiffer].
func Merge(parts []*Part) (*Report, error) {
	first := parts[0].said()
	for i, p := range parts[1:] {
		if about := differ(first, p.said()); about != "" {
			return nil, Differ(0, i+1, about)
		}
	}
	r := *parts[0].Report
	r.Steps, r.Timing.StepS = slices.Clone(r.Steps), slices.Clone(r.Timing.StepS)
	r.Timing.Timeline = slices.Clone(r.Timing.Timeline)
	for i := range r.Steps {
		r.Steps[i].Groups, r.Steps[i].Do = slices.Clone(r.Steps[i].Groups), slices.Clone(r.Steps[i].Do)
	}
	var times fleet.Times
	for i, p := range parts {
		if i > 0 {
			r.add(p.Report)
		}
		times.Plus(p.Times)
		r.casts = append(r.casts, &p.Cast)
	}
	r.Counts.ConfigurationsSigned -= signedTwice(parts)
	r.Timing.BootMS = BootsOf(times)
	r.Cost(r.Timing.WallS, r.Timing.CPUS, r.Timing.PeakRSSBytes)
	r.tell(r.casts, maxStories)
	return &r, nil
}

// add adds another part's report.
func (r *Report) add(of *Report) {
	r.Phones += of.Phones
	r.KnowNone += of.KnowNone
	r.States, r.Counts = plus(r.States, of.States), plus(r.Counts, of.Counts)
	r.Limits.Boots += of.Limits.Boots // shares of the run's
	for i := range r.Steps {
		r.Steps[i].add(&of.Steps[i])
	}
	t, more := &r.Timing, &of.Timing
	if more.StartedAt.Before(t.StartedAt) {
		t.StartedAt = more.StartedAt
	}
	t.WallS, t.CPUS, t.PeakRSSBytes = max(t.WallS, more.WallS), t.CPUS+more.CPUS, max(t.PeakRSSBytes, more.PeakRSSBytes)
	for i := range t.StepS {
		t.StepS[i] = max(t.StepS[i], more.StepS[i])
	}
	for i := range t.Timeline {
		m := &t.Timeline[i]
		m.States, m.WallS = plus(m.States, more.Timeline[i].States), max(m.WallS, more.Timeline[i].WallS)
	}
}

// add adds the same step of another part. Groups come in the order in which they have phones.
func (s *Step) add(of *Step) {
	s.States, s.Alarms = plus(s.States, of.States), plus(s.Alarms, of.Alarms)
	for _, g := range of.Groups {
		at := slices.IndexFunc(s.Groups, func(is Group) bool { return is.Name == g.Name })
		if at < 0 {
			s.Groups = append(s.Groups, g)
			continue
		}
		is := &s.Groups[at]
		is.Phones, is.States = is.Phones+g.Phones, plus(is.States, g.States)
	}
}

// plus adds up all numbers of two structs of numbers.
func plus[T any](a, b T) T {
	sum(reflect.ValueOf(&a).Elem(), reflect.ValueOf(b))
	return a
}

func sum(into, of reflect.Value) {
	for i := range into.NumField() {
		switch to, more := into.Field(i), of.Field(i); {
		case to.Kind() == reflect.Struct:
			sum(to, more)
		case to.CanInt():
			to.SetInt(to.Int() + more.Int())
		default:
			to.SetUint(to.Uint() + more.Uint())
		}
	}
}

// signedTwice is how many of the configurations that parts signed others signed, too, which
// one cluster would have signed once.
func signedTwice(parts []*Part) (n uint64) {
	most := make(map[string]uint64)
	for _, p := range parts {
		for is, times := range p.Shared {
			n += min(times, most[is])
			most[is] = max(times, most[is])
		}
	}
	return n
}

// Join takes into a part of a crew's phones what is of no phones, which the run's command has in
// its report, of as many steps.
func (p *Part) Join(run *Report) {
	of, r := p.Report, *run
	r.Phones, r.KnowNone, r.States, r.Counts = of.Phones, of.KnowNone, of.States, of.Counts
	r.Limits.Boots, r.Timing = of.Limits.Boots, of.Timing
	r.Timing.StartedAt, r.Timing.StepS = run.Timing.StartedAt, make([]float64, len(run.Timing.StepS))
	r.Timing.Timeline = slices.Clone(run.Timing.Timeline)
	for i := range r.Timing.Timeline {
		r.Timing.Timeline[i].States, r.Timing.Timeline[i].WallS = States{}, 0 // which the command was told
	}
	r.Steps = slices.Clone(run.Steps)
	for i := range r.Steps {
		r.Steps[i].States, r.Steps[i].Groups, r.Steps[i].Alarms = of.Steps[i].States, of.Steps[i].Groups, Alarms{}
	}
	p.Report = &r
}

// A said is something that all parts must say alike, as JSON.
type said struct {
	about string
	is    []byte
}

// said is all of it. The time at which each act ended is in the timeline.
func (p *Part) said() (all []said) {
	says := func(about string, what ...any) {
		is, err := json.Marshal(what)
		if err != nil {
			panic("report: " + err.Error()) // these are plain
		}
		all = append(all, said{about, is})
	}
	r := p.Report
	says("which scenario it is", r.Scenario, r.Shows, r.Rows, r.Mode, r.Seed, r.Version, r.StartedAt)
	says("the clusters", r.Clusters)
	says("what phones are allowed", r.Limits.TFTPTimeoutMS, r.Limits.TFTPRetries, r.Limits.TVSTimeoutMS)
	says("how many steps there are", len(r.Steps), len(r.Timing.StepS))
	for i, s := range r.Steps {
		step := fmt.Sprintf("step %d, %s", i+1, s.Name)
		says(step, s.Name, s.Says, s.Repeat)
		says("what was done in "+step, s.didAll())
		says("what ended "+step, s.Error)
		says("when "+step+" ended", s.AtS)
	}
	var moments []any
	for _, m := range r.Timing.Timeline {
		moments = append(moments, []any{m.Step, m.AtS})
	}
	says("when acts ended", moments...)
	return all
}

// didAll is what was done, but for why it failed, as a reset does where none of these phones
// is registered: that follows from what was found of all.
func (s *Step) didAll() []Done {
	all := slices.Clone(s.Do)
	for i := range all {
		all[i].Failed = ""
	}
	return all
}

// differ is what is not the same in both, "" where all is.
func differ(a, b []said) string {
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i].is, b[i].is) {
			return a[i].about
		}
	}
	return ""
}

// Check checks that a part is of the phones from one number to before another, and that what
// it says fits together.
func (p *Part) Check(from, to int) error {
	r := p.Report
	switch {
	case r == nil:
		return errors.New("it has no report")
	case r.Phones != to-from || r.States.Phones() != to-from || p.Cast.First != from:
		return fmt.Errorf("it is not of the phones from %d to %d", from, to)
	case len(r.Stories) > 0 || len(r.Stranded) > 0:
		return errors.New("it has stories beside its tales")
	}
	return p.Cast.check(to-from, len(r.Steps))
}

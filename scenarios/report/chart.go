package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"itlsim/scenarios/language"
)

// layers are the states as charts stack and tables list them.
var layers = []struct {
	name string
	of   func(States) int
}{
	{"trusted", func(s States) int { return s.Trusted }},
	{"none", func(s States) int { return s.None }},
	{"locked", func(s States) int { return s.Locked }},
	{"untrusted", func(s States) int { return s.Untrusted }},
	{"off", func(s States) int { return s.Off }},
}

// Says is how many phones are in which state, without those in which there are none.
func (s States) Says() string {
	var all []string
	for _, l := range layers {
		if n := l.of(s); n > 0 {
			all = append(all, language.Number(n)+" "+l.name)
		}
	}
	return strings.Join(all, ", ")
}

// A count is how many phones are in a state.
type count struct {
	State  string
	Phones int
}

// CountsOf are the phones in each state that the run has seen.
func (p page) CountsOf(s States) (all []count) {
	for i, l := range layers {
		if p.seen[i] {
			all = append(all, count{l.name, l.of(s)})
		}
	}
	return all
}

// newPage looks at all moments of a run once.
func newPage(r *Report) page {
	p := page{r, make([]bool, len(layers))}
	for _, m := range p.moments() {
		for i, l := range layers {
			p.seen[i] = p.seen[i] || l.of(m.States) > 0
		}
	}
	return p
}

// moments are the beginning, when all phones are put up without power, the samples and the
// ends of the steps, in order.
func (p page) moments() []Moment {
	all := append([]Moment{{Step: 1, States: States{Off: p.Phones}}}, p.Timing.Timeline...)
	for i, s := range p.Steps {
		all = append(all, Moment{AtS: s.AtS, Step: i + 1, States: s.States})
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Or(a.Step-b.Step, cmp.Compare(a.AtS, b.AtS)) })
	return all
}

// held are moments between which the states stay as they are for as long as they can: what
// changes them is boots, and a boot takes no longer than the longest of the run.
func (p page) held(moments []Moment) (all []Moment) {
	boot := milliseconds(p.Timing.BootMS.Max).Seconds()
	for i, m := range moments {
		if i > 0 && m.Step == moments[i-1].Step && m.AtS-boot > moments[i-1].AtS {
			all = append(all, Moment{AtS: m.AtS - boot, Step: m.Step, States: moments[i-1].States})
		}
		all = append(all, m)
	}
	return all
}

// An axis is the scenario's time. Half of its length is shared alike by all steps, so that
// a step of seconds is seen beside a wait of days, the other half by how long they took.
type axis []stretch

// A stretch is a step's part of the axis: its time in seconds, and its place in percent.
type stretch struct{ begins, took, left, width float64 }

// settled is the share of a stretch that shows how the step left the phones.
const settled = 0.15

func (p page) axis() axis {
	all, whole := make(axis, len(p.Steps)), 0.0
	for i, s := range p.Steps {
		all[i].begins = p.Begins(i)
		all[i].took = max(s.AtS-all[i].begins, 0)
		whole += all[i].took
	}
	left, alike := 0.0, 100/float64(len(all))
	for i := range all {
		all[i].left, all[i].width = left, alike
		if whole > 0 {
			all[i].width = float64(alike/2) + 50*all[i].took/whole
		}
		left += all[i].width
	}
	return all
}

// x is the place of a time of a step, in percent.
func (a axis) x(step int, at float64) float64 {
	s := a[min(max(step, 1), len(a))-1]
	if s.took <= 0 {
		return s.left
	}
	return s.left + float64(s.width*(1-settled)*min(max((at-s.begins)/s.took, 0), 1))
}

// places are those of moments, of a step's last one where the step's stretch ends, too.
func (a axis) places(moments []Moment) [][]float64 {
	all := make([][]float64, len(moments))
	for i, m := range moments {
		all[i] = []float64{a.x(m.Step, m.AtS)}
		if s := a[min(max(m.Step, 1), len(a))-1]; i+1 == len(moments) || moments[i+1].Step != m.Step {
			all[i] = append(all[i], s.left+s.width)
		}
	}
	return all
}

// An area is a state's part of a chart, as the points of a polygon in a square of 100 by 100.
type area struct{ State, Points string }

// areas are one for each state that the run has seen, one on top of the other.
func (p page) areas(moments []Moment, phones int) (all []area) {
	xs := p.axis().places(moments)
	below := make([]int, len(moments))
	y := func(n int) float64 { return 100 * (1 - float64(n)/float64(max(phones, 1))) }
	for k, l := range layers {
		if !p.seen[k] {
			continue
		}
		var up, down []string
		for i, m := range moments {
			low := below[i]
			below[i] += l.of(m.States)
			for _, x := range xs[i] {
				up = append(up, fmt.Sprintf("%.2f,%.2f", x, y(below[i])))
				down = append(down, fmt.Sprintf("%.2f,%.2f", x, y(low)))
			}
		}
		slices.Reverse(down)
		all = append(all, area{l.name, strings.Join(append(up, down...), " ")})
	}
	return all
}

// A drawing is what stands in a chart: areas, and marks where the steps begin. It is drawn
// from so many samples.
type drawing struct {
	Areas   []area
	Steps   []mark
	Samples int
}

// Chart is the states of all phones over the run, nil where no time passed.
func (p page) Chart() *drawing {
	if len(p.Timing.Timeline) == 0 || len(p.Steps) == 0 {
		return nil
	}
	moments := p.moments()
	return &drawing{p.areas(p.held(moments), p.Phones), p.stepMarks(), len(moments)}
}

// A mark is a place on a chart's axis, in percent, where a step begins, and what stands
// there, "" where there is no room.
type mark struct {
	Step int
	Left float64
	Text string
}

// Right is the place in percent from the right.
func (m mark) Right() float64 { return 100 - m.Left }

// The room that a step's number and a time need, in percent of a chart 350 pixels wide.
const numberRoom, timeRoom = 5.0, 24.0

// stepMarks have the numbers of the steps.
func (p page) stepMarks() (all []mark) {
	free := 0.0
	for i, s := range p.axis() {
		m := mark{Step: i + 1, Left: s.left}
		if s.left >= free {
			m.Text = fmt.Sprint(i + 1)
			free = s.left + numberRoom
		}
		all = append(all, m)
	}
	return all
}

// TimeMarks have the times at which steps begin, where there is room for them.
func (p page) TimeMarks() (all []mark) {
	free := 0.0
	for i, s := range p.axis() {
		if s.left >= free && s.left <= 100-2*timeRoom {
			all = append(all, mark{i + 1, s.left, atTime(s.begins)})
			free = s.left + timeRoom
		}
	}
	return all
}

// End is the scenario's time at the end, in seconds.
func (p page) End() float64 {
	if len(p.Steps) == 0 {
		return 0
	}
	return p.Steps[len(p.Steps)-1].AtS
}

// A multiple is the chart of one group: its states at the end of each step.
type multiple struct {
	Group
	Chart drawing
}

// Multiples are the charts of the groups, where they ever differ, so many at most.
func (p page) Multiples() (all []multiple) {
	if !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.differing() != nil }) {
		return nil
	}
	at, moments := make(map[string]int), [][]Moment(nil)
	for i, s := range p.Steps {
		for _, g := range s.Groups {
			k, ok := at[g.Name]
			if !ok {
				k = len(all)
				at[g.Name], all, moments = k, append(all, multiple{}), append(moments, nil)
			}
			all[k].Group = g
			moments[k] = append(moments[k],
				Moment{AtS: p.Begins(i), Step: i + 1, States: g.States}, Moment{AtS: s.AtS, Step: i + 1, States: g.States})
		}
	}
	all = all[:min(len(all), maxGroups)]
	for k := range all {
		all[k].Chart = drawing{p.areas(moments[k], all[k].Phones), p.stepMarks(), len(moments[k])}
	}
	return all
}

// A row is the phones of one step's end: all, or a group's.
type row struct {
	Who    string
	States States
}

// RowsOf are a step's: all phones, and the groups where they differ, so many at most.
func (p page) RowsOf(s Step) []row {
	all := []row{{"all phones", s.States}}
	for _, g := range s.differing() {
		all = append(all, row{g.Name, g.States})
	}
	return all[:min(len(all), maxGroups+1)]
}

// GroupsLeftOut is how many groups have no row in a step.
func (p page) GroupsLeftOut(s Step) int { return max(len(s.differing())-maxGroups, 0) }

package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A page is what the HTML report shows of a report, in its order.
type page struct {
	*Report
	seen []bool // of each layer whether any phone was ever there
}

// Tone is the outcome, or stranded where all that the plan expects held and phones are
// stranded all the same.
func (p page) Tone() string {
	if stranded, _ := p.stranded(); stranded > 0 && p.Outcome() == "passed" {
		return "stranded"
	}
	return p.Outcome()
}

// Badge is how the run ended.
func (p page) Badge() string { return p.ended(" · ") }

// Headline is the verdict as a sentence of its own.
func (p page) Headline() string {
	first, size := utf8.DecodeRuneInString(p.Verdict)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + p.Verdict[size:] + "."
}

// A piece is text, or a command that stood between grave accents.
type piece struct {
	Text    string
	Command bool
}

// commands are the pieces of a text.
func commands(text string) (all []piece) {
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			all = append(all, piece{part, i%2 == 1})
		}
	}
	return all
}

// A remedy is what helps stranded phones, and whom, by what they suffer from.
type remedy struct {
	Cure        string
	Phones, Off int
	Named       int // of the phones
	Ailments    []*ailment
}

// An ailment is why phones are stranded since a step.
type ailment struct {
	Step, Phones int
	Reason       string
	Of           []Stranded // by group and model
}

// Remedies are those for all stranded phones, and what these suffer from: those of most
// phones first.
func (p page) Remedies() []*remedy {
	var all []*remedy
	remedies, ailments := make(map[string]*remedy), make(map[loss]*ailment)
	for _, s := range p.Stranded {
		r := remedies[s.Cure]
		if r == nil {
			r = &remedy{Cure: s.Cure}
			remedies[s.Cure], all = r, append(all, r)
		}
		is := loss{step: s.Step, reason: s.Reason, cure: s.Cure}
		a := ailments[is]
		if a == nil {
			a = &ailment{Step: s.Step, Reason: s.Reason}
			ailments[is], r.Ailments = a, append(r.Ailments, a)
		}
		r.Phones += s.Number()
		r.Off += s.Off
		r.Named += len(s.Phones)
		a.Phones += s.Number()
		a.Of = append(a.Of, s)
	}
	for _, r := range all {
		slices.SortStableFunc(r.Ailments, func(a, b *ailment) int { return cmp.Or(b.Phones-a.Phones, a.Step-b.Step) })
	}
	slices.SortStableFunc(all, func(a, b *remedy) int { return b.Phones - a.Phones })
	return all
}

// A failure is what did not hold, or stopped the run.
type failure struct {
	Step            int
	Name, Text, Why string // Text is "" where the run stopped
}

// Failures are all of them in order.
func (p page) Failures() (all []failure) {
	for i, s := range p.Steps {
		for _, e := range s.Expectations {
			if !e.Passed {
				all = append(all, failure{i + 1, s.Name, e.Text, e.Why})
			}
		}
		if s.Error != "" {
			all = append(all, failure{i + 1, s.Name, "", s.Error})
		}
	}
	return all
}

// Few reports whether no more phones are stranded than are named at once.
func (s Stranded) Few() bool { return s.Number() <= Shown }

// Begins is when a step begins, in seconds of the scenario; i counts from 0.
func (p page) Begins(i int) float64 {
	if i == 0 {
		return 0
	}
	return p.Steps[i-1].AtS
}

// foldedLines is from how many lines on what a command printed is folded: a regeneration's
// answer is shown, a list of certificates is not.
const foldedLines = 12

// Lines is how many lines were printed, in what the report has of them.
func (d Done) Lines() int { return strings.Count(d.Printed, "\n") + 1 }

// Folded reports whether what was printed is long.
func (d Done) Folded() bool { return d.Lines() > foldedLines }

// shownStories bounds the stories of a page, of which each has a few KiB: a browser
// scrolls and prints so many. The page's data has the others.
const shownStories = 500

// Told are the stories by what matters: phones that are lost, phones that are off, then
// the others; of each those that most phones share first.
func (p page) Told() []Story {
	all := slices.SortedStableFunc(slices.Values(p.Stories), func(a, b Story) int {
		return cmp.Or(a.weight()-b.weight(), b.Number()-a.Number())
	})
	return all[:min(len(all), shownStories)]
}

// Untold is how many phones have a story that is in the report and not on the page.
func (p page) Untold() (n int) {
	for _, s := range p.Stories {
		n += s.Number()
	}
	for _, s := range p.Told() {
		n -= s.Number()
	}
	return n
}

// weight is 0 for what matters most.
func (s Story) weight() int {
	last := s.last()
	switch {
	case s.Lost():
		return 0
	case !last.On:
		return 1
	}
	return 2
}

// Lost reports whether a story ends with its phones stranded.
func (s Story) Lost() bool { return s.last().lost() }

// last is how a story ends; the zero value where nothing happened.
func (s Story) last() Chapter {
	if len(s.Chapters) == 0 {
		return Chapter{}
	}
	return s.Chapters[len(s.Chapters)-1]
}

// Ends says how a story ends, in a word or two.
func (s Story) Ends() string {
	if len(s.Chapters) == 0 {
		return "nothing happened"
	}
	return s.last().stands()
}

// A Line of a chapter has a name where it is of another kind than the one before.
type Line struct{ Name, Is string }

// Lines tells a chapter of any of its phones: first how they are, then each refusal.
func (c Chapter) Lines() [][]Line {
	all, last := [][]Line{nil}, ""
	c.lines(func(name, is string) {
		if name == "refused" {
			all = append(all, nil)
		}
		if name == last {
			name = ""
		}
		last = cmp.Or(name, last)
		all[len(all)-1] = append(all[len(all)-1], Line{name, is})
	}, anyPhone)
	return all
}

// Keys says how long a node's keys are, in bits.
func (n Node) Keys() string {
	var keys []string
	for _, u := range slices.Sorted(maps.Keys(n.KeyBits)) {
		keys = append(keys, fmt.Sprintf("%s %d", u, n.KeyBits[u]))
	}
	return strings.Join(keys, ", ")
}

// day says a time, "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// Began is the scenario's time at the start, and Ran the wall clock's.
func (p page) Began() string { return day(p.StartedAt) }

// Ran is when the run began, by the wall clock.
func (p page) Ran() string { return day(p.Timing.StartedAt) }

// AlarmsBySteps reports whether any alarm came in a step.
func (p page) AlarmsBySteps() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Alarms != Alarms{} })
}

// TVSAnswered is how many questions TVS answered, of both kinds.
func (p page) TVSAnswered() uint64 { return p.Counts.TVSQueries + p.Counts.TVSVerifies }

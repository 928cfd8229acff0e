package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"itlsim/scenarios/language"
)

// A Comparison is what differs between two runs, A and B, that [Compare] found. How they
// were played, by which program and when is told, and is no difference.
type Comparison struct {
	a, b  *Report
	plan  []string // what differs of clusters, acts and expectations
	steps []stepPair
	onlyA []string // phones that are in one report alone
	onlyB []string
	fared [][]*fate // by step of steps; the last one is the end
	both  int       // phones in both
	same  int       // of them, those that fared the same at the end
}

// A stepPair is a step of both runs: those of one name, in order.
type stepPair struct{ a, b int }

// says is the step's number and name, and its other number in B.
func (s stepPair) says(c *Comparison) string {
	number := fmt.Sprintf("step %d", s.a+1)
	if s.b != s.a {
		number += fmt.Sprintf(" (%d in B)", s.b+1)
	}
	return number + ", " + c.a.Steps[s.a].Name
}

// A fate is phones that were at one place in A and at another in B.
type fate struct {
	a, b  string
	count int
	pairs []*pair
}

// A pair is a course in A and one in B, and the phones that took both. Few pairs have all
// phones of a fleet.
type pair struct {
	a, b   *course
	phones []string // sorted
}

// Compare finds what differs between two reports, phone by phone: at the end, and after
// each step that has the same name in both.
func Compare(a, b *Report) *Comparison {
	c := &Comparison{a: a, b: b}
	c.comparePlans()
	pairs := c.pairs(coursesOf(a), coursesOf(b))
	for _, s := range c.steps {
		c.fared = append(c.fared, fates(pairs, func(p *pair) (string, string) { return p.a.places[s.a], p.b.places[s.b] }))
	}
	atEnd := fates(pairs, func(p *pair) (string, string) { return p.a.end, p.b.end })
	c.fared = append(c.fared, atEnd)
	for _, p := range pairs {
		c.both += len(p.phones)
	}
	c.same = c.both
	for _, f := range atEnd {
		c.same -= f.count
	}
	return c
}

// pairs are those of the phones in both reports; it notes which phones are in one alone.
func (c *Comparison) pairs(a, b map[string]*course) (all []*pair) {
	at := make(map[[2]*course]*pair)
	for _, name := range slices.Sorted(maps.Keys(a)) {
		both := [2]*course{a[name], b[name]}
		if both[1] == nil {
			c.onlyA = append(c.onlyA, name)
			continue
		}
		if at[both] == nil {
			at[both] = &pair{a: both[0], b: both[1]}
			all = append(all, at[both])
		}
		at[both].phones = append(at[both].phones, name)
	}
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if a[name] == nil {
			c.onlyB = append(c.onlyB, name)
		}
	}
	return all
}

// fates are those of the pairs that were at two places, those of most phones first.
func fates(pairs []*pair, places func(*pair) (a, b string)) (all []*fate) {
	at := make(map[[2]string]*fate)
	for _, p := range pairs {
		a, b := places(p)
		if a == b {
			continue
		}
		f := at[[2]string{a, b}]
		if f == nil {
			f = &fate{a: a, b: b}
			at[[2]string{a, b}] = f
			all = append(all, f)
		}
		f.count += len(p.phones)
		f.pairs = append(f.pairs, p)
	}
	slices.SortStableFunc(all, func(x, y *fate) int { return y.count - x.count })
	return all
}

// names are those of a fate's phones: all, or the first and that there are more.
func (f *fate) names(all bool) string {
	var names []string
	for _, p := range f.pairs {
		few := p.phones
		if !all {
			few = few[:min(len(few), Shown+1)]
		}
		names = append(names, few...)
	}
	slices.Sort(names)
	return some(names, all)
}

// some are the first of many names, or all.
func some(names []string, all bool) string {
	if all {
		return strings.Join(names, ", ")
	}
	return Some(names)
}

// A course is where phones were after each step, and at the end with what would cure them.
type course struct {
	places []string
	end    string
}

// serials are the serial numbers of certificates, which no two runs share.
var serials = regexp.MustCompile(`\b[0-9A-F]{16,}\b`)

// coursesOf are the courses of all phones by name; those of a story share theirs.
func coursesOf(r *Report) map[string]*course {
	all := make(map[string]*course)
	for _, s := range r.Stories {
		c := &course{places: s.places(len(r.Steps)), end: "off"}
		if len(r.Steps) > 0 {
			c.end = c.places[len(r.Steps)-1]
		}
		if s.Cure != "" {
			c.end += " (cure: " + serials.ReplaceAllString(s.Cure, "…") + ")"
		}
		for _, name := range s.Phones {
			all[name] = c
		}
	}
	return all
}

// comparePlans finds the steps of both, and what differs in clusters, acts and what became
// of expectations.
func (c *Comparison) comparePlans() {
	says := func(format string, args ...any) { c.plan = append(c.plan, fmt.Sprintf(format, args...)) }
	one := func(what, a, b string) {
		if a != b {
			says("%s: %s in A, %s in B", what, cmp.Or(a, "none"), cmp.Or(b, "none"))
		}
	}
	for i := range max(len(c.a.Clusters), len(c.b.Clusters)) {
		one("cluster", describe(c.a.Clusters, i), describe(c.b.Clusters, i))
	}
	places := make(map[string][]int) // of B's steps, by name
	for i, s := range c.b.Steps {
		places[s.Name] = append(places[s.Name], i)
	}
	for i, s := range c.a.Steps {
		at := places[s.Name]
		if len(at) == 0 {
			says("step %d of A, %q, is not in B", i+1, s.Name)
			continue
		}
		c.steps = append(c.steps, stepPair{i, at[0]})
		places[s.Name] = at[1:]
		in, other := &s, &c.b.Steps[at[0]]
		step := c.steps[len(c.steps)-1].says(c) + ": "
		one(step+"acts", in.typed(), other.typed())
		was, is := in.outcomes(), other.outcomes()
		for _, e := range slices.Concat(in.Expectations, other.Expectations) {
			one(step+e.Text, cmp.Or(was[e.Text], "not expected"), cmp.Or(is[e.Text], "not expected"))
			was[e.Text] = is[e.Text] // told once
		}
		one(step+"broken off", in.Error, other.Error)
	}
	for i, s := range c.b.Steps {
		if left := places[s.Name]; len(left) > 0 && i >= left[0] {
			says("step %d of B, %q, is not in A", i+1, s.Name)
		}
	}
}

// typed is what was typed in a step.
func (s *Step) typed() string {
	var texts []string
	if s.Repeat != "" {
		texts = append(texts, s.Repeat)
	}
	for _, d := range s.Do {
		texts = append(texts, d.Text)
	}
	return strings.Join(texts, "; ")
}

// outcomes are what became of the expectations, by their texts; of one that stands twice
// the worse.
func (s *Step) outcomes() map[string]string {
	all := make(map[string]string)
	for _, e := range s.Expectations {
		switch {
		case !e.Passed:
			all[e.Text] = "failed"
		case all[e.Text] == "":
			all[e.Text] = "held"
		}
	}
	return all
}

// describe says what a cluster is, "" where there is none.
func describe(clusters []Cluster, i int) string {
	if i >= len(clusters) {
		return ""
	}
	c := clusters[i]
	says := []string{"release " + c.Release}
	if c.Mixed {
		says = append(says, "mixed mode")
	}
	for _, n := range c.Nodes {
		node := fmt.Sprintf("%s (%s, %s", n.Name, n.Role, n.Version)
		if keys := n.Keys(); keys != "" {
			node += ", " + keys
		}
		says = append(says, node+")")
	}
	return strings.Join(says, ", ")
}

// Same reports whether nothing differs, as far as the reports tell.
func (c *Comparison) Same() bool {
	return len(c.plan) == 0 && len(c.onlyA) == 0 && len(c.onlyB) == 0 &&
		!slices.ContainsFunc(c.fared, func(f []*fate) bool { return len(f) > 0 })
}

// WriteText writes it for people. With all, each phone is named; else the first of many.
func (c *Comparison) WriteText(w io.Writer, all bool) error {
	var b strings.Builder
	p := printer(&b)
	p("A  %s", c.a.played())
	p("B  %s", c.b.played())
	c.printCourse(p)
	for i, line := range c.plan {
		if i == 0 {
			p("")
		}
		p("%s", line)
	}
	for _, only := range []struct {
		of     string
		phones []string
	}{{"A", c.onlyA}, {"B", c.onlyB}} {
		if n := len(only.phones); n > 0 {
			p("\n%s in %s alone: %s", phones(n), only.of, some(only.phones, all))
		}
	}
	for i, fates := range c.fared {
		if len(fates) == 0 {
			continue
		}
		heading := "at the end"
		if i < len(c.steps) {
			heading = "after " + c.steps[i].says(c)
		}
		p("\n%s", heading)
		for _, f := range fates {
			p("%10s  %s in A, %s in B: %s", language.Number(f.count), f.a, f.b, f.names(all))
		}
	}
	p("")
	c.printEnd(p)
	_, err := io.WriteString(w, b.String())
	return err
}

// printCourse tells how long boots took, and which alarms came: no two runs are the same in
// it, so it is no difference.
func (c *Comparison) printCourse(p func(format string, args ...any)) {
	for i, r := range []*Report{c.a, c.b} {
		if b := r.Timing.BootMS; b.Max > 0 {
			p("boots in %c: half within %s, 95 %% within %s, all within %s", "AB"[i], Span(milliseconds(b.P50)),
				Span(milliseconds(b.P95)), Span(milliseconds(b.Max)))
		}
	}
	for _, s := range c.steps {
		in, other := &c.a.Steps[s.a], &c.b.Steps[s.b]
		if in.Alarms != other.Alarms {
			p("alarms of %s: %s in A, %s in B", s.says(c), cmp.Or(in.Alarms.Says(), "none"), cmp.Or(other.Alarms.Says(), "none"))
		}
	}
}

// printEnd says how many fared the same, and what the reports do not tell.
func (c *Comparison) printEnd(p func(format string, args ...any)) {
	for _, r := range []struct {
		name string
		*Report
	}{{"A", c.a}, {"B", c.b}} {
		if r.StoriesLeftOut > 0 {
			p("%s leaves out the stories of %s: nothing is known of these, and they may seem to be in the other alone",
				r.name, phones(r.StoriesLeftOut))
		}
		if n := r.Unnamed(); n > 0 {
			p("%s does not name %s of its stories: nothing is known of these, and they may seem to be in the other alone",
				r.name, phones(n))
		}
	}
	if c.Same() {
		p("the same: %s fared alike", phones(c.same))
		return
	}
	p("they differ; %s of %s in both fared the same at the end", language.Number(c.same), phones(c.both))
}

// played says what run a report is of: a rehearsal, in virtual time or on a clock that is
// not the wall's, or a run at its own time.
func (r *Report) played() string {
	const format = "2006-01-02 15:04 UTC"
	kind := fmt.Sprintf("at its own time, %s", r.StartedAt.UTC().Format(format))
	if r.StartedAt.Sub(r.Timing.StartedAt).Abs() > time.Minute || r.Mode == "virtual" {
		kind = fmt.Sprintf("a rehearsal of %s, played %s", r.StartedAt.UTC().Format(format),
			r.Timing.StartedAt.UTC().Format(format))
	}
	return fmt.Sprintf("%s, %s: %s; %s mode, seed %d, itlsim %s; %s", r.Scenario, phones(r.Phones), kind, r.Mode, r.Seed,
		r.Version, r.Outcome())
}

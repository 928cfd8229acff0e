package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/report"
)

// Where phones are trusted after a step that are not when every TVS is down, a
// scenario passes because a TVS saves them. testdata/without-tvs.txt has all such
// steps; each of their scenarios says so in its header, and no other does.
func TestWithoutTVS(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	var found strings.Builder
	for i, s := range Builtin() {
		if s.NotIn[lab.Virtual] != "" {
			continue
		}
		opt := Options{Lab: lab.Options{
			Mode: lab.Virtual, Phones: min(s.Phones(), 30), Seed: int64(i), Keys: testkeys.NewPool(uint64(i)), KeyBits: 1024,
		}}
		with, without := trusts(t, s, opt, func(*Player) error { return nil }), trusts(t, s, opt, noTVS)
		saved := savedByTVS(s, with, without)
		source, _ := Source(s.Name)
		header, _, _ := strings.Cut(string(source), "\nname:")
		says := strings.Contains(header, "\n# TVS: ")
		require.Equal(t, saved != "", says, "the header of %s:\n%s", s.Name, saved)
		if saved != "" {
			fmt.Fprintf(&found, "%s\n%s", s.Name, saved)
		}
	}
	golden(t, "without-tvs.txt", found.String())
}

// noTVS takes every TVS down, whatever brought it up.
func noTVS(p *Player) error {
	for _, n := range p.Nodes() {
		if err := p.Stop(n, cucm.TVSService); err != nil {
			return err
		}
	}
	return nil
}

// trust is what came of a phone's last boot.
type trust struct {
	group   string
	trusted bool
	refused string // "list", "configuration" or ""
}

// trusts plays a scenario, with something done before and after each act, and tells
// of every phone after every step.
func trusts(t *testing.T, s Scenario, opt Options, between func(*Player) error) (all [][]trust) {
	meddle := Act{Verb: InGo, Func: func(_ context.Context, p *Player) error { return between(p) }}
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		step := &s.Steps[i]
		acts := []Act{meddle}
		for _, act := range step.Do {
			acts = append(acts, act, meddle)
		}
		step.Do = acts
		step.Expect = []Expectation{{Look: func(p *Player) Finding {
			var phones []trust
			p.Each(fleet.Whole, func(_ int, m *lab.Member, v *fleet.View) {
				is := trust{group: m.Group, trusted: v.On && v.State == phone.Trusted}
				switch {
				case v.ListRefusal != nil:
					is.refused = "list"
				case v.Refusal != nil:
					is.refused = "configuration"
				}
				phones = append(phones, is)
			})
			all = append(all, phones)
			return Finding{}
		}}}
	}
	r, err := Run(t.Context(), s, opt)
	require.NoError(t, err, s.Name)
	nothingFailed(t, r)
	return all
}

// nothingFailed has an act show that failed, where a test is about something else.
func nothingFailed(t *testing.T, r *report.Report) {
	for _, step := range r.Steps {
		for _, e := range step.Expectations {
			require.True(t, e.Passed, "%s, step %q: %s: %s", r.Scenario, step.Name, e.Text, e.Why)
		}
	}
}

// savedByTVS tells of each step which groups have phones that are trusted only
// where a TVS answers, and which file they refuse without.
func savedByTVS(s Scenario, with, without [][]trust) string {
	var b strings.Builder
	for i, step := range s.Steps {
		var groups []string
		for j, is := range with[i] {
			if lost := without[i][j]; is.trusted && !lost.trusted {
				if said := fmt.Sprintf("%s (%s)", lost.group, lost.refused); !slices.Contains(groups, said) {
					groups = append(groups, said)
				}
			}
		}
		if slices.Sort(groups); len(groups) > 0 {
			fmt.Fprintf(&b, "  %d  %s: %s\n", i+1, step.Name, strings.Join(groups, ", "))
		}
	}
	return b.String()
}

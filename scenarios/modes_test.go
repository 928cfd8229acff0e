package scenarios

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

var planFile = flag.String("plan", "", "the scenario that TestModesAgreeUnderFaults plays, in place of random ones")

// Random scenarios with faults leave every phone the same in both modes, after
// every step. One that does not is printed as a file, without the steps that it
// does not need; -plan FILE plays it again.
func TestModesAgreeUnderFaults(t *testing.T) {
	if *planFile != "" {
		text, err := os.ReadFile(*planFile)
		require.NoError(t, err)
		require.Empty(t, difference(t, string(text)))
		return
	}
	last := uint64(4)
	if os.Getenv("ITLSIM_LONG") == "1" {
		last = 60
	}
	for seed := uint64(1); seed <= last; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			p := drawPlan(seed)
			if found := difference(t, p.yaml()); found != "" {
				t.Fatalf("- wire, + virtual: %s\nTo be seen with this:\n%s", found, shrunk(t, p).yaml())
			}
		})
	}
}

// hurried is how many times as fast phones on the wire lose their patience, so that
// time-outs cost little.
const hurried = 10

// difference is what differs between the modes, "" where nothing does. It counts only
// if it shows also with phones that are as patient as real ones: those in a hurry
// may give up a machine that is busy with something else.
func difference(t *testing.T, yaml string) (found string) {
	for _, pace := range []float64{hurried, 3, 1} {
		if found = differenceAt(t, yaml, pace); found == "" {
			break
		}
		t.Logf("at a pace of %v: %s", pace, found)
	}
	return found
}

func differenceAt(t *testing.T, yaml string, pace float64) string {
	s := load(t, yaml)
	var seed uint64
	fmt.Sscanf(s.Name, "seed-%d", &seed)
	on := func(mode string) []moment {
		return moments(t, s, lab.Options{
			Mode: mode, Seed: int64(seed), Keys: testkeys.NewPool(seed), KeyBits: 1024, Pace: pace,
		})
	}
	wire, virtual := on(lab.Wire), on(lab.Virtual)
	for i := range wire {
		if found := wire[i].diff(virtual[i]); found != "" {
			return fmt.Sprintf("step %d, %s:\n%s", i+1, s.Steps[i].Name, found)
		}
	}
	return ""
}

// A moment is what there is to compare after a step.
type moment struct {
	Acts   []string // commands, and whether they were done
	Phones []answer
}

// diff is what differs between two, of phones each by itself, so that all of it is
// shown.
func (m moment) diff(o moment) string {
	all := cmp.Diff(m.Acts, o.Acts)
	for i := range m.Phones {
		if found := cmp.Diff(m.Phones[i], o.Phones[i]); found != "" {
			all += m.Phones[i].Phone + ":\n" + found
		}
	}
	return all
}

// moments plays a scenario.
func moments(t *testing.T, s Scenario, opt lab.Options) (all []moment) {
	r, err := Run(t.Context(), answering(s, func(phones []answer) {
		if acts := s.Steps[len(all)].Do; acts[len(acts)-1].Verb != LetTimePass {
			withoutRegistrations(phones)
		}
		all = append(all, moment{Phones: phones})
	}), Options{Lab: opt})
	require.NoError(t, err, "in %s mode", opt.Mode)
	for i := range all {
		for _, e := range r.Steps[i].Expectations {
			all[i].Acts = append(all[i].Acts, fmt.Sprintf("%s: %t", e.Text, e.Passed))
		}
	}
	return all
}

// withoutRegistrations leaves out what phones say to call managers, and hear of them:
// keep-alives come when their time has come, and a boot takes another time in either
// mode. Once all have come, after a wait, both are to agree.
func withoutRegistrations(phones []answer) {
	for i := range phones {
		a := &phones[i]
		a.Registered, a.Gone, a.Known, a.CallManager = nil, nil, false, ""
		a.Alarms, a.Unanswered, a.OthersAlarms = 0, 0, 0
	}
}

// shrunk leaves out, from the last to the first, each step without which something
// differs all the same.
func shrunk(t *testing.T, p plan) plan {
	for i := len(p.steps) - 1; i >= 0 && len(p.steps) > 1; i-- {
		less := p
		less.steps = slices.Delete(slices.Clone(p.steps), i, i+1)
		if differenceAt(t, less.yaml(), hurried) != "" {
			p = less
		}
	}
	return p
}

// A plan is a scenario file in parts.
type plan struct {
	head  string
	steps []string // each the acts of a step
}

func (p plan) yaml() string {
	return p.head + "steps:\n" + strings.Join(p.steps, "")
}

package scenarios

import (
	"sync"
	"time"

	"itlsim/scenarios/report"
)

// timeline is how many phones were in which state over a run: at ticks of the wall clock,
// and at the scenario's times between acts, of which a virtual run has many in a tick.
type timeline struct {
	began time.Time

	mu      sync.Mutex
	moments []report.Moment
}

// maxMoments bounds a timeline, unless a run has more steps: a chart on a large screen has
// no more pixels.
const maxMoments = 4096

// note notes how things are when it is its turn, in which nobody else looks: moments come
// in order.
func (t *timeline) note(look func() Progress) Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := look()
	t.moments = append(t.moments, report.Moment{
		WallS: time.Since(t.began).Seconds(), AtS: now.At.Seconds(), Step: now.Step, States: report.StatesOf(now.States),
	})
	if len(t.moments) > maxMoments {
		t.moments = thinned(t.moments)
	}
	return now
}

// thinned leaves out every second moment, but for the first and the last of each step.
func thinned(all []report.Moment) []report.Moment {
	kept := all[:0]
	for i, m := range all {
		first := i == 0 || all[i-1].Step != m.Step
		last := i+1 == len(all) || all[i+1].Step != m.Step
		if first || last || i%2 == 0 {
			kept = append(kept, m)
		}
	}
	return kept
}

package scenarios

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// However fast a virtual run is, its timeline shows on the scenario's time how things were
// between acts: here, that phones were off before and after a wait.
func TestTimelineOnScenarioTime(t *testing.T) {
	r, err := Run(t.Context(), builtinNamed(t, "trust-loss"), Options{Lab: lab.Options{
		Mode: lab.Virtual, Phones: 20, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
	}})
	require.NoError(t, err)
	off := make(map[int]int) // by minutes
	for i, m := range r.Timing.Timeline {
		if i > 0 {
			require.GreaterOrEqual(t, m.AtS, r.Timing.Timeline[i-1].AtS)
		}
		if m.Step == 5 && m.Off == 20 {
			off[int(m.AtS/60)]++
		}
	}
	require.GreaterOrEqual(t, len(off), 3, "at the beginning, and after each of two waits: %v", off)
}

// A timeline is bounded; of each step it keeps the first and the last moment.
func TestTimelineIsBounded(t *testing.T) {
	line := timeline{began: time.Now()}
	for i := range 3 * maxMoments {
		line.note(func() Progress { return Progress{Step: 1 + i/maxMoments, At: time.Duration(i) * time.Second} })
	}
	require.LessOrEqual(t, len(line.moments), maxMoments)
	require.Greater(t, len(line.moments), maxMoments/4)
	ends := make(map[int][2]report.Moment)
	for _, m := range line.moments {
		e, ok := ends[m.Step]
		if !ok {
			e[0] = m
		}
		e[1] = m
		ends[m.Step] = e
	}
	for step, e := range ends {
		require.InDelta(t, (step-1)*maxMoments, e[0].AtS, 0)
		require.InDelta(t, step*maxMoments-1, e[1].AtS, 0)
	}
}

// Moments are in the order of their times, whoever notes them.
func TestTimelineIsInOrder(t *testing.T) {
	line := timeline{began: time.Now()}
	var clock atomic.Int64
	look := func() Progress { return Progress{At: time.Duration(clock.Add(1)) * time.Second} }
	var noting sync.WaitGroup
	for range 4 {
		noting.Go(func() {
			for range 500 {
				line.note(look)
			}
		})
	}
	noting.Wait()
	require.Len(t, line.moments, 2000)
	for i, m := range line.moments {
		require.InDelta(t, i+1, m.AtS, 0)
	}
}

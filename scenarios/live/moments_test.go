package live_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/live"
)

const few = 6 // phones

// opened is a lab of a few phones.
func opened(t *testing.T, mode string, still *lab.Live) *live.Lab {
	t.Helper()
	s, ok := scenarios.Find("both-certificates-at-once")
	require.True(t, ok)
	l, err := live.Open(s, lab.Options{
		Mode: mode, Phones: few, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024, Live: still,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// begins has an act done that nobody waits for.
func begins(t *testing.T, l *live.Lab, act string) {
	t.Helper()
	a, err := l.ParseAct(act)
	require.NoError(t, err)
	_, err = l.Begin(t.Context(), scenarios.Step{Name: act, Do: []scenarios.Act{a}})
	require.NoError(t, err)
}

// cells are those of all phones at a moment.
func cells(t *testing.T, l *live.Lab, number int) string {
	t.Helper()
	p, err := l.Picture(number)
	require.NoError(t, err)
	return p.Cells
}

// What was at the end of a step is how things were when its phones were through, also where
// nobody waited for them; and that is what a phone's story tells of it.
func TestAStepEndsWhenItsPhonesAreThrough(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			l := opened(t, mode, &lab.Live{})
			l.SetRate(live.MaxRate)
			begins(t, l, "phones: power on")
			require.Eventually(t, func() bool { return len(l.Moments()) == 1 }, time.Minute, 10*time.Millisecond)
			require.Equal(t, strings.Repeat("5", few), cells(t, l, 1), "on, and trusted")
			begins(t, l, "phones: power off")
			require.Eventually(t, func() bool { return len(l.Moments()) == 2 }, time.Minute, 10*time.Millisecond)
			require.Equal(t, strings.Repeat("1", few), cells(t, l, 2))
			v := l.Fleet.Phone(0)
			var told []string
			for _, c := range l.Story(0, &v).Chapters {
				told = append(told, c.Name+": "+map[bool]string{true: "on", false: "off"}[c.On])
			}
			require.Equal(t, []string{"phones: power on: on", "phones: power off: off"}, told)
		})
	}
}

// Where somebody goes on before the phones are through, that is the end of the step before.
func TestAStepEndsWhereAnotherBegins(t *testing.T) {
	l := opened(t, lab.Virtual, nil) // time moves by waits alone
	begins(t, l, "phones: power on")
	time.Sleep(700 * time.Millisecond) // in which the lab looks whether they are through
	require.Empty(t, l.Moments())
	begins(t, l, "wait: 1 minute")
	require.NotContains(t, cells(t, l, 1), "5")
	require.Len(t, l.Moments(), 2)
	require.Equal(t, strings.Repeat("5", few), cells(t, l, 2))
	l.Each(fleet.Basics, func(_ int, _ *lab.Member, v *fleet.View) { require.True(t, v.On) })

	for _, number := range []int{-1, 0, 3} {
		_, err := l.Picture(number)
		require.ErrorIs(t, err, live.ErrNoMoment)
	}
}

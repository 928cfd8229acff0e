package live

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
)

// tourOf opens a lab whose tour plays by itself, in a bubble of the wall clock.
func tourOf(t *testing.T, s scenarios.Scenario, change func(*lab.Options)) (*Lab, *Tour) {
	t.Helper()
	opt := lab.Options{
		Mode: lab.Virtual, Phones: 10, Keys: testkeys.NewPool(1), KeyBits: 1024, Live: &lab.Live{},
	}
	if change != nil {
		change(&opt)
	}
	l, err := Open(s, opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	l.BeginTour(true)
	return l, l.Tour()
}

func found(t *testing.T, name string) scenarios.Scenario {
	t.Helper()
	s, ok := scenarios.Find(name)
	require.True(t, ok)
	return s
}

// done waits for the end of the step that is under way, and tells how long its acts took.
func done(t *testing.T, p *Tour) (took time.Duration) {
	t.Helper()
	for began := time.Now(); p.State().Running; time.Sleep(100 * time.Millisecond) {
		if p.State().Reading {
			began = time.Now()
		}
		took = time.Since(began)
		require.Less(t, took, time.Hour)
	}
	return took
}

// A tour waits for somebody who watches; leaves time to read what is told before it happens, and
// to look at it then; and goes on by itself.
func TestTourIsPlayedToBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, p := tourOf(t, found(t, "bulk-reset"), nil)
		time.Sleep(time.Hour)
		require.Equal(t, -1, p.State().At, "nobody is there")
		(&Watch{}).News(l)
		synctest.Wait()
		s := p.State()
		require.Equal(t, 0, s.At)
		require.True(t, s.Running && s.Reading && s.Playing)
		time.Sleep(readingTime(s.Steps[0].Says) - time.Second)
		require.True(t, p.State().Reading)
		require.Equal(t, l.Phones(), l.wall.tallied().Off, "it can still be read")
		time.Sleep(2 * time.Second)
		require.False(t, p.State().Reading)
		done(t, p)
		require.Equal(t, l.Phones(), l.wall.tallied().Trusted)
		time.Sleep(lookingTime - time.Second)
		require.Equal(t, 0, p.State().At)
		time.Sleep(2 * time.Second)
		require.Equal(t, 1, p.State().At)
	})
}

// Who is told a step may pause, have it done without reading further, look back, return to what
// is now, and go on.
func TestTourIsSteered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := tourOf(t, found(t, "bulk-reset"), nil)
		p.Back()
		require.Equal(t, -1, p.State().Shown, "there is nothing before the first")
		p.Next() // nobody need watch what somebody does
		time.Sleep(time.Hour)
		require.True(t, p.State().Reading, "it is told, and waits")
		p.Next()
		done(t, p)
		time.Sleep(time.Hour)
		require.Equal(t, 0, p.State().At, "it does not play on")

		p.Next()
		p.Next()
		done(t, p)
		p.Back()
		s := p.State()
		require.Equal(t, []int{1, 0}, []int{s.At, s.Shown})
		require.NotZero(t, s.Steps[0].Moment)
		p.Back()
		require.Equal(t, 0, p.State().Shown, "there is nothing before the first")
		p.Next()
		require.Equal(t, []int{1, 1}, []int{p.State().At, p.State().Shown}, "it is now again")

		p.Back()
		p.Play()
		s = p.State()
		require.Equal(t, []int{2, 2}, []int{s.At, s.Shown})
		require.True(t, s.Playing && s.Reading)
		p.Back()
		time.Sleep(time.Hour)
		s = p.State()
		require.Equal(t, []int{2, 1}, []int{s.At, s.Shown})
		require.True(t, s.Reading, "who looks back is not carried on")
		p.Play()
		done(t, p)
		time.Sleep(lookingTime + time.Second)
		require.Equal(t, 3, p.State().At)
	})
}

// Where what is expected is not so the tour stays, says what is the case, and goes on only when
// somebody says so.
func TestTourStaysWhereExpectationsFail(t *testing.T) {
	mine, err := scenarios.Load("mine.yaml", []byte(`name: mine
shows: a phone that follows
phones: [{group: all, count: 2}]
steps:
  - step: The phones boot
    do: [{phones: power on}]
    expect: [all phones are untrusted, all phones are on]
  - step: The end
    do: [{phones: power off}]
`), nil)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		l, p := tourOf(t, mine, func(o *lab.Options) { o.Phones = 0 })
		(&Watch{}).News(l)
		synctest.Wait()
		require.Equal(t, "Phones are switched on.", p.State().Steps[0].Says)
		require.Equal(t, []string{"all phones are untrusted", "all phones are on"}, p.State().Steps[0].Expect)
		done(t, p)
		time.Sleep(time.Hour)
		s := p.State()
		require.Equal(t, 0, s.At)
		require.False(t, s.Playing)
		require.Empty(t, s.Failed, "it could go on")
		require.False(t, s.Steps[0].Expectations[0].Passed)
		require.Contains(t, s.Steps[0].Expectations[0].Why, "trusted")
		p.Next()
		p.Next()
		done(t, p)
		require.Equal(t, l.Phones(), l.wall.tallied().Off)
	})
}

// What follows from an act takes some seconds to watch, however many phones have to wait for
// each other.
func TestTourKeepsPace(t *testing.T) {
	for _, phones := range []int{4, 2000} {
		synctest.Test(t, func(t *testing.T) {
			l, p := tourOf(t, found(t, "bulk-reset"), func(o *lab.Options) { o.Phones, o.Boots = phones, 50 })
			p.Next()
			p.Next()
			began := l.Elapsed()
			took := done(t, p)
			t.Logf("%d phones: %v of the wall clock, %v of the scenario", phones, took, l.Elapsed()-began)
			require.Greater(t, took, 2*time.Second)
			require.Less(t, took, 15*time.Second)
			require.Equal(t, 1.0, l.Rate(), "the clock is as it was")
			if phones > 4 {
				require.Greater(t, l.Elapsed()-began, time.Minute, "which would be too long to watch")
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		l, p := tourOf(t, found(t, "bulk-reset"), func(o *lab.Options) { o.Phones, o.Boots = 2000, 50 })
		l.SetRate(2)
		p.Next()
		p.Next()
		require.Greater(t, done(t, p), 30*time.Second, "somebody has set the clock")
		require.Equal(t, 2.0, l.Rate())
	})
}

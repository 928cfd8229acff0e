package scenarios

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/lab"
)

// patientPhones are three that boot one after the other.
func patientPhones(t *testing.T, mode string) *Player {
	s := load(t, `name: patient
shows: who waits for what
phones:
  - {group: floor-1, count: 3, models: [8861]}
steps: [{do: [{wait: 1 s}]}]
`)
	p, err := Open(s, lab.Options{
		Mode: mode, Boots: 1, Seed: 1, Pace: hurried, Keys: testkeys.NewPool(1), KeyBits: 1024,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// begins begins an act, and looks at the slowest phones until the first waits for this.
func begins(t *testing.T, p *Player, text, waitsFor string) fleet.Unsettled {
	t.Helper()
	act, err := p.ParseAct(text, map[bool][]string{true: {"yes"}}[text[:2] == "on"]...)
	require.NoError(t, err)
	require.NoError(t, p.begin(t.Context(), act))
	return awaits(t, p, waitsFor)
}

func awaits(t *testing.T, p *Player, waitsFor string) (u fleet.Unsettled) {
	t.Helper()
	for range 3000 {
		require.NoError(t, p.SettleFor(t.Context(), 10*time.Millisecond))
		if u = fleet.UnsettledOf(p.Fleet); len(u.Slowest) > 0 && regexp.MustCompile(waitsFor).MatchString(u.Slowest[0].For) {
			return u
		}
	}
	t.Fatalf("nobody waits for %s, but %v", waitsFor, u)
	return u
}

// Who has something left to do is named with what it waits for, in both modes alike.
func TestWhoWaitsForWhat(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			p := patientPhones(t, mode)
			do(t, p, "fault: the network loses 100% of all datagrams")
			u := begins(t, p, "phones: power on", `^CTLSEP.*\.tlv by (HTTP|TFTP) of 127\.`)
			require.Len(t, u.Slowest, 3)
			require.Equal(t, p.Fleet.Phone(0).Name, u.Slowest[0].Phone)
			require.Positive(t, u.Slowest[0].Booting)
			require.Regexp(t, `^SEP\w+ waits for CTL\S+ by \w+ of 127\.[0-9.:]+, \d.*s after its boot began; SEP`, u.String())
			require.Equal(t, fleet.Wait{Phone: p.Fleet.Phone(2).Name, For: "its turn"}, u.Slowest[2])
			require.ErrorContains(t, p.Expect("all phones are trusted within 3 s"), "waits for its turn")

			ended, cancel := context.WithCancel(t.Context())
			cancel()
			var hung *fleet.UnsettledError
			act, err := p.ParseAct("wait: 1 s")
			require.NoError(t, err)
			err = p.Do(ended, act)
			require.ErrorAs(t, err, &hung)
			require.ErrorIs(t, err, context.Canceled)
			require.Len(t, hung.Slowest, 3)

			do(t, p, "fault: the network is sound again", "phones: reset")
			require.NoError(t, p.Expect("all phones are trusted"))
			require.Empty(t, fleet.UnsettledOf(p.Fleet).Slowest)

			do(t, p, "fault: TVS of test10pub cannot be reached by floor-1")
			do(t, p, "fault: TVS of test10sub cannot be reached by floor-1")
			begins(t, p, "on test10pub: set cert regen CallManager", `^TVS 127\.`)
		})
	}
	p := patientPhones(t, lab.Virtual)
	begins(t, p, "phones: power on", `^SEP\w+\.cnf\.xml\.sgn by HTTP`)
	awaits(t, p, `^registration with 127\.`)
}

// Phones hang that get no answer for some seconds, and no longer when one has come, or none is
// waited for any more.
func TestPhonesHang(t *testing.T) {
	p := patientPhones(t, lab.Virtual)
	do(t, p, "fault: the network loses 100% of all datagrams")
	begins(t, p, "phones: power on", "^CTL")
	var h hang
	now := time.Now()
	require.Nil(t, h.look(p.Fleet, now))
	require.Nil(t, h.look(p.Fleet, now.Add(hangAfter-1)))
	require.Len(t, h.look(p.Fleet, now.Add(hangAfter)).Slowest, 3)
	awaits(t, p, "by TFTP") // by HTTP it has given up
	require.Nil(t, h.look(p.Fleet, now.Add(hangAfter)))
	require.NotNil(t, h.look(p.Fleet, now.Add(3*hangAfter)))
	require.NoError(t, p.Fleet.Settle(t.Context()))
	require.Nil(t, h.look(p.Fleet, now.Add(5*hangAfter)), "they have nothing left to do")
}

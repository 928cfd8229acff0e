package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/phone"
	"itlsim/tftp"
)

// Who resets thousands is told of a few and of how many more there are, and a log of weeks
// does not grow without end.
func TestChangesAreBounded(t *testing.T) {
	const phones = 2 * toldInAll
	c := newChanges(phones)
	boots := func(from, to int, state phone.State) {
		for i := from; i < to; i++ {
			c.Changed(i, fleet.Condition{On: true, Booting: true})
			if state == phone.Untrusted {
				c.Judged(i, phone.Verdict{Refusal: &phone.Refusal{
					File: tftp.Name{Kind: tftp.ITL, Device: fmt.Sprint("SEP", i)}, Reason: &phone.LostError{Why: "why"},
				}})
			} else {
				c.Judged(i, phone.Verdict{File: tftp.Name{Kind: tftp.ITL}, By: phone.ByITL})
				c.Changed(i, fleet.Condition{On: true, Booting: true, Waiting: true, State: c.states[i]}) // a reset comes
				c.Judged(i, phone.Verdict{File: tftp.Name{Kind: tftp.SignedConfig}, By: phone.ByITL})
			}
			c.Changed(i, fleet.Condition{On: true, State: state})
		}
	}
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	second := func() []string {
		var b bytes.Buffer
		at = at.Add(time.Second)
		c.write(&b, at, func(i int) string { return fmt.Sprint("SEP", i) })
		return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	}
	boots(0, phones, phone.Trusted)
	require.Equal(t, []string{""}, second(), "nobody asked yet")
	c.telling = true
	boots(0, phones, phone.Trusted)
	require.Equal(t, []string{""}, second(), "nothing has changed")

	boots(0, 1950, phone.Untrusted)
	boots(1940, 1950, phone.Trusted)
	lines := second()
	require.Len(t, lines, toldAtOnce+2)
	require.Contains(t, lines[9], "2026-05-01 12:00:03 SEP9 trusted → untrusted: ITLSEP9.tlv refused: ")
	require.Equal(t, []string{
		"2026-05-01 12:00:03 … and 10 more became trusted", "2026-05-01 12:00:03 … and 1940 more became untrusted",
	}, lines[10:])
	boots(0, 1, phone.Trusted)
	require.Equal(t, []string{
		"2026-05-01 12:00:04 SEP0 untrusted → trusted: list by the stored ITL, configuration by the stored ITL",
	}, second())
	require.Empty(t, c.boots, "who has booted is forgotten")

	told := toldAtOnce + 1
	for i := 2000; told < toldInAll; i += toldAtOnce {
		boots(i, i+toldAtOnce, phone.Untrusted)
		lines = second()
		told += min(toldAtOnce, toldInAll-told)
	}
	require.Equal(t, "These were 10000 changes. From now on they are only counted, every 1m0s.", lines[len(lines)-1])
	for range 59 {
		boots(0, 1, phone.Untrusted)
		boots(0, 1, phone.Trusted)
		require.Equal(t, []string{""}, second())
	}
	lines = second()
	require.Len(t, lines, 2)
	require.Regexp(t, " 59 became trusted$", lines[0])
}

// Phones count as quiet when no boot has begun or ended for so long.
func TestSettleQuietly(t *testing.T) {
	f, err := wire.New(wire.Config{Clock: wallClock{}})
	require.NoError(t, err)
	defer f.Close()
	happens, began := newChanges(1), time.Now()
	const moment = 200 * time.Millisecond
	time.AfterFunc(moment, func() { happens.Changed(0, fleet.Condition{On: true, Booting: true}) })
	time.AfterFunc(3*moment, func() { happens.Changed(0, fleet.Condition{On: true}) })
	require.NoError(t, settleQuietly(t.Context(), f, happens, 2*moment))
	require.GreaterOrEqual(t, time.Since(began), 5*moment)
	ctx, cancel := context.WithTimeout(t.Context(), moment)
	defer cancel()
	require.ErrorIs(t, settleQuietly(ctx, f, happens, time.Hour), context.DeadlineExceeded)
	require.NoError(t, settleQuietly(t.Context(), f, happens, 0))
}

package report

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestSpan(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		d    time.Duration
		says string
	}{
		{-time.Second, "0 s"}, {0, "0 s"}, {340 * time.Microsecond, "340 µs"}, {4200 * time.Microsecond, "4.2 ms"},
		{164400 * time.Microsecond, "164 ms"}, {999900 * time.Microsecond, "1 s"}, {6200 * time.Millisecond, "6.2 s"},
		{9960 * time.Millisecond, "10 s"}, {42 * time.Second, "42 s"}, {59*time.Second + 600*time.Millisecond, "1 min"},
		{367 * time.Second, "6 min 7 s"}, {18 * time.Minute, "18 min"}, {time.Hour, "1 h"},
		{2*time.Hour + 5*time.Minute + 59*time.Second, "2 h 5 min"}, {day, "1 day"}, {2 * day, "2 days"},
		{2*day + 3*time.Hour + time.Minute, "2 days 3 h"}, {3650 * day, "3,650 days"},
	} {
		require.Equal(t, c.says, Span(c.d), c.d)
	}
}

// Of what a command printed the beginning is kept, whole lines of it, and the rest is
// counted.
func TestPrints(t *testing.T) {
	var d Done
	d.Prints("\n a list\nof two\n\n")
	require.Equal(t, Done{Printed: "a list\nof two"}, d)
	for _, c := range []struct {
		text string
		kept int
	}{
		{strings.Repeat("123456789\n", 5000) + ".", maxPrinted / 10 * 10},
		{strings.Repeat("x", maxPrinted+7), maxPrinted},
		{"a" + strings.Repeat("é", maxPrinted), maxPrinted - 1},
	} {
		d.Prints(c.text)
		require.InDelta(t, c.kept, len(d.Printed), 1)
		require.LessOrEqual(t, len(d.Printed), maxPrinted)
		require.True(t, utf8.ValidString(d.Printed))
		require.Equal(t, len(c.text), len(d.Printed)+d.PrintedLeftOut)
	}
}

// Groups are printed where one of them has phones in other states than the fleet, so
// many at most.
func TestGroupsThatDiffer(t *testing.T) {
	text := func(groups ...Group) string {
		r := Report{Phones: 3, Steps: []Step{{Name: "a", States: States{Trusted: 2, Off: 1}, Groups: groups}}}
		var b strings.Builder
		require.NoError(t, r.WriteText(&b))
		return b.String()
	}
	alike := Group{"floor-1", 2, States{Trusted: 1, Off: 1}}
	require.NotContains(t, text(alike, alike), "floor-1")
	says := text(Group{"floor-1", 1, States{Off: 1}}, Group{"floor-2", 2, States{Trusted: 2}})
	require.Contains(t, says, "\n                      0          0          0          0          1  floor-1\n")
	require.Contains(t, says, "\n                      0          2          0          0          0  floor-2\n")
	many := make([]Group, maxGroups+2)
	require.Contains(t, text(many...), "\n             and 2 more groups\n")
}

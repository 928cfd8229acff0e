package report

import (
	"fmt"
	"strings"
	"time"

	"itlsim/scenarios/language"
)

// Span says a duration as people do, in one or two units: "164 ms", "6 min 7 s", "18 min",
// "2 days 3 h".
func Span(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 s"
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return decimal(d.Seconds()*1000) + " ms"
	case d.Round(time.Millisecond) < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	case d.Round(100*time.Millisecond) < 10*time.Second:
		return decimal(d.Seconds()) + " s"
	}
	const day = 24 * time.Hour
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return units(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < day:
		return units(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	days := "days"
	if d < 2*day {
		days = "day"
	}
	return units(int(d/day), days, int(d%day/time.Hour), "h")
}

// units says two numbers, the second where it is one.
func units(n int, unit string, rest int, smaller string) string {
	says := language.Number(n) + " " + unit
	if rest > 0 {
		says += fmt.Sprintf(" %d %s", rest, smaller)
	}
	return says
}

// decimal is a number with one decimal, where that is not 0.
func decimal(n float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") }

// seconds and milliseconds are durations as reports have them.
func seconds(s float64) time.Duration       { return time.Duration(s * float64(time.Second)) }
func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

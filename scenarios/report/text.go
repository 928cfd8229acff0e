package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteJSON writes the report as indented JSON.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	p := printer(&b)
	p("%s: %s", r.Scenario, r.Shows)
	p("%s phones, %s mode, seed %d", number(r.Phones), r.Mode, r.Seed)
	if r.KnowNone > 0 {
		p("phones that know no ITL: %s; without a CTL they are \"none\", and no expectation about trust counts them",
			number(r.KnowNone))
	}
	p("")
	p("       time %10s %10s %10s %10s %10s", "none", "trusted", "locked", "untrusted", "off")
	for i, step := range r.Steps {
		p("")
		p("%2d  %s", i+1, step.Name)
		s := step.States
		p("    %7s %10s %10s %10s %10s %10s", clock(step.AtS),
			number(s.None), number(s.Trusted), number(s.Locked), number(s.Untrusted), number(s.Off))
		for _, e := range step.Expectations {
			if e.Passed {
				p("    ✓ %s", e.Text)
			} else {
				p("    ✗ %s\n      but %s", e.Text, e.Why)
			}
		}
		if step.Error != "" {
			p("    ✗ %s", step.Error)
		}
	}
	p("")
	r.printCounts(p)
	p("")
	switch held, failed, stopped := r.Tally(); {
	case stopped:
		p("STOPPED  %d of %d expectations held until then", held, held+failed)
	case r.Passed:
		p("PASSED  all %d expectations held", held)
	default:
		p("FAILED  %d of %d expectations held", held, held+failed)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printer prints lines.
func printer(w io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
}

// printCounts prints what happened on the network, and what it cost.
func (r *Report) printCounts(p func(format string, args ...any)) {
	c, t, l := r.Counts, r.Timing, r.Limits
	p("%s boots in %.1f s: %s a second, %.0f µs of processor time each, %s MiB of memory at most",
		number(c.Boots), t.WallS, number(uint64(t.BootsPerS)), t.CPUPerBootUS, number(uint64(t.PeakRSSBytes>>20)))
	p("a boot took %.0f ms (median), %.0f ms (99 %%), %.0f ms at most; %d at a time, %s cut short",
		t.BootMS.P50, t.BootMS.P99, t.BootMS.Max, l.Boots, number(c.BootsCutShort))
	p("TFTP  %s files, %.1f MB, %s not found, %s retransmissions, %s transfers failed (time-out %.0f ms, %d times)",
		number(c.TFTPFiles), float64(c.TFTPBytes)/1e6, number(c.TFTPNotFound), number(c.Retransmits),
		number(c.TransfersFailed), l.TFTPTimeoutMS, l.TFTPRetries+1)
	p("HTTP  %s files, %.1f MB, %s not found", number(c.HTTPFiles), float64(c.HTTPBytes)/1e6, number(c.HTTPNotFound))
	p("TVS   %s questions answered, %s certificates not in the phone's list, %s without answer (time-out %.0f s)",
		number(c.TVSQueries+c.TVSVerifies), number(c.TVSStrange), number(c.TVSSilent), l.TVSTimeoutMS/1000)
	p("      %s configurations signed, %s files refused, %s DeviceTLInfo alarms, %s registrations",
		number(c.ConfigurationsSigned), number(c.RefusedFiles), number(c.AlarmsDeviceTLInfo), number(c.Registrations))
}

// clock prints scenario seconds as minutes and seconds.
func clock(s float64) string {
	d := time.Duration(s) * time.Second
	return fmt.Sprintf("+%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// number prints thousands with commas.
func number[T int | uint64](n T) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Shown is how many names of many are shown.
const Shown = 3

// Some are the first of many names.
func Some(names []string) string {
	if len(names) > Shown {
		return strings.Join(names[:Shown], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"itlsim/scenarios/language"
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
	p("%s phones, %s mode, seed %d", language.Number(r.Phones), r.Mode, r.Seed)
	if r.KnowNone > 0 {
		p("phones that know no ITL: %s; without a CTL they are \"none\", and no expectation about trust counts them",
			language.Number(r.KnowNone))
	}
	p("")
	p("%12s %s", "time", stateNames)
	for i, step := range r.Steps {
		p("")
		p("%2d  %s", i+1, step.Name)
		step.printActs(func(format string, args ...any) { p("    "+format, args...) }, true)
		p("%12s %s", atTime(step.AtS), step.States)
		step.printGroups(p)
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
	r.printStranded(p)
	p("%s", r.Verdict)
	p("%s", r.ended("  "))
	_, err := io.WriteString(w, b.String())
	return err
}

// ended shouts how the run ended, and says how many expectations held.
func (r *Report) ended(between string) string {
	held, failed, _ := r.Tally()
	says := fmt.Sprintf("%s of %s expectations held", language.Number(held), language.Number(held+failed))
	switch r.Outcome() {
	case "stopped":
		says += " until then"
	case "passed":
		says = fmt.Sprintf("all %s expectations held", language.Number(held))
		if stranded, _ := r.stranded(); stranded > 0 {
			says += fmt.Sprintf(", and %s stranded", are(stranded))
		}
	}
	return strings.ToUpper(r.Outcome()) + between + says
}

// printer prints lines.
func printer(w io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
}

// printCounts prints what happened on the network, and what it cost.
func (r *Report) printCounts(p func(format string, args ...any)) {
	c, t, l := r.Counts, r.Timing, r.Limits
	p("%s boots in %s: %s a second, %.0f µs of processor time each, %s MiB of memory at most",
		language.Number(c.Boots), Span(seconds(t.WallS)), language.Number(uint64(t.BootsPerS)), t.CPUPerBootUS,
		language.Number(uint64(t.PeakRSSBytes>>20)))
	p("a boot took %s (median), %s (99 %%), %s at most; %s at a time, %s cut short", Span(milliseconds(t.BootMS.P50)),
		Span(milliseconds(t.BootMS.P99)), Span(milliseconds(t.BootMS.Max)), language.Number(l.Boots),
		language.Number(c.BootsCutShort))
	p("TFTP  %s files, %.1f MB, %s not found, %s retransmissions, %s transfers failed (time-out %s, %d times)",
		language.Number(c.TFTPFiles), float64(c.TFTPBytes)/1e6, language.Number(c.TFTPNotFound),
		language.Number(c.Retransmits), language.Number(c.TransfersFailed), Span(milliseconds(l.TFTPTimeoutMS)),
		l.TFTPRetries+1)
	p("HTTP  %s files, %.1f MB, %s not found", language.Number(c.HTTPFiles), float64(c.HTTPBytes)/1e6,
		language.Number(c.HTTPNotFound))
	p("TVS   %s questions answered, %s certificates not in the phone's list, %s without answer (time-out %s)",
		language.Number(c.TVSQueries+c.TVSVerifies), language.Number(c.TVSStrange), language.Number(c.TVSSilent),
		Span(milliseconds(l.TVSTimeoutMS)))
	p("      %s configurations signed, %s files refused, %s DeviceTLInfo alarms, %s registrations",
		language.Number(c.ConfigurationsSigned), language.Number(c.RefusedFiles),
		language.Number(c.AlarmsDeviceTLInfo), language.Number(c.Registrations))
	if by := c.AlarmsBy.Says(); by != "" {
		p("      DeviceTLInfo when they came: %s", by)
	}
}

// maxGroups bounds the lines of groups after a step.
const maxGroups = 20

// printGroups prints a line for each group, where they differ.
func (s *Step) printGroups(p func(format string, args ...any)) {
	groups := s.differing()
	for i, g := range groups {
		if i == maxGroups {
			p("%12s and %s more groups", "", language.Number(len(groups)-i))
			return
		}
		p("%12s %s  %s", "", g.States, g.Name)
	}
}

// atTime is a time of the scenario, in whole seconds since the start.
func atTime(s float64) string { return Span(seconds(s).Truncate(time.Second)) }

// Shown is how many names of many are shown.
const Shown = 3

// Some are the first of many names.
func Some(names []string) string {
	if len(names) > Shown {
		return strings.Join(names[:Shown], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

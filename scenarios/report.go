package scenarios

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Report is what a run gives. Its JSON field names are a contract; more may be
// added.
type Report struct {
	Scenario string       `json:"scenario"`
	Shows    string       `json:"shows"`
	Rows     []string     `json:"rows,omitempty"` // of the mission
	Mode     string       `json:"mode"`
	Seed     int64        `json:"seed"`
	Phones   int          `json:"phones"`
	Passed   bool         `json:"passed"`
	States   States       `json:"states"`
	Steps    []StepReport `json:"steps"`
	Limits   Limits       `json:"limits"`
	Counts   Counts       `json:"counts"`
	// Stories are those of the phones, each distinct one once; StoriesLeftOut
	// phones have one that did not get a place.
	Stories        []Story `json:"stories"`
	StoriesLeftOut int     `json:"stories_left_out"`
	Timing         Timing  `json:"timing"`
}

// States counts phones.
type States struct {
	None      int `json:"none"`
	Trusted   int `json:"trusted"`
	Locked    int `json:"locked"`
	Untrusted int `json:"untrusted"`
}

// StepReport is one step and what became of its expectations.
type StepReport struct {
	Name         string              `json:"name"`
	Says         string              `json:"says,omitempty"`
	AtS          float64             `json:"at_s"` // scenario seconds since the start
	States       States              `json:"states"`
	Expectations []ExpectationReport `json:"expectations"`
	Error        string              `json:"error,omitempty"` // why the run could not go on
}

// ExpectationReport is one expectation.
type ExpectationReport struct {
	Text   string `json:"text"`
	Passed bool   `json:"passed"`
	Why    string `json:"why,omitempty"` // where it failed
}

// Limits are what the phones were allowed, as in fleet.Limits.
type Limits struct {
	Boots         int     `json:"boots"` // at a time
	TFTPTimeoutMS float64 `json:"tftp_timeout_ms"`
	TFTPRetries   int     `json:"tftp_retries"`
	TVSTimeoutMS  float64 `json:"tvs_timeout_ms"`
}

// Counts of what happened on the wire.
type Counts struct {
	Boots                uint64 `json:"boots"`
	BootsCutShort        uint64 `json:"boots_cut_short"` // not among them: a reset or power loss overtook these
	TFTPFiles            uint64 `json:"tftp_files"`
	TFTPBytes            uint64 `json:"tftp_bytes"`
	TFTPNotFound         uint64 `json:"tftp_not_found"`
	HTTPFiles            uint64 `json:"http_files"`
	HTTPBytes            uint64 `json:"http_bytes"`
	HTTPNotFound         uint64 `json:"http_not_found"`
	TVSQueries           uint64 `json:"tvs_queries"`
	TVSVerifies          uint64 `json:"tvs_verifies"`
	TVSStrange           uint64 `json:"tvs_certificate_mismatches"`
	TVSSilent            uint64 `json:"tvs_unanswered"`
	AlarmsDeviceTLInfo   uint64 `json:"alarms_DeviceTLInfo"`
	RefusedFiles         uint64 `json:"refused_files"`
	Retransmits          uint64 `json:"retransmits"`
	TransfersFailed      uint64 `json:"tftp_failed"`
	Registrations        uint64 `json:"registrations"`
	SIPRegistrations     uint64 `json:"sip_registrations"` // all of them; in virtual mode what would be a REGISTER
	ConfigurationsSigned uint64 `json:"configurations_signed"`
}

// Timing is what the run cost; it alone differs between equal runs.
type Timing struct {
	WallS        float64 `json:"wall_s"`
	CPUS         float64 `json:"cpu_s"`
	PeakRSSBytes int64   `json:"peak_rss_bytes"`
	BootsPerS    float64 `json:"boots_per_s"` // over the whole run
	CPUPerBootUS float64 `json:"cpu_per_boot_us"`
	BootMS       struct {
		P50 float64 `json:"p50"`
		P90 float64 `json:"p90"`
		P99 float64 `json:"p99"`
		Max float64 `json:"max"`
	} `json:"boot_ms"`
	Timeline []Moment `json:"timeline"`
}

// A Moment is how many phones were in which state.
type Moment struct {
	WallS     float64 `json:"wall_s"`
	AtS       float64 `json:"at_s"`
	Step      int     `json:"step"`
	None      int     `json:"none"`
	Trusted   int     `json:"trusted"`
	Locked    int     `json:"locked"`
	Untrusted int     `json:"untrusted"`
}

// usage is the processor time that this process has used.
func usage() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakRSS is the most memory that this process had, in bytes.
func peakRSS() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return u.Maxrss
	}
	return u.Maxrss << 10
}

// finish ends the run and sums it up.
func (r *Report) finish(st *Player, began time.Time, used time.Duration) {
	t := &r.Timing
	t.WallS = time.Since(began).Seconds()
	t.CPUS = (usage() - used).Seconds()
	t.PeakRSSBytes = peakRSS()
	r.States = statesOf(st.Fleet)
	st.Close() // a transfer counts when its last packet has arrived, a moment after its phone went on

	limits, tally, traffic, cluster := st.Fleet.Limits(), st.Fleet.Tally(), st.Traffic(), st.Cluster.Counts()
	r.Limits = Limits{limits.Boots, ms(limits.TFTPTimeout), limits.TFTPRetries, ms(limits.TVSTimeout)}
	r.Counts = Counts{
		Boots: tally.Boots.Load(), BootsCutShort: tally.CutShort.Load(),
		TFTPFiles: traffic.TFTP.Files, TFTPBytes: traffic.TFTP.Bytes, TFTPNotFound: traffic.TFTP.NotFound,
		TransfersFailed: traffic.TFTP.Failed, Retransmits: traffic.TFTP.Retransmits + tally.Retransmits.Load(),
		TVSQueries: traffic.TVS.Queries, TVSVerifies: traffic.TVS.Verifies,
		TVSStrange: tally.TVSStrange.Load(), TVSSilent: tally.TVSSilent.Load(),
		AlarmsDeviceTLInfo: tally.Alarms.Load(), RefusedFiles: tally.Refused.Load(),
		HTTPFiles: traffic.HTTP.Files, HTTPBytes: traffic.HTTP.Bytes, HTTPNotFound: traffic.HTTP.NotFound,
		Registrations: cluster.Registrations, SIPRegistrations: cluster.Registrations, ConfigurationsSigned: cluster.ConfigsSigned,
	}
	if boots := float64(r.Counts.Boots); boots > 0 {
		t.BootsPerS = boots / t.WallS
		t.CPUPerBootUS = t.CPUS / boots * 1e6
	}
	q := st.Fleet.BootTimes()
	t.BootMS.P50, t.BootMS.P90, t.BootMS.P99, t.BootMS.Max = ms(q.P50), ms(q.P90), ms(q.P99), ms(q.Max)
	_, failed, stopped := r.tally()
	r.Passed = failed == 0 && !stopped
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

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
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("%s: %s", r.Scenario, r.Shows)
	p("%s phones, %s mode, seed %d", number(r.Phones), r.Mode, r.Seed)
	p("")
	p("       time %10s %10s %10s %10s", "none", "trusted", "locked", "untrusted")
	for i, step := range r.Steps {
		p("")
		p("%2d  %s", i+1, step.Name)
		s := step.States
		p("    %7s %10s %10s %10s %10s", clock(step.AtS), number(s.None), number(s.Trusted), number(s.Locked), number(s.Untrusted))
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
	c, t, l := r.Counts, r.Timing, r.Limits
	p("")
	p("%s boots in %.1f s: %s a second, %.0f µs of processor time each, %s MiB of memory at most", number(c.Boots), t.WallS, number(uint64(t.BootsPerS)), t.CPUPerBootUS, number(uint64(t.PeakRSSBytes>>20)))
	p("a boot took %.0f ms (median), %.0f ms (99 %%), %.0f ms at most; %d at a time, %s cut short", t.BootMS.P50, t.BootMS.P99, t.BootMS.Max, l.Boots, number(c.BootsCutShort))
	p("TFTP  %s files, %.1f MB, %s not found, %s retransmissions, %s transfers failed (time-out %.0f ms, %d times)", number(c.TFTPFiles), float64(c.TFTPBytes)/1e6, number(c.TFTPNotFound), number(c.Retransmits), number(c.TransfersFailed), l.TFTPTimeoutMS, l.TFTPRetries+1)
	p("HTTP  %s files, %.1f MB, %s not found", number(c.HTTPFiles), float64(c.HTTPBytes)/1e6, number(c.HTTPNotFound))
	p("TVS   %s questions answered, %s certificates not in the phone's list, %s without answer (time-out %.0f s)", number(c.TVSQueries+c.TVSVerifies), number(c.TVSStrange), number(c.TVSSilent), l.TVSTimeoutMS/1000)
	p("      %s configurations signed, %s files refused, %s DeviceTLInfo alarms, %s registrations", number(c.ConfigurationsSigned), number(c.RefusedFiles), number(c.AlarmsDeviceTLInfo), number(c.Registrations))
	p("")
	switch held, failed, stopped := r.tally(); {
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

// tally counts expectations, and tells whether the run ended before its time.
func (r *Report) tally() (held, failed int, stopped bool) {
	for _, step := range r.Steps {
		stopped = stopped || step.Error != ""
		for _, e := range step.Expectations {
			if e.Passed {
				held++
			} else {
				failed++
			}
		}
	}
	return held, failed, stopped
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

package report

import "time"

// Report is what a run gives. Its JSON field names are a contract; more may be
// added.
type Report struct {
	Scenario string   `json:"scenario"`
	Shows    string   `json:"shows"`
	Rows     []string `json:"rows,omitempty"` // of docs/sources.md
	Mode     string   `json:"mode"`
	Seed     int64    `json:"seed"`
	Version  string   `json:"version"` // of the program
	Command  string   `json:"command"` // that plays it again
	// Shards is in how many the run was played, and PaceS how many seconds each act took beside
	// what it waited; 0 where it was played whole, and at its own pace.
	Shards int     `json:"shards,omitempty"`
	PaceS  float64 `json:"pace_s,omitempty"`
	// StartedAt is the scenario's time at the start, in UTC; the wall clock's is in Timing.
	StartedAt time.Time `json:"started_at"`
	// Clusters are one or two as the run began, the scenario's own first.
	Clusters []Cluster `json:"clusters"`
	Phones   int       `json:"phones"`
	KnowNone int       `json:"know_no_itl,omitempty"` // phones of models that know no ITL, whose state is none
	Passed   bool      `json:"passed"`
	Verdict  string    `json:"verdict"` // what came of the phones, in a sentence
	States   States    `json:"states"`
	Steps    []Step    `json:"steps"`
	Limits   Limits    `json:"limits"`
	Counts   Counts    `json:"counts"`
	// Stranded are the phones that are locked or untrusted at the end, StrandedLeftOut those
	// for which it had no place.
	Stranded        []Stranded `json:"stranded"`
	StrandedLeftOut int        `json:"stranded_left_out"`
	// Stories are those of the phones, each distinct one once; StoriesLeftOut
	// phones have one that did not get a place.
	Stories        []Story `json:"stories"`
	StoriesLeftOut int     `json:"stories_left_out"`
	Timing         Timing  `json:"timing"`

	casts  []*Cast // for the CSV
	unread int     // phones without a name of stories that were read and not kept
}

// Unnamed is how many phones have a story that does not name them ([Story.Count]).
func (r *Report) Unnamed() int {
	n := r.unread
	for _, s := range r.Stories {
		n += s.Unnamed()
	}
	return n
}

// Step is one step and what became of its expectations.
type Step struct {
	Name         string        `json:"name"`
	Says         string        `json:"says,omitempty"`
	Do           []Done        `json:"do"`               // the acts, of a repeated step those of the last time
	Repeat       string        `json:"repeat,omitempty"` // how often they were done
	AtS          float64       `json:"at_s"`             // scenario seconds since the start
	States       States        `json:"states"`
	Groups       []Group       `json:"groups"`
	Alarms       Alarms        `json:"alarms_by"` // that came in it
	Expectations []Expectation `json:"expectations"`
	Error        string        `json:"error,omitempty"` // why the run could not go on
}

// Expectation is one expectation, and whether it passed.
type Expectation struct {
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

// Counts of what happened on the wire, Boots first: those that came to an end.
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
	AlarmsDeviceTLInfo   uint64 `json:"alarms_DeviceTLInfo"` // that phones know to have arrived
	AlarmsBy             Alarms `json:"alarms_by"`           // that call managers received
	RefusedFiles         uint64 `json:"refused_files"`
	Retransmits          uint64 `json:"retransmits"`
	TransfersFailed      uint64 `json:"tftp_failed"`
	Registrations        uint64 `json:"registrations"`
	SIPRegistrations     uint64 `json:"sip_registrations"` // all of them; in virtual mode what would be a REGISTER
	ConfigurationsSigned uint64 `json:"configurations_signed"`
}

// Timing is what the run cost; it alone differs between equal runs.
type Timing struct {
	StartedAt    time.Time `json:"started_at"` // by the wall clock, in UTC
	WallS        float64   `json:"wall_s"`
	CPUS         float64   `json:"cpu_s"`
	PeakRSSBytes int64     `json:"peak_rss_bytes"`
	BootsPerS    float64   `json:"boots_per_s"` // over the whole run
	CPUPerBootUS float64   `json:"cpu_per_boot_us"`
	BootMS       Boots     `json:"boot_ms"`
	StepS        []float64 `json:"step_s"` // how long each step took
	Timeline     []Moment  `json:"timeline"`
}

// A Moment is how many phones were in which state, at a time of the wall clock and of the
// scenario's (WallS and AtS), both in seconds since the start.
type Moment struct {
	WallS float64 `json:"wall_s"`
	AtS   float64 `json:"at_s"`
	Step  int     `json:"step"`
	States
}

// Tally counts expectations, and tells whether the run ended before its time.
func (r *Report) Tally() (held, failed int, stopped bool) {
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

// Conclude says whether it passed and what came of the phones, when all that was judged is in
// it.
func (r *Report) Conclude() {
	_, failed, stopped := r.Tally()
	r.Passed = failed == 0 && !stopped
	r.Verdict = r.verdict()
}

// Outcome is how the run ended, in a word: passed, failed or stopped.
func (r *Report) Outcome() string {
	switch _, _, stopped := r.Tally(); {
	case stopped:
		return "stopped"
	case r.Passed:
		return "passed"
	}
	return "failed"
}

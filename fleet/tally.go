package fleet

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"itlsim/phone"
)

// Tally counts what the phones of a fleet did. It is safe for concurrent use.
type Tally struct {
	Boots       atomic.Uint64 // that ended
	CutShort    atomic.Uint64 // boots that a reset or a loss of power ended
	Retransmits atomic.Uint64 // of TFTP packets
	Refused     atomic.Uint64 // files

	TVSStrange, TVSSilent atomic.Uint64 // questions that ended with these events

	Alarms              atomic.Uint64 // answered with 202
	Registrations       atomic.Uint64 // answered with 200, keep-alives included
	RegistrationsFailed atomic.Uint64

	mu    sync.Mutex
	times *hdrhistogram.Histogram // of boots, in microseconds; nil before the first has ended
}

// Answered counts what a phone got of a server.
func (t *Tally) Answered(ev phone.Event) {
	switch ev := ev.(type) {
	case phone.TVSStrange:
		t.TVSStrange.Add(1)
	case phone.TVSSilent:
		t.TVSSilent.Add(1)
	case phone.Registered:
		t.Alarms.Add(uint64(ev.Alarms.Len()))
		t.Registrations.Add(1)
	case phone.NotRegistered:
		t.Alarms.Add(uint64(ev.Alarms.Len()))
		t.RegistrationsFailed.Add(1)
	}
}

// Judged counts what became of a file.
func (t *Tally) Judged(v phone.Verdict) {
	if v.Refusal != nil {
		t.Refused.Add(1)
	}
}

// longestBoot bounds what is recorded: a boot that took longer is counted, and
// left out of the times.
const longestBoot = time.Hour

// Booted counts a boot that has ended, and how long it took.
func (t *Tally) Booted(took time.Duration) {
	t.Boots.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.times == nil {
		t.times = hdrhistogram.New(1, longestBoot.Microseconds(), 3)
	}
	t.times.RecordValue(max(1, took.Microseconds()))
}

// BootTimes are quantiles of the durations of boots, from the first request to
// the registration, without the wait for a turn.
type BootTimes struct{ P50, P90, P99, Max time.Duration }

// BootTimes are those of all boots that have ended, zero where none has.
func (t *Tally) BootTimes() BootTimes {
	return BootTimes{P50: t.BootTime(50), P90: t.BootTime(90), P99: t.BootTime(99), Max: t.BootTime(100)}
}

// BootTime is what so many percent of the boots that have ended did not take longer than,
// zero where none has.
func (t *Tally) BootTime(percent float64) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.times == nil {
		return 0
	}
	return time.Duration(t.times.ValueAtQuantile(percent)) * time.Microsecond
}

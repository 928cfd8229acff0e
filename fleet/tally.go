package fleet

import (
	"sync"
	"sync/atomic"
	"time"

	"itlsim/phone"
)

// Tally counts what the phones of a fleet did. It is safe for concurrent use.
type Tally struct {
	Boots       atomic.Uint64 // that ended
	CutShort    atomic.Uint64 // boots that a reset or a loss of power ended
	Retransmits atomic.Uint64 // of TFTP packets
	Refused     RefusedFiles

	Answers   atomic.Uint64 // of any server, or that none came: each gets a phone further
	TVS       Questions
	TFTPFiles atomic.Uint64 // that came whole

	Alarms              atomic.Uint64 // answered with 202
	Registrations       atomic.Uint64 // answered with 200, keep-alives included
	RegistrationsFailed atomic.Uint64

	mu    sync.Mutex
	times Times         // of boots
	total time.Duration // of all boots
}

// RefusedFiles counts files that phones refused, by the kind of the reason.
type RefusedFiles struct{ kinds [phone.Reasons]atomic.Uint64 }

// Load is how many there are in all.
func (r *RefusedFiles) Load() (n uint64) {
	for _, of := range r.Kinds() {
		n += of
	}
	return n
}

// Kinds is how many there are of each kind, in the order of [phone.Explanations].
func (r *RefusedFiles) Kinds() (n [phone.Reasons]uint64) {
	for i := range r.kinds {
		n[i] = r.kinds[i].Load()
	}
	return n
}

// Answered counts what an action of a phone got of a server.
func (t *Tally) Answered(a phone.Action, ev phone.Event) {
	t.Answers.Add(1)
	switch ev := ev.(type) {
	case phone.FileReceived:
		if a.(phone.Fetch).By == phone.TFTP {
			t.TFTPFiles.Add(1)
		}
	case phone.TVSAnswered:
		t.TVS.add(a, Answered)
	case phone.TVSStrange:
		t.TVS.add(a, Mismatch)
	case phone.TVSSilent:
		t.TVS.add(a, Unanswered)
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
		t.Refused.kinds[phone.Kind(v.Refusal.Reason)].Add(1)
	}
}

// Booted counts a boot that has ended, and how long it took.
func (t *Tally) Booted(took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Boots.Add(1)
	t.total += took
	t.times.add(took)
}

// BootTimes are quantiles of the durations of boots, from the first request to
// the registration, without the wait for a turn: the median P50, then P90, P95 and P99,
// and the longest, Max.
type BootTimes struct{ P50, P90, P95, P99, Max time.Duration }

// BootTimes are those of all boots that have ended, zero where none has.
func (t *Tally) BootTimes() BootTimes {
	times := t.Times()
	return BootTimes{P50: times.At(50), P90: times.At(90), P95: times.At(95), P99: times.At(99), Max: times.At(100)}
}

// Times are how long the boots that have ended took.
func (t *Tally) Times() (all Times) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all.Plus(t.times)
	return all
}

// Spread is how the durations of boots are spread.
type Spread struct {
	Boots uint64        // that have ended
	Total time.Duration // of all of them
	// Within is how many did not take longer than each bound that was asked for, to a
	// thousandth of it.
	Within []uint64
}

// Spread counts the boots that have ended within these bounds, which ascend.
func (t *Tally) Spread(bounds ...time.Duration) Spread {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Spread{Boots: t.Boots.Load(), Total: t.total, Within: t.times.Within(bounds...)}
}

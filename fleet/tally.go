package fleet

import (
	"sync/atomic"
	"time"
)

// Tally counts what the phones did; all by atomic operations.
type Tally struct {
	Boots, CutShort       atomic.Uint64 // boots that ended, and that a reset or power loss overtook
	Retransmits, Refused  atomic.Uint64
	TVSStrange, TVSSilent atomic.Uint64
	// Alarms were answered with 202; registrations, keep-alives included, with
	// 200, or failed.
	Alarms, Registrations, RegistrationsFailed atomic.Uint64
}

// BootTimes are quantiles of the boots' durations, from the first request to
// the registration, without the wait for a place.
type BootTimes struct{ P50, P90, P99, Max time.Duration }

package scenarios

import (
	"context"
	"time"

	"itlsim/fleet"
)

// hangAfter is how long no phone gets further, while some have something left to do, until
// it is said which: by the wall clock, for who looks on. Exchanges take milliseconds.
const hangAfter = 3 * time.Second

// A hang is whether phones get further: they do with each answer, or when none comes in time.
type hang struct {
	answers uint64
	since   time.Time // when it was seen first
}

// look is who hangs, where nobody got further for some time; else nil.
func (h *hang) look(f fleet.Fleet, now time.Time) *fleet.Unsettled {
	if n := f.Tally().Answers.Load(); n != h.answers || h.since.IsZero() || f.Busy() == 0 {
		h.answers, h.since = n, now
	}
	if now.Sub(h.since) < hangAfter {
		return nil
	}
	u := fleet.UnsettledOf(f)
	if len(u.Slowest) == 0 { // meanwhile all are through
		return nil
	}
	return &u
}

// unsettled is an error, where somebody waits for phones no longer a [*fleet.UnsettledError].
func (p *Player) unsettled(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || p.Fleet.Busy() == 0 {
		return err
	}
	return &fleet.UnsettledError{Unsettled: fleet.UnsettledOf(p.Fleet), Err: err}
}

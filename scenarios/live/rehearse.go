package live

import (
	"context"

	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// Rehearse tells what acts would do to the phones ([scenarios.Player.Rehearse]), in a fork of
// the lab as it is when nothing is under way. The lab goes on meanwhile, and nothing of it is
// changed. There is one rehearsal at a time, since each takes memory for the phones twice: who
// wants another waits for that as for a turn. The error is also a [*BusyError].
func (l *Lab) Rehearse(ctx context.Context, acts []scenarios.Act) (told *report.Rehearsal, err error) {
	if err := take(ctx, l.stage, func() string { return "a rehearsal" }); err != nil {
		return nil, err
	}
	defer func() { <-l.stage }()
	var fork *scenarios.Player
	err = l.Turn(ctx, "the fork of a rehearsal", func() error {
		fork, err = l.Fork()
		return err
	})
	if err != nil {
		return nil, err
	}
	defer fork.Close() // nothing is lost where that fails
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	return fork.Rehearse(ctx, acts)
}

package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"itlsim/phone"
	"itlsim/scenarios/report"
)

// RehearsalPatience is how long a rehearsal may take by the wall clock: twenty times what one of a
// regeneration takes with 40,000 phones on two cores.
const RehearsalPatience = 30 * time.Second

// ErrRehearsal is the error of a rehearsal that took longer.
var ErrRehearsal = fmt.Errorf("it was not through after %v, which is as long as a rehearsal may take",
	RehearsalPatience)

// ErrNobody is the error of a rehearsal in a lab without phones.
var ErrNobody = errors.New("there are no phones here of whom a rehearsal could tell: " +
	"those that are registered are others'")

// Rehearse does acts in the player's lab, a fork ([Player.Fork]), and tells what became of the
// phones that would not have without them. The lab is of no use afterwards.
//
// A change of certificates strands phones when they next boot. So each boots again after the
// acts, as if all were reset one night: those that are on are reset, whether or not a cluster
// would reach them, and then those that are off are switched on. No time passes between but
// what boots take: what phones have of a TVS for a day they have still. Services that are
// stopped stay so, and nobody puts anything right meanwhile. The same night is played without
// the acts, so that they are not blamed for what was lost before.
//
// The error is that of the context, [ErrRehearsal], [ErrNobody], or the one that ends a step.
func (p *Player) Rehearse(ctx context.Context, acts []Act) (*report.Rehearsal, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, RehearsalPatience, ErrRehearsal)
	defer cancel()
	r, err := p.rehearse(ctx, acts)
	if errors.Is(err, context.DeadlineExceeded) {
		err = context.Cause(ctx)
	}
	return r, err
}

func (p *Player) rehearse(ctx context.Context, acts []Act) (*report.Rehearsal, error) {
	if p.Phones() == 0 {
		return nil, ErrNobody
	}
	before := report.OutlookOf(p.Lab)
	quiet, err := p.Fork()
	if err != nil {
		return nil, err
	}
	defer quiet.Close() // nothing is lost where that fails
	if err := quiet.night(ctx); err != nil {
		return nil, err
	}
	without := report.OutlookOf(quiet.Lab)
	if err := p.Fleet.Settle(ctx); err != nil {
		return nil, err
	}
	did, err := p.Play(ctx, Step{Do: acts})
	if err == nil {
		err = p.night(ctx)
	}
	if err != nil {
		return nil, err
	}
	return p.teller.Rehearsal(did.Do, before, without), nil
}

// night has every phone boot.
func (p *Player) night(ctx context.Context) error {
	for _, ev := range []phone.Event{phone.Reset{}, phone.PowerOn{}} {
		if err := p.Fleet.Settle(ctx); err != nil {
			return err
		}
		p.Send(ev, nil)
	}
	return p.Fleet.Settle(ctx)
}

package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"itlsim/fleet"
)

// timely reports whether an expectation names a time.
func (e *Expectation) timely() bool { return e.Within > 0 || e.After > 0 }

// judgeTimely judges the expectations of a step that name a time, the earliest first,
// while the phones do what follows from the last act. Then it lets them finish.
func (p *Player) judgeTimely(ctx context.Context, all []Expectation) error {
	p.timely = make([]error, len(all))
	order := make([]int, 0, len(all))
	for i := range all {
		if all[i].timely() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(all[i].Within+all[i].After, all[j].Within+all[j].After)
	})
	for _, i := range order {
		p.timely[i] = p.await(ctx, &all[i])
		if ctx.Err() != nil {
			return p.unsettled(ctx, ctx.Err())
		}
	}
	return p.unsettled(ctx, p.Fleet.Settle(ctx))
}

// await lets time pass until an expectation holds, or the time is up that it names, and
// judges it. One that names no time is judged at once.
func (p *Player) await(ctx context.Context, e *Expectation) error {
	check := func() error { return e.judge(e.Look(p), p.Phones()) }
	if !e.timely() {
		return check()
	}
	limit := max(e.Within, e.After)
	left := func() time.Duration { return p.since + limit - p.Elapsed() }
	if late := -left(); late > 0 && e.Within > 0 {
		return fmt.Errorf("it is %v since the last act", (limit + late).Round(time.Millisecond))
	}
	if err := p.SettleFor(ctx, left()); err != nil {
		return err
	}
	if e.After > 0 && left() > 0 {
		if err := p.Advance(ctx, left()); err != nil {
			return err
		}
	}
	for {
		err := check()
		if err == nil || e.After > 0 {
			return err
		}
		if left() <= 0 {
			if p.Fleet.Busy() > 0 {
				err = fmt.Errorf("%w; %v", err, fleet.UnsettledOf(p.Fleet))
			}
			return err
		}
		// what comes due by time may still make it so
		if err := p.Advance(ctx, min(left(), max(time.Second, limit/looks))); err != nil {
			return err
		}
		if err := p.SettleFor(ctx, left()); err != nil {
			return err
		}
	}
}

// looks is how often it is looked within a time whether something is so.
const looks = 60

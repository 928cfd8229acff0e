package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"itlsim/fleet"
	"itlsim/internal/cause"
)

// timely reports whether an expectation names a time.
func (e *Expectation) timely() bool { return e.Within > 0 || e.After > 0 }

// lookTimely looks at the expectations of a step that name a time, the earliest first,
// while the phones do what follows from the last act. Then it lets them finish.
func (p *Player) lookTimely(ctx context.Context, all []Expectation) error {
	p.timely = make([]Looked, len(all))
	if p.pace > 0 {
		return p.unsettled(ctx, p.lookPaced(ctx, all))
	}
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
		found, err := p.await(ctx, &all[i])
		if ctx.Err() != nil {
			return p.unsettled(ctx, ctx.Err())
		}
		if err != nil {
			found = Finding{Said: cause.Of(err)}
		}
		p.timely[i] = lookedAt(&all[i], found)
	}
	return p.unsettled(ctx, p.Fleet.Settle(ctx))
}

// await lets time pass until an expectation holds, or the time is up that it names, and
// gives what was found then. One that names no time is looked at at once. The error is why
// time could not pass.
func (p *Player) await(ctx context.Context, e *Expectation) (found Finding, err error) {
	if !e.timely() {
		return p.lookAt(ctx, e)
	}
	limit := max(e.Within, e.After)
	left := func() time.Duration { return p.since + limit - p.Elapsed() }
	if late := -left(); late > 0 && e.Within > 0 {
		return Finding{Said: fmt.Sprintf("it is %v since the last act", (limit + late).Round(time.Millisecond))}, nil
	}
	err = p.SettleFor(ctx, left())
	if err == nil && e.After > 0 && left() > 0 {
		err = p.Advance(ctx, left())
	}
	for err == nil {
		if found, err = p.lookAt(ctx, e); err != nil || e.After > 0 || e.judge(found, p.lookedAt()) == nil {
			return found, err
		}
		if left() <= 0 {
			p.unsettledIn(&found)
			return found, nil
		}
		// what comes due by time may still make it so
		if err = p.Advance(ctx, min(left(), max(time.Second, limit/looks))); err == nil {
			err = p.SettleFor(ctx, left())
		}
	}
	return found, err
}

// lookAt is what is found of an expectation now, of all phones.
func (p *Player) lookAt(ctx context.Context, e *Expectation) (Finding, error) {
	there, err := p.lookThere(ctx, []Expectation{*e})
	if err != nil {
		return Finding{}, err
	}
	found := []Finding{e.Look(p)}
	err = there.plus(found)
	return found[0], err
}

// unsettledIn has what was found when a time was up tell which phones had something left to do.
func (p *Player) unsettledIn(f *Finding) {
	if p.Fleet.Busy() > 0 {
		f.Unsettled = fleet.UnsettledOf(p.Fleet)
	}
}

// looks is how often it is looked within a time whether something is so.
const looks = 60

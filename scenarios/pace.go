package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"itlsim/fleet/virtual"
	"itlsim/scenarios/language"
)

// A run in shards keeps a pace, so that the shards need not know of one another: the times at which
// acts begin and end are known beforehand. An act that is over, with all that it waits, at a time t
// ends at the next multiple of the pace, and one pace later: phones have one pace at least to
// settle in, and all acts begin at multiples. That is so even where no phone here did anything.

// The paces that a scenario or a command line may name.
const (
	MinPace = time.Second
	MaxPace = 24 * time.Hour
)

// DefaultPace is that of so many phones, of which so many boot at a time, where nothing else is
// said: three times what a reset of all takes on a sound network, in whole minutes. (Measured:
// 8.6 s where all boot at once, 20 s in two turns, 153 s in twenty, 23 s where 5 % is lost.)
func DefaultPace(phones, boots int) time.Duration {
	turns := (phones + boots - 1) / boots
	return (30*time.Second + time.Duration(turns)*15*time.Second + time.Minute - 1).Truncate(time.Minute)
}

// pace is that of a run of all of a lab's phones, 0 where it keeps none; longer is one that may do
// where that is too short.
func (opt *Options) pace(s Scenario, phones int) (pace, longer time.Duration) {
	usual := DefaultPace(phones, cmp.Or(opt.Lab.Boots, virtual.DefaultBoots))
	if pace = opt.Pace; pace == 0 && opt.Shards > 1 {
		pace = cmp.Or(s.Pace, usual)
	}
	return pace, min(max(2*pace, usual), MaxPace)
}

// A PaceError is that phones did not settle in a pace. It is told in the same words of whatever
// shard, on whatever machine, is the first whose phones need longer.
type PaceError struct {
	Act  int           // which, from 1: each time that one is done counts, and each wait between
	Pace time.Duration // of the run
	Try  time.Duration // a longer one, by what is known of the run everywhere
}

func (e *PaceError) Error() string {
	return fmt.Sprintf("phones need longer than a pace of %v for act %d: try --pace %v", e.Pace, e.Act, e.Try)
}

// settle lets the phones finish what follows from an act, or has the act end by the pace. The
// error is a [*PaceError] where that is too short.
func (p *Player) settle(ctx context.Context) error {
	if p.pace == 0 {
		return p.Fleet.Settle(ctx)
	}
	over := p.Elapsed()
	if err := p.Advance(ctx, (over+p.pace-1)/p.pace*p.pace+p.pace-over); err != nil || p.Settled() {
		return err
	}
	return &PaceError{Act: p.begun, Pace: p.pace, Try: p.longer}
}

// A dueLook is when an expectation is looked at.
type dueLook struct {
	at time.Duration
	of int // which one
}

// lookPaced looks at the expectations that name a time at moments that all shards know: one that
// is to hold within a time each sixtieth of it, whatever is the case here.
func (p *Player) lookPaced(ctx context.Context, all []Expectation) error {
	var due []dueLook
	for i, e := range all {
		if e.After > 0 {
			due = append(due, dueLook{p.since + e.After, i})
		} else if e.Within > 0 {
			for k := range looks + 1 {
				due = append(due, dueLook{p.since + e.Within*time.Duration(k)/looks, i})
			}
		}
	}
	if len(due) == 0 {
		return nil // the last act has ended
	}
	slices.SortStableFunc(due, func(a, b dueLook) int { return cmp.Compare(a.at, b.at) })
	found := make([][]Finding, len(all))
	for _, m := range due {
		if left := m.at - p.Elapsed(); left > 0 {
			if err := p.Advance(ctx, left); err != nil {
				return err
			}
		}
		f := all[m.of].Look(p)
		if m.at == p.since+all[m.of].Within {
			p.unsettledIn(&f)
		}
		found[m.of] = append(found[m.of], f)
	}
	for i, f := range found {
		if last := len(f) - 1; last >= 0 {
			p.timely[i] = lookedAt(&all[i], f[last])
			p.timely[i].Before = f[:last]
		}
	}
	return p.settle(ctx)
}

// paces are the sentences of `pace`.
var paces = language.New(language.Rule[struct{}]{Sentence: "{number} {timeunit}"}.
	Explained("how long each act takes besides its waits, in a run in shards"))

// parsePace understands a pace. The error is a [*language.Error].
func parsePace(text string) (time.Duration, error) {
	_, said, err := paces.Parse(text, language.Vocabulary{})
	if err != nil {
		return 0, err
	}
	pace, err := duration(said, "number", "timeunit")
	if err == nil && (pace < MinPace || pace > MaxPace) {
		err = &language.Error{Says: fmt.Sprintf("a pace is of %v to %v", MinPace, MaxPace)}
	}
	return pace, err
}

package lab

import (
	"context"
	"errors"
	"slices"
	"time"

	"itlsim/cnf"
)

// liveEvery is how often time passes on a live lab, by the wall clock.
const liveEvery = 50 * time.Millisecond

// live has time pass until the context ends.
func (l *Lab) live(ctx context.Context, trouble func(error)) {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	last, due := time.Now(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		jump := l.world.Pass(ctx, now.Sub(last))
		last = now
		if jump > 0 {
			l.carryOver(jump)
		}
		if now.Sub(due) >= time.Second {
			due = now
			if err := l.tick(); err != nil && trouble != nil {
				trouble(err)
			}
		}
	}
}

// Advance lets so much scenario time pass, and the clusters do what is due then.
func (l *Lab) Advance(ctx context.Context, d time.Duration) error {
	err := l.KeepAlives(ctx, d)
	l.carryOver(d) // first, so that no registration lapses in between
	return errors.Join(err, l.world.Wait(ctx, d), l.tick())
}

// KeepAlives has phones on sockets send the keep-alives that may change something in so much
// scenario time, as Advance does.
func (l *Lab) KeepAlives(ctx context.Context, d time.Duration) error {
	return l.world.KeepAlives(ctx, d)
}

// SettleFor waits until no phone has anything left to do, or so much scenario time has
// passed.
func (l *Lab) SettleFor(ctx context.Context, d time.Duration) error { return l.world.SettleFor(ctx, d) }

// HoldKeepAlives lets no keep-alive come for so much scenario time, in virtual mode.
func (l *Lab) HoldKeepAlives(d time.Duration) { l.world.HoldKeepAlives(d) }

// Settled reports whether no phone has anything left to do, but for keep-alives that are under way.
func (l *Lab) Settled() bool { return l.world.Settled() }

// carryOver tells the clusters that so much time passes at once: registrations that
// are kept alive do not lapse in between. Those of the lab's own phones are, where the
// phone is registered with that cluster; whether others are, like a real phone's, the
// wall clock will tell.
func (l *Lab) carryOver(d time.Duration) {
	for _, c := range l.Clusters() {
		var managers []string
		for _, n := range c.Nodes() {
			managers = append(managers, n.CallManager(cnf.NonSecure), n.CallManager(cnf.Encrypted))
		}
		c.CarryOver(d, func(device string) bool {
			server, ours := l.Fleet.CallManager(device)
			return !ours || slices.Contains(managers, server)
		})
	}
}

func (l *Lab) tick() error {
	var err error
	for _, c := range l.Clusters() {
		err = errors.Join(err, c.Tick())
	}
	return err
}

// SetRate sets how many scenario seconds a second of a live lab has.
func (l *Lab) SetRate(rate float64) { l.world.SetRate(rate) }

// Rate is how many scenario seconds a second of a live lab has.
func (l *Lab) Rate() float64 { return l.world.Rate() }

// Now is the lab's time.
func (l *Lab) Now() time.Time { return l.world.Now() }

// Elapsed is the scenario time since the lab was opened.
func (l *Lab) Elapsed() time.Duration { return l.world.Elapsed() }

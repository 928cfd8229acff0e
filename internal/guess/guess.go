// Package guess puts a price on guessing a secret: a password over SSH, the token
// of a page. Whoever was refused waits before the next attempt from the same address
// is judged, twice as long with each; attempts from elsewhere are not slowed. How
// many addresses are remembered is bounded, and who is not refused for a while is
// forgotten.
package guess

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"itlsim/internal/accept"
)

// What guessing costs, this project's own choice: a person who mistypes a password
// notices nothing, and who goes on for a day has guessed some ten thousand times
// where it was seventeen million.
const (
	firstPause = 250 * time.Millisecond // after the first refusal; twice as long after each further one
	longest    = 8 * time.Second        // pause
	forgetting = 10 * time.Minute       // after the last refusal
	maxSources = 4096                   // remembered; then whoever was refused longest ago is forgotten
)

// A Gate judges attempts. Its zero value is ready for use, from many goroutines at
// once.
type Gate struct {
	mu      sync.Mutex
	sources map[netip.Prefix]*source
}

// source is an address that was refused.
type source struct {
	refused int       // times in a row
	last    time.Time // of them
	turn    time.Time // of its next attempt
}

// TooSoon is the error of an attempt that nobody judged: its turn comes after Wait.
type TooSoon struct{ Wait time.Duration }

func (e *TooSoon) Error() string {
	return fmt.Sprintf("too many wrong attempts: wait %v", e.Wait.Round(time.Second)+time.Second)
}

// RetryAfter is how long to wait as HTTP's header of that name says it: in whole seconds
// (RFC 9110, 10.2.3).
func (e *TooSoon) RetryAfter() string { return strconv.Itoa(int(e.Wait.Seconds()) + 1) }

// ErrWrong is the error of an attempt that was judged and refused.
var ErrWrong = errors.New("wrong")

// Try judges an attempt by asking right when its turn has come. One that would have
// to wait longer than patience is not judged, and has a [TooSoon] when patience ends;
// other errors are that of the context, and [ErrWrong].
func (g *Gate) Try(ctx context.Context, from netip.Addr, patience time.Duration, right func() bool) error {
	key := accept.Source(from)
	wait, soon := g.queue(key, patience)
	if wait > 0 {
		if err := accept.Sleep(ctx, wait); err != nil {
			return err
		}
	}
	if soon != nil {
		return soon
	}
	ok := right()
	g.mu.Lock()
	defer g.mu.Unlock()
	if ok {
		delete(g.sources, key)
		return nil
	}
	g.refuse(key)
	return ErrWrong
}

// queue takes the next turn, if that comes within patience, and tells how long to wait.
func (g *Gate) queue(key netip.Prefix, patience time.Duration) (wait time.Duration, soon error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, now := g.sources[key], time.Now()
	if s == nil {
		return 0, nil
	}
	if now.Sub(s.last) > forgetting {
		delete(g.sources, key)
		return 0, nil
	}
	if wait = max(0, s.turn.Sub(now)); wait > patience {
		return patience, &TooSoon{wait - patience}
	}
	s.turn = now.Add(wait + pause(s.refused))
	return wait, nil
}

// pause is what follows so many refusals in a row.
func pause(refused int) time.Duration { return min(longest, firstPause<<min(refused-1, 10)) }

// refuse notes a refusal. The caller holds the lock.
func (g *Gate) refuse(key netip.Prefix) {
	s, now := g.sources[key], time.Now()
	if s == nil {
		if g.sources == nil {
			g.sources = make(map[netip.Prefix]*source)
		}
		if len(g.sources) >= maxSources {
			g.forgetOne()
		}
		s = &source{}
		g.sources[key] = s
	}
	s.refused++
	s.last = now
	if next := now.Add(pause(s.refused)); next.After(s.turn) {
		s.turn = next
	}
}

// forgetOne makes room.
func (g *Gate) forgetOne() {
	var oldest netip.Prefix
	var at time.Time
	for key, s := range g.sources {
		if at.IsZero() || s.last.Before(at) {
			oldest, at = key, s.last
		}
	}
	delete(g.sources, oldest)
}

package live

import (
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/lab/trust"
)

// staleAfter is when phones are looked at again though none told of anything: what TVS said
// to them ends to count some time, and nobody tells.
const staleAfter = 5 * time.Second

// trusting is who trusts whom in a lab, as somebody looked at it last.
type trusting struct {
	stirred atomic.Uint64 // how often a phone told that something changed

	mu      sync.Mutex
	census  *trust.Census
	known   uint64    // stirred, when the phones were looked at
	looked  time.Time // likewise, by the wall clock
	held    track[int32]
	next    time.Time // by the wall clock, when it may be drawn for who watches
	seen    string
	picture *trust.Picture
	of      uint64 // changes of held, when it was drawn
	count   uint64 // of changes of the picture
}

// draw looks at the phones, where something may have changed, and draws the picture. The caller
// holds the lock.
func (t *trusting) draw(l *Lab) *trust.Picture {
	if t.census == nil {
		t.census = trust.New(l.Player.Lab)
		t.held.values, t.held.changes = make([]int32, l.Phones()), make([]uint64, l.Phones())
	}
	stirred, now := t.stirred.Load(), time.Now()
	if stirred != t.known || now.Sub(t.looked) > staleAfter {
		t.known, t.looked = stirred, now
		l.Each(fleet.Basics, func(i int, _ *lab.Member, v *fleet.View) { t.held.set(i, int32(t.census.Look(i, v))) })
	}
	return t.census.Picture()
}

// Trust is the trust picture of all phones as it is now, and the ID of each phone's group.
func (l *Lab) Trust() (p *trust.Picture, held []int32) {
	t := &l.trust
	t.mu.Lock()
	defer t.mu.Unlock()
	p = t.draw(l)
	return p, slices.Clone(t.held.values)
}

// TrustOf is the trust picture of one phone.
func (l *Lab) TrustOf(i int) *trust.Picture {
	t := &l.trust
	t.mu.Lock()
	defer t.mu.Unlock()
	t.draw(l)
	v := l.Fleet.Phone(i)
	return t.census.Phone(i, &v)
}

// trustShare is how much of the time may go by with drawing for who watches.
const trustShare = 4 // the fourth part

// trustSince draws the picture, every samplingEvery at most and as trustShare allows, or where
// somebody else has looked at the phones since, and tells who watches what of it is new to them.
func (l *Lab) trustSince(w *Watch, u *Update) {
	t := &l.trust
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); now.After(t.next) || t.of != t.held.count {
		p := t.draw(l)
		t.of = t.held.count
		b, err := json.Marshal(p)
		if err != nil {
			panic(err) // of plain structs
		}
		t.next = now.Add(max(samplingEvery, trustShare*time.Since(now)))
		if t.seen != string(b) {
			t.seen, t.picture = string(b), p
			t.count++
		}
	}
	if t.count != w.trust {
		u.Trust, w.trust = t.picture, t.count
	}
	all, changed := t.held.since(w.held)
	if all || u.Lab != "" {
		u.Held = slices.Clone(t.held.values)
	} else {
		u.HeldChanged = changed
	}
	w.held = t.held.count
}

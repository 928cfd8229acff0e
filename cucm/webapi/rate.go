package webapi

import (
	"sync"
	"time"
)

// UsualRISRate is how many questions about devices a cluster answers in a minute, of all
// clients and nodes together: the enterprise parameter Allowed Device Queries Per Minute.
const UsualRISRate = 15

// A Rate bounds the questions about devices that the nodes of a cluster answer. Make it
// with [NewRate].
type Rate struct {
	perMinute int // 0: any number
	minute    time.Duration

	mu       sync.Mutex
	answered []time.Time // in the last minute, the oldest first
	now      func() time.Time
}

// NewRate allows so many questions in a minute; 0 is any number. minute is how long one
// lasts: less, where everybody is to have less patience.
func NewRate(perMinute int, minute time.Duration) *Rate {
	return &Rate{perMinute: perMinute, minute: minute, now: time.Now}
}

// allow reports whether one more question is answered now.
func (r *Rate) allow() bool {
	if r.perMinute == 0 {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for len(r.answered) > 0 && now.Sub(r.answered[0]) >= r.minute {
		r.answered = r.answered[1:]
	}
	if len(r.answered) >= r.perMinute {
		return false
	}
	r.answered = append(r.answered, now)
	return true
}

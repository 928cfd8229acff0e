package tftp

import "time"

// An alarm wakes whoever turns a [wheel], by a clock that counts from its making. Who
// calls its methods holds the wheel's lock.
type alarm struct {
	began time.Time
	timer *time.Timer
	at    time.Duration // when it rings; 0 where it does not
}

// newAlarm has ring called in a goroutine of its own; ring calls rung first.
func newAlarm(ring func()) *alarm {
	a := &alarm{began: time.Now(), timer: time.AfterFunc(time.Hour, ring)}
	a.timer.Stop()
	return a
}

func (a *alarm) now() time.Duration { return time.Since(a.began) }

// set has it ring at a time, unless it does so before.
func (a *alarm) set(at time.Duration, ok bool) {
	if ok && (a.at == 0 || at < a.at) {
		a.at = at
		a.timer.Reset(at - a.now())
	}
}

func (a *alarm) rung() { a.at = 0 }

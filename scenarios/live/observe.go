package live

import (
	"itlsim/cucm/ciscolog"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
)

// watching has a lab's phones, logs and acts tell of what happens, and whoever they told
// before as well. Time stands still but for waits where nobody said otherwise.
func (l *Lab) watching(asked *lab.Live) *lab.Live {
	w := lab.Live{Still: true}
	if asked != nil {
		w = *asked
	}
	next, logged, trouble := w.Observer, w.Logged, w.Trouble
	w.Observer = watcher{l, next}
	w.Logged = func(e ciscolog.Entry) {
		if logged != nil {
			logged(e)
		}
		l.journal.logged(e)
		l.Events.logged(e)
	}
	w.Trouble = func(err error) {
		if trouble != nil {
			trouble(err)
		}
		l.trouble(err)
	}
	if w.Type == nil {
		w.Type = l.typing
	}
	return &w
}

// A watcher is a lab's observer before another one.
type watcher struct {
	lab  *Lab
	next fleet.Observer // nil: nobody
}

// Changed notes how a phone is now.
func (w watcher) Changed(phone int, now fleet.Condition) {
	w.lab.trust.stirred.Add(1)
	if w.lab.wall.changed(phone, now) {
		w.lab.Events.add(Event{At: w.lab.Now(), Phone: phone, Now: now})
	}
	if w.next != nil {
		w.next.Changed(phone, now)
	}
}

// Judged notes what a phone made of a file.
func (w watcher) Judged(phone int, v phone.Verdict) {
	w.lab.trust.stirred.Add(1)
	w.lab.wall.judged(phone, Judgement{w.lab.Now(), v})
	if w.next != nil {
		w.next.Judged(phone, v)
	}
}

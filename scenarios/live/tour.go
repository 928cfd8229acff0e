package live

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"itlsim/internal/cause"
	"itlsim/internal/contain"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// A TourView is a scenario as it is offered.
type TourView struct {
	Name  string `json:"name"`
	Shows string `json:"shows"`
	Told  bool   `json:"told"` // each step says what happens in it
}

// TourOf is a scenario as it is offered.
func TourOf(t scenarios.Scenario) TourView {
	v := TourView{t.Name, t.Shows, true}
	for _, step := range t.Steps {
		v.Told = v.Told && step.Says != ""
	}
	return v
}

// How long a tour takes over a step, by the wall clock: what it says can be read before
// anything happens, and what happened be looked at.
const (
	wordTime    = time.Second / 3 // 180 words a minute: slow, for a text that is new
	leastTime   = 3 * time.Second // for a sentence of few words
	lookingTime = 8 * time.Second
)

// readingTime is how long a text takes to read.
func readingTime(text string) time.Duration {
	return max(leastTime, time.Duration(len(strings.Fields(text)))*wordTime)
}

// A Tour plays the lab's scenario, step by step: it tells a step, leaves time to read, does it,
// and leaves time to look. One that plays by itself waits for somebody who watches.
type Tour struct {
	lab  *Lab
	says []string // by steps

	mu      sync.Mutex
	count   uint64 // of changes
	at      int    // the step told last; -1 before the first
	shown   int    // the step that is looked at: at, or one before it
	running bool   // it is told, and not done
	reading bool   // ... and not begun
	playing bool
	watched bool          // somebody is there
	until   time.Time     // by the wall clock, the end of the time to read, or to look
	failed  string        // why the scenario cannot go on
	judged  []report.Step // of the steps done
	moments []int         // numbers of their ends
	verdict string        // of a run that is over
	wake    chan struct{}
}

// A TourState is a tour as those who watch see it.
type TourState struct {
	TourView
	Steps []TourStep `json:"steps"`
	At    int        `json:"at"` // the step under way or last done; -1 before the first
	// Shown is the step that all who watch look at: At, or one before it, as it was at its end.
	Shown   int    `json:"shown"`
	Running bool   `json:"running"` // the step has been told, and is not done
	Reading bool   `json:"reading"` // ... and nothing of it has happened yet
	Playing bool   `json:"playing"` // it goes on by itself
	Failed  string `json:"failed,omitempty"`
	Verdict string `json:"verdict,omitempty"` // how a run ended, once it has
}

// A TourStep is a step of a tour.
type TourStep struct {
	Name         string               `json:"name"`
	Says         string               `json:"says"` // what it does, where the scenario says nothing
	Do           []string             `json:"do"`
	Expect       []string             `json:"expect"`
	Expectations []report.Expectation `json:"expectations"`     // what came of Expect; none until it is done
	Moment       int                  `json:"moment,omitempty"` // that of its end
}

// BeginTour begins to play the lab's scenario, or stands before its first step. There is one
// tour a lab.
func (l *Lab) BeginTour(playing bool) {
	p := l.newTour()
	p.playing = playing
	contain.Holding(&l.mu, func() { l.tour = p })
	l.work.Go(p.run)
}

// newTour stands before the first step.
func (l *Lab) newTour() *Tour {
	p := &Tour{lab: l, at: -1, shown: -1, count: 1, wake: make(chan struct{}, 1)}
	for _, step := range l.Scenario.Steps {
		p.says = append(p.says, step.Told())
	}
	return p
}

// Tour is the tour that has begun, or nil.
func (l *Lab) Tour() *Tour {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tour
}

// State is the tour as it is now.
func (p *Tour) State() *TourState {
	v, _ := p.since(0)
	return v
}

func (p *Tour) since(seen uint64) (*TourState, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == seen {
		return nil, seen
	}
	s := p.lab.Scenario
	v := &TourState{
		TourView: TourOf(s), At: p.at, Shown: p.shown, Running: p.running, Reading: p.reading, Playing: p.playing,
		Failed: p.failed, Verdict: p.verdict,
	}
	for i, step := range s.Steps {
		sv := TourStep{
			Name: step.Name, Says: p.says[i], Do: []string{}, Expect: []string{}, Expectations: []report.Expectation{},
		}
		for _, act := range step.Do {
			sv.Do = append(sv.Do, act.Text)
		}
		for _, e := range step.Expect {
			sv.Expect = append(sv.Expect, e.Text)
		}
		if i < len(p.judged) {
			sv.Expectations, sv.Moment = p.judged[i].Expectations, p.moments[i]
		}
		v.Steps = append(v.Steps, sv)
	}
	return v, p.count
}

// change changes the tour, which then goes by that.
func (p *Tour) change(how func()) {
	contain.Holding(&p.mu, func() {
		how()
		p.count++
	})
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// isWatched notes that somebody is there.
func (p *Tour) isWatched() {
	p.mu.Lock()
	known := p.watched
	p.mu.Unlock()
	if !known {
		p.change(func() { p.watched = true })
	}
}

// Play plays on, with the next step where none is under way.
func (p *Tour) Play() {
	p.change(func() {
		p.shown, p.watched = p.at, true
		if p.left() && !p.running {
			p.tell()
		}
		p.playing = p.running || p.left()
	})
}

// Pause plays no further step. One that has begun is done to its end; one that is only told
// waits.
func (p *Tour) Pause() { p.change(func() { p.playing = false }) }

// Next returns to what is now, where a step before was looked at; else begins the step that has
// been told, without more time to read; else tells the next one. It does not play on.
func (p *Tour) Next() {
	p.change(func() {
		switch {
		case p.shown != p.at:
			p.shown = p.at
		case p.running:
			p.reading = false
		case p.left():
			p.tell()
		}
	})
}

// Back pauses, and looks at the end of the step before the one that is looked at.
func (p *Tour) Back() {
	p.change(func() {
		p.playing = false
		p.shown = max(min(p.shown, 0), p.shown-1)
	})
}

// left reports whether there is a next step. The caller holds the lock.
func (p *Tour) left() bool { return p.failed == "" && p.at+1 < len(p.lab.Scenario.Steps) }

// tell tells the next step. The caller holds the lock.
func (p *Tour) tell() {
	p.at++
	p.shown, p.running, p.reading = p.at, true, true
	p.until = time.Now().Add(readingTime(p.says[p.at]))
}

// run does what comes due.
func (p *Tour) run() {
	for p.lab.ctx.Err() == nil {
		due, wait := p.due()
		if due {
			p.step()
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-p.lab.ctx.Done():
		case <-p.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// due tells whether a step is to be done now, and if not, when to ask again unless something
// changes before.
func (p *Tour) due() (due bool, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait = time.Until(p.until)
	switch {
	case p.running && !p.reading:
		return true, 0
	case p.running && p.playing && wait <= 0:
		p.reading = false
		p.count++
		return true, 0
	case !p.running && p.playing && p.watched && wait <= 0:
		p.tell()
		p.count++
		return false, time.Until(p.until)
	case wait <= 0: // it is somebody's turn
		wait = time.Hour
	}
	return false, wait
}

// step does the step that is due. Where what it expects is not so, the tour stays there.
func (p *Tour) step() {
	step := p.lab.Scenario.Steps[p.at]
	paced := p.lab.paced()
	did, moment, err := p.lab.play(p.lab.ctx, step)
	for errors.As(err, new(*BusyError)) { // with what somebody else asked for
		did, moment, err = p.lab.play(p.lab.ctx, step)
	}
	paced()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	p.judged, p.moments = append(p.judged, did), append(p.moments, moment)
	if err != nil {
		p.failed = cause.Of(err)
	}
	unmet := slices.ContainsFunc(did.Expectations, func(e report.Expectation) bool { return !e.Passed })
	p.playing = p.playing && p.left() && !unmet
	p.until = time.Now().Add(lookingTime)
	p.count++
}

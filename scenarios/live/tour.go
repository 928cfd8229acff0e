package live

import (
	"errors"
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

// How long a playing tour rests after a step: a while to look, and until what it
// says could be read.
const (
	lookingTime = 8 * time.Second
	wordTime    = time.Second / 3
)

// A Tour plays the lab's scenario, step by step.
type Tour struct {
	lab *Lab

	mu      sync.Mutex
	count   uint64 // of changes
	at      int    // the step under way or last done; -1 before the first
	running bool
	playing bool
	failed  string        // why the scenario cannot go on
	judged  []report.Step // of the steps done
	moments []int         // numbers of their ends
	wake    chan struct{}
}

// A TourState is a tour as those who watch see it.
type TourState struct {
	TourView
	Steps   []TourStep `json:"steps"`
	At      int        `json:"at"` // the step under way or last done; -1 before the first
	Running bool       `json:"running"`
	Playing bool       `json:"playing"` // it goes on by itself
	Failed  string     `json:"failed,omitempty"`
}

// A TourStep is a step of a tour.
type TourStep struct {
	Name         string               `json:"name"`
	Says         string               `json:"says"`
	Do           []string             `json:"do"`
	Expectations []report.Expectation `json:"expectations"`     // none until it is done
	Moment       int                  `json:"moment,omitempty"` // that of its end
}

// BeginTour begins to play the lab's scenario, or stands before its first step. There is one
// tour a lab.
func (l *Lab) BeginTour(playing bool) {
	p := &Tour{lab: l, at: -1, count: 1, playing: playing, wake: make(chan struct{}, 1)}
	contain.Holding(&l.mu, func() { l.tour = p })
	l.work.Go(p.run)
	p.nudge()
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
	v := &TourState{TourView: TourOf(s), At: p.at, Running: p.running, Playing: p.playing, Failed: p.failed}
	for i, step := range s.Steps {
		sv := TourStep{Name: step.Name, Says: step.Says, Do: []string{}, Expectations: []report.Expectation{}}
		for _, act := range step.Do {
			sv.Do = append(sv.Do, act.Text)
		}
		if i < len(p.judged) {
			sv.Expectations, sv.Moment = p.judged[i].Expectations, p.moments[i]
		}
		v.Steps = append(v.Steps, sv)
	}
	return v, p.count
}

// Play plays on, with the next step where none is under way.
func (p *Tour) Play() {
	p.set(true)
	p.Next()
}

// Pause plays no further step; one under way is done to its end.
func (p *Tour) Pause() { p.set(false) }

func (p *Tour) set(playing bool) {
	contain.Holding(&p.mu, func() {
		p.playing = playing && p.left()
		p.count++
	})
	p.nudge()
}

// left reports whether there is a next step. The caller holds the lock.
func (p *Tour) left() bool { return p.failed == "" && p.at+1 < len(p.lab.Scenario.Steps) }

func (p *Tour) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Next does the next step without playing on.
func (p *Tour) Next() {
	ready := false
	contain.Holding(&p.mu, func() {
		if ready = !p.running && p.left(); ready {
			p.at++
			p.running = true
			p.count++
		}
	})
	if ready {
		p.nudge()
	}
}

// run does steps as they come due.
func (p *Tour) run() {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		p.mu.Lock()
		due := p.running
		p.mu.Unlock()
		if due {
			rest.Reset(p.step())
		}
		select {
		case <-p.lab.ctx.Done():
			return
		case <-p.wake:
			p.mu.Lock()
			begin := p.playing && !p.running && p.at < 0
			p.mu.Unlock()
			if begin {
				p.Next()
			}
		case <-rest.C:
			p.mu.Lock()
			playing := p.playing
			p.mu.Unlock()
			if playing {
				p.Next()
			}
		}
	}
}

// step does the step that is due, and tells how long to rest then.
func (p *Tour) step() time.Duration {
	step, began := p.lab.Scenario.Steps[p.at], time.Now()
	did, moment, err := p.lab.play(p.lab.ctx, step, p.lab.Player.Play)
	for errors.As(err, new(*BusyError)) { // with what somebody else asked for
		did, moment, err = p.lab.play(p.lab.ctx, step, p.lab.Player.Play)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	p.judged, p.moments = append(p.judged, did), append(p.moments, moment)
	if err != nil {
		p.failed = cause.Of(err)
	}
	p.playing = p.playing && p.left()
	p.count++
	return max(lookingTime, time.Duration(len(strings.Fields(step.Says)))*wordTime-time.Since(began))
}

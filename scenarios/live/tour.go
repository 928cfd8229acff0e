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

// A TourView is a scenario as the page offers it.
type TourView struct {
	Name  string `json:"name"`
	Shows string `json:"shows"`
	Told  bool   `json:"told"` // each step says what happens in it
}

// TourOf is a scenario as the page offers it.
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
	wake    chan struct{}
}

// tourState is a tour as the page shows it.
type tourState struct {
	TourView
	Steps   []stepView `json:"steps"`
	At      int        `json:"at"`
	Running bool       `json:"running"`
	Playing bool       `json:"playing"`
	Failed  string     `json:"failed,omitempty"`
}

type stepView struct {
	Title    string               `json:"title"`
	Says     string               `json:"says"`
	Does     []string             `json:"does"`
	Expected []report.Expectation `json:"expected"` // empty until it is done
}

// BeginTour begins to play the lab's scenario, or stands before its first step. There is one
// tour a lab, which begins before anybody watches.
func (l *Lab) BeginTour(playing bool) {
	p := &Tour{lab: l, at: -1, count: 1, playing: playing, wake: make(chan struct{}, 1)}
	l.tour = p
	l.work.Go(p.run)
	p.nudge()
}

// Tour is the tour that has begun, or nil.
func (l *Lab) Tour() *Tour { return l.tour }

func (p *Tour) since(seen uint64) (*tourState, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == seen {
		return nil, seen
	}
	s := p.lab.Scenario
	v := &tourState{TourView: TourOf(s), At: p.at, Running: p.running, Playing: p.playing, Failed: p.failed}
	for i, step := range s.Steps {
		sv := stepView{Title: step.Name, Says: step.Says, Expected: []report.Expectation{}}
		for _, act := range step.Do {
			sv.Does = append(sv.Does, act.Text)
		}
		if i < len(p.judged) {
			sv.Expected = p.judged[i].Expectations
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
	report, err := p.lab.Play(p.lab.ctx, step)
	for errors.As(err, new(*BusyError)) { // with what the API was asked for
		report, err = p.lab.Play(p.lab.ctx, step)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	p.judged = append(p.judged, report)
	if err != nil {
		p.failed = cause.Of(err)
	}
	p.playing = p.playing && p.left()
	p.count++
	return max(lookingTime, time.Duration(len(strings.Fields(step.Says)))*wordTime-time.Since(began))
}

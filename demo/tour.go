package demo

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"itlsim/internal/cause"
	"itlsim/internal/contain"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
	"itlsim/scenarios/report"
)

// free is the scenario whose cluster and phones are there while no tour is played.
const free = "bulk-reset"

// tourView is a scenario as the page offers it.
type tourView struct {
	Name  string `json:"name"`
	Shows string `json:"shows"`
	Told  bool   `json:"told"` // each step says what happens in it
}

// toursOf are the scenarios that run in a mode: the one that was given, and the
// built-in ones of other names.
func toursOf(cfg Config) []scenarios.Scenario {
	all := slices.DeleteFunc(scenarios.Builtin(), func(t scenarios.Scenario) bool {
		return t.NotIn[cfg.Mode] != "" || cfg.Tour != nil && t.Name == cfg.Tour.Name
	})
	if cfg.Tour != nil {
		all = slices.Insert(all, 0, *cfg.Tour)
	}
	return all
}

func viewOf(t scenarios.Scenario) tourView {
	v := tourView{t.Name, t.Shows, true}
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

// player plays the scenario of one round.
type player struct {
	round *round

	mu      sync.Mutex
	count   uint64 // of changes
	at      int    // the step under way or last done; -1 before the first
	running bool
	playing bool
	failed  string        // why the scenario cannot go on
	judged  []report.Step // of the steps done
	wake    chan struct{}
}

// playerView is a tour as the page shows it.
type playerView struct {
	tourView
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

// play starts the round's scenario, playing or standing before its first step.
func (w *round) play(playing bool) *player {
	p := &player{round: w, at: -1, count: 1, playing: playing, wake: make(chan struct{}, 1)}
	w.done.Go(p.run)
	p.nudge()
	return p
}

func (p *player) since(seen uint64) (*playerView, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == seen {
		return nil, seen
	}
	s := p.round.scenario
	v := &playerView{tourView: viewOf(s), At: p.at, Running: p.running, Playing: p.playing, Failed: p.failed}
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

// set plays on or pauses; a step under way is done to its end.
func (p *player) set(playing bool) {
	contain.Holding(&p.mu, func() {
		p.playing = playing && p.left()
		p.count++
	})
	p.nudge()
}

// left reports whether there is a next step. The caller holds the lock.
func (p *player) left() bool { return p.failed == "" && p.at+1 < len(p.round.scenario.Steps) }

func (p *player) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// next does the next step without playing on.
func (p *player) next() {
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
func (p *player) run() {
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
		case <-p.round.ctx.Done():
			return
		case <-p.wake:
			p.mu.Lock()
			begin := p.playing && !p.running && p.at < 0
			p.mu.Unlock()
			if begin {
				p.next()
			}
		case <-rest.C:
			p.mu.Lock()
			playing := p.playing
			p.mu.Unlock()
			if playing {
				p.next()
			}
		}
	}
}

// step does the step that is due, and tells how long to rest then.
func (p *player) step() time.Duration {
	step, began := p.round.scenario.Steps[p.at], time.Now()
	report, err := p.round.lab.Play(p.round.ctx, step)
	for errors.As(err, new(*api.BusyError)) { // with what the API was asked for
		report, err = p.round.lab.Play(p.round.ctx, step)
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

package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
)

// Options of a run.
type Options struct {
	Lab lab.Options
	// Progress, where not nil, is called several times a second, and when a step
	// begins and ends.
	Progress func(Progress)
}

// Progress tells where a run is.
type Progress struct {
	Step, Steps int // from 1
	Name        string
	Left        int    // phones with something left to do
	Phones      int    // in all
	States      [4]int // by phone.State
	At          time.Duration
	Boots       uint64 // so far
	Refused     uint64 // files, so far
	Failed      int    // expectations, so far
	Done        bool   // the step has ended
}

// Run carries a scenario out. The report tells which expectations held; the
// error is about a run that could not go on, or was interrupted, and comes with
// a report of what it had.
func Run(ctx context.Context, s Scenario, opt Options) (*Report, error) {
	began, used := time.Now(), usage()
	st, err := Open(s, opt.Lab)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	r := &Report{Scenario: s.Name, Shows: s.Shows, Rows: s.Rows, Mode: cmp.Or(opt.Lab.Mode, lab.Wire), Seed: opt.Lab.Seed, Phones: st.Phones()}
	told := newStories(st)
	for i := range s.Steps {
		if err = r.play(ctx, s, i, st, opt, began); err != nil {
			break
		}
		told.tell(st, s.Steps[i].Name)
	}
	r.finish(st, began, used)
	told.report(r, st)
	return r, err
}

// play does one step and judges it.
func (r *Report) play(ctx context.Context, s Scenario, i int, st *Player, opt Options, began time.Time) error {
	step := s.Steps[i]
	_, failed, _ := r.tally()
	progress := Progress{Step: i + 1, Steps: len(s.Steps), Name: step.Name, Phones: st.Phones(), Failed: failed}
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		r.watch(st, progress, opt.Progress, began, done)
	}()
	err := st.act(ctx, step)
	if err != nil {
		st.Fleet.Close() // so that all of the report is about one moment
	}
	close(done)
	<-watched
	result := st.judgeStep(step, err)
	for _, e := range result.Expectations {
		if !e.Passed {
			progress.Failed++
		}
	}
	r.Steps = append(r.Steps, result)
	if opt.Progress != nil {
		opt.Progress(progress.now(st, true))
	}
	if err != nil {
		return fmt.Errorf("step %d, %s: %w", i+1, step.Name, err)
	}
	return nil
}

// Play does a step and judges it. The error is why it could not go on.
func (st *Player) Play(ctx context.Context, step Step) (StepReport, error) {
	err := st.act(ctx, step)
	return st.judgeStep(step, err), err
}

// act does what a step has to be done.
func (st *Player) act(ctx context.Context, step Step) error {
	st.remember()
	st.judged = []ExpectationReport{}
	for _, act := range step.Do {
		if err := st.Do(ctx, act); err != nil {
			return fmt.Errorf("%s: %w", act.Text, err)
		}
	}
	return nil
}

// judgeStep reports a step that was done, or broken off with an error.
func (st *Player) judgeStep(step Step, err error) StepReport {
	r := StepReport{Name: step.Name, Says: step.Says, AtS: st.Elapsed().Seconds(), States: statesOf(st.Fleet), Expectations: st.judged}
	switch {
	case err == nil:
		for _, e := range step.Expect {
			r.judge(e, st)
		}
	case errors.Is(err, context.Canceled):
		r.Error = "interrupted"
	default:
		r.Error = err.Error()
	}
	return r
}

// now fills in how things are.
func (p Progress) now(st *Player, done bool) Progress {
	p.Left, p.States, p.At, p.Done = st.Fleet.Busy(), st.Fleet.States(), st.Elapsed(), done
	p.Boots, p.Refused = st.Fleet.Tally().Boots.Load(), st.Fleet.Tally().Refused.Load()
	return p
}

// watch reports progress, and draws the states over time, until done.
func (r *Report) watch(st *Player, p Progress, report func(Progress), began time.Time, done <-chan struct{}) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	look := func() Progress {
		now := p.now(st, false)
		r.Timing.Timeline = append(r.Timing.Timeline, Moment{
			WallS: time.Since(began).Seconds(), AtS: now.At.Seconds(), Step: p.Step,
			None: now.States[phone.None], Trusted: now.States[phone.Trusted], Locked: now.States[phone.Locked], Untrusted: now.States[phone.Untrusted],
		})
		return now
	}
	for {
		now := look()
		if report != nil {
			report(now)
		}
		select {
		case <-tick.C:
		case <-done:
			look()
			return
		}
	}
}

func (r *StepReport) judge(e Expectation, st *Player) {
	result := ExpectationReport{Text: e.Text, Passed: true}
	if err := e.Check(st); err != nil {
		result.Passed, result.Why = false, err.Error()
	}
	r.Expectations = append(r.Expectations, result)
}

func statesOf(f fleet.Fleet) States {
	n := f.States()
	return States{n[phone.None], n[phone.Trusted], n[phone.Locked], n[phone.Untrusted]}
}

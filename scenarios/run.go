package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// Options of a run.
type Options struct {
	Phones int   // the scenario's own number if 0
	Seed   int64 // reported; decides in virtual mode
	Boots  int   // phones that boot at a time; that of fleet.DefaultLimits if 0
	// Keys of the cluster; fresh ones if nil.
	Keys cucm.KeySource
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
	Done        bool   // the step has ended
}

// Run carries a scenario out. The report tells which expectations held; the
// error is about a run that could not go on, or was interrupted, and comes with
// a report of what it had.
func Run(ctx context.Context, s Scenario, opt Options) (*Report, error) {
	if opt.Phones == 0 {
		opt.Phones = s.Phones
	}
	if opt.Phones < 2 {
		return nil, fmt.Errorf("%s needs at least two phones, one for each node", s.Name)
	}
	began, used := time.Now(), usage()
	st, err := openStage(opt)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	r := &Report{Scenario: s.Name, Shows: s.Shows, Mode: "wire", Seed: opt.Seed, Phones: opt.Phones}
	for i := range s.Steps {
		if err = r.play(ctx, s, i, st, opt); err != nil {
			break
		}
	}
	r.finish(st, began, used)
	return r, err
}

// play does one step and judges it.
func (r *Report) play(ctx context.Context, s Scenario, i int, st *Stage, opt Options) error {
	step := s.Steps[i]
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		opt.watch(st.Fleet, Progress{Step: i + 1, Steps: len(s.Steps), Name: step.Name, Phones: opt.Phones}, done)
	}()
	err := step.Do(ctx, st)
	if err != nil {
		st.Fleet.Close() // so that all of the report is about one moment
	}
	close(done)
	<-watched
	result := StepReport{Name: step.Name, AtS: st.Clock.Elapsed().Seconds(), States: statesOf(st.Fleet), Expectations: []ExpectationReport{}}
	switch {
	case err == nil:
		for _, e := range step.Expect {
			result.judge(e, st)
		}
	case errors.Is(err, context.Canceled):
		result.Error = "interrupted"
	default:
		result.Error = err.Error()
	}
	r.Steps = append(r.Steps, result)
	if err != nil {
		return fmt.Errorf("step %d, %s: %w", i+1, step.Name, err)
	}
	return nil
}

// watch reports progress until done.
func (opt Options) watch(f *fleet.Fleet, p Progress, done <-chan struct{}) {
	if opt.Progress == nil {
		return
	}
	report := func() {
		p.Left = f.Busy()
		p.States = f.States()
		opt.Progress(p)
	}
	report()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			report()
		case <-done:
			p.Done = true
			report()
			return
		}
	}
}

func (r *StepReport) judge(e Expectation, st *Stage) {
	result := ExpectationReport{Text: e.Text, Passed: true}
	if err := e.Check(st); err != nil {
		result.Passed, result.Why = false, err.Error()
	}
	r.Expectations = append(r.Expectations, result)
}

func statesOf(f *fleet.Fleet) States {
	n := f.States()
	return States{n[phone.None], n[phone.Trusted], n[phone.Locked], n[phone.Untrusted]}
}

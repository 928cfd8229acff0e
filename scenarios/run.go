package scenarios

import (
	"context"
	"fmt"
	"time"

	"itlsim/fleet"
	"itlsim/phone"
)

// Options of a run.
type Options struct {
	Phones int   // the scenario's own number if 0
	Seed   int64 // reported; decides in virtual mode
	Boots  int   // phones that boot at a time; fleet.DefaultBoots if 0
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
	st, err := openStage(opt.Phones, opt.Boots)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	r := &Report{Scenario: s.Name, Shows: s.Shows, Mode: "wire", Seed: opt.Seed, Phones: opt.Phones, Passed: true}
	for i, step := range s.Steps {
		done := make(chan struct{})
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			opt.watch(st.Fleet, Progress{Step: i + 1, Steps: len(s.Steps), Name: step.Name, Phones: opt.Phones}, done)
		}()
		stepBegan := time.Now()
		err = step.Do(ctx, st)
		close(done)
		<-watched
		result := StepReport{Name: step.Name, AtS: st.Clock.Elapsed().Seconds(), States: statesOf(st.Fleet), TookS: time.Since(stepBegan).Seconds()}
		if err != nil {
			err = fmt.Errorf("step %d, %s: %w", i+1, step.Name, err)
			result.Error = err.Error()
			r.Passed = false
		} else {
			for _, e := range step.Expect {
				result.judge(e, st)
			}
			r.Passed = r.Passed && result.passed()
		}
		r.Steps = append(r.Steps, result)
		if err != nil {
			break
		}
	}
	r.finish(st, began, used)
	return r, err
}

// watch reports progress until done.
func (opt Options) watch(f *fleet.Fleet, p Progress, done <-chan struct{}) {
	if opt.Progress == nil {
		return
	}
	report := func() {
		_, p.Left = f.Boots()
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

func (r *StepReport) passed() bool {
	for _, e := range r.Expectations {
		if !e.Passed {
			return false
		}
	}
	return true
}

func statesOf(f *fleet.Fleet) States {
	n := f.States()
	return States{n[phone.None], n[phone.Trusted], n[phone.Locked], n[phone.Untrusted]}
}

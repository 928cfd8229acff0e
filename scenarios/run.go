package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// Modes in which a scenario can run.
var Modes = []string{Wire, Virtual}

// The modes: real sockets on loopback, or a simulated network and clock.
const (
	Wire    = "wire"
	Virtual = "virtual"
)

// Options of a run.
type Options struct {
	Phones int    // the scenario's own number if 0
	Seed   int64  // reported; decides in virtual mode
	Boots  int    // phones that boot at a time; that of fleet.DefaultLimits, or virtual.DefaultBoots, if 0
	Mode   string // of Modes; Wire if empty
	// Workers are the goroutines of virtual mode, the cores if 0; the report does
	// not depend on them.
	Workers int
	// Keys of the cluster; fresh ones if nil.
	Keys cucm.KeySource
	// KeyBits is the size of the keys where the scenario names none; 2048 if 0.
	KeyBits int
	// Password is the administrator's, and the cluster security password, where
	// the scenario names none; ciscocisco if empty.
	Password string
	// PortOffset, where not nil, has the nodes of wire mode listen on the standard
	// ports, each moved by so much. The system chooses ports if it is nil.
	PortOffset *int
	// Live, where not nil, is for a stage that people look at.
	Live *Live
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

// ErrTooFew is Run's error when there are fewer phones than groups.
var ErrTooFew = errors.New("each group needs at least one phone")

// Run carries a scenario out. The report tells which expectations held; the
// error is about a run that could not go on, or was interrupted, and comes with
// a report of what it had.
func Run(ctx context.Context, s Scenario, opt Options) (*Report, error) {
	began, used := time.Now(), usage()
	st, err := Open(s, opt)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	r := &Report{Scenario: s.Name, Shows: s.Shows, Rows: s.Rows, Mode: cmp.Or(opt.Mode, Wire), Seed: opt.Seed, Phones: len(st.members)}
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

// scaled gives the groups so many phones in proportion, at least one each: the
// phone goes to whichever group is the furthest behind its share.
func scaled(groups []Group, phones int) []Group {
	total := 0
	for _, g := range groups {
		total += g.Count
	}
	for _, g := range groups { // devices from outside cannot be multiplied
		if len(g.Devices) > 0 {
			phones = min(phones, total)
		}
	}
	all := append([]Group(nil), groups...)
	given := 0
	for i, g := range groups {
		all[i].Count = max(1, g.Count*phones/total)
		given += all[i].Count
	}
	for ; given != phones; given += sign(phones - given) {
		at := -1
		var worst float64
		for i, g := range groups {
			lacks := float64(g.Count)*float64(phones)/float64(total) - float64(all[i].Count)
			if given > phones {
				lacks = -lacks
			}
			if (given < phones || all[i].Count > 1) && (at < 0 || lacks > worst) {
				at, worst = i, lacks
			}
		}
		all[at].Count += sign(phones - given)
	}
	for i := range all {
		all[i].Devices = inventory.Thinned(groups[i].Devices, all[i].Count)
	}
	return all
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// play does one step and judges it.
func (r *Report) play(ctx context.Context, s Scenario, i int, st *Stage, opt Options, began time.Time) error {
	step := s.Steps[i]
	_, failed, _ := r.tally()
	progress := Progress{Step: i + 1, Steps: len(s.Steps), Name: step.Name, Phones: len(st.members), Failed: failed}
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
func (st *Stage) Play(ctx context.Context, step Step) (StepReport, error) {
	err := st.act(ctx, step)
	return st.judgeStep(step, err), err
}

// act does what a step has to be done.
func (st *Stage) act(ctx context.Context, step Step) error {
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
func (st *Stage) judgeStep(step Step, err error) StepReport {
	r := StepReport{Name: step.Name, Says: step.Says, AtS: st.world.Elapsed().Seconds(), States: statesOf(st.Fleet), Expectations: st.judged}
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
func (p Progress) now(st *Stage, done bool) Progress {
	p.Left, p.States, p.At, p.Done = st.Fleet.Busy(), st.Fleet.States(), st.world.Elapsed(), done
	p.Boots, p.Refused = st.Fleet.Tally().Boots.Load(), st.Fleet.Tally().Refused.Load()
	return p
}

// watch reports progress, and draws the states over time, until done.
func (r *Report) watch(st *Stage, p Progress, report func(Progress), began time.Time, done <-chan struct{}) {
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

func (r *StepReport) judge(e Expectation, st *Stage) {
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

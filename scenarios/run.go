package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"itlsim/fleet"
	"itlsim/internal/usage"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// Options of a run.
type Options struct {
	Lab lab.Options
	// Shards is in how many parts the phones are played ([RunShard]), at most as many at a time as
	// there are workers; 0 is 1. More than one need virtual mode, and no stage.
	Shards int
	// Pace is how long each act takes beside what it waits ([DefaultPace]); 0 is the scenario's
	// own or the default where there are several Shards, and else none. It needs virtual mode.
	Pace time.Duration
	// Opened, where not nil, is called when a lab is up: from then on Run ends soon
	// after its context.
	Opened func(*lab.Lab)
	// Progress, where not nil, is called several times a second, and when a step
	// begins and ends.
	Progress func(Progress)
	// Stage, where not nil, is where the run plays, before others' eyes: it changes nothing.
	Stage Stage
	// Crew, where not nil, has the phones on sockets, and Plan is what its workers read the
	// scenario from ([Duty]): here are the clusters.
	Crew Crew
	Plan []byte
	// Version and Command are what the report says of the program and of its command line
	// that plays the run again.
	Version, Command string
}

// A Stage is where a run plays while others watch.
type Stage interface {
	// Open puts the lab up ([Open]), and Close ends it.
	Open(Scenario, lab.Options) (*Player, error)
	Close() error
	// Step is told of each step, which it has played by calling play once.
	Step(i int, play func() report.Step)
}

// bare is a stage that nobody sees.
type bare struct{ *Player }

func (b *bare) Open(s Scenario, opt lab.Options) (p *Player, err error) {
	b.Player, err = Open(s, opt)
	return b.Player, err
}

func (b *bare) Step(_ int, play func() report.Step) { play() }

// Progress tells where a run is.
type Progress struct {
	Step, Steps int // from 1
	Name        string
	Left        int // phones with something left to do
	Phones      int // in all
	States      fleet.States
	At          time.Duration
	Boots       uint64 // so far
	Refused     uint64 // files, so far
	Failed      int    // expectations, so far
	// Hangs is which phones have something left to do, where none has got further for some
	// seconds; else nil.
	Hangs *fleet.Unsettled
	Done  bool // the step has ended; of a run in shards, a shard has
	// Shards is in how many the run is, and Ended how many are over; 0 where it is in none. The
	// step is that of the shard that is the furthest behind of those that are played at present.
	Shards, Ended int
}

// Run carries a scenario out. The report tells which expectations held; the
// error is about a run that could not go on, or was interrupted, and comes with
// a report of what it had, unless the run is in shards.
func Run(ctx context.Context, s Scenario, opt Options) (*report.Report, error) {
	began, used := time.Now(), usage.Processor()
	parts, err := runShards(ctx, s, opt)
	if parts == nil {
		return nil, err
	}
	r, broken := Merge(parts)
	if broken != nil {
		return nil, broken
	}
	r.Command = opt.Command
	if opt.Crew == nil { // whose own cost is in their parts
		r.Cost(time.Since(began).Seconds(), (usage.Processor() - used).Seconds(), usage.PeakMemory())
	}
	return r, err
}

// RunShard carries a scenario out for one shard of the phones, from 0. The error is as Run's,
// and comes with what there was.
func RunShard(ctx context.Context, s Scenario, opt Options, shard int) (*Part, error) {
	began, used := time.Now(), usage.Processor()
	if opt.Stage == nil {
		opt.Stage = &bare{}
	}
	if opt.Shards > 1 {
		opt.Lab.Shard = lab.Shard{Index: shard, Of: opt.Shards}
	}
	p, err := opt.open(ctx, s)
	if err != nil {
		return nil, err
	}
	p.pace, p.longer = opt.pace(s, p.Total())
	if opt.Opened != nil {
		opt.Opened(p.Lab)
	}
	r := &run{
		scenario: s, stage: opt.Stage, progress: opt.Progress, player: p, timeline: timeline{began: began},
		part: &Part{
			Format: partFormat, Identity: identityOf(s, opt, p), Index: shard, Words: p.vocabulary().Vocabulary,
		},
	}
	r.report = &report.Report{
		Scenario: s.Name, Shows: s.Shows, Rows: s.Rows, Mode: r.part.Mode, Seed: opt.Lab.Seed,
		Phones: p.Phones(), Version: opt.Version, Command: opt.Command,
		StartedAt: p.Now().Add(-p.Elapsed()).UTC().Truncate(time.Second), Clusters: report.ClustersOf(p.Lab),
		Timing: report.Timing{StartedAt: began.UTC().Truncate(time.Second)},
	}
	told := p.NewStories()
	for i, step := range s.Steps {
		opt.Stage.Step(i, func() report.Step {
			err = r.play(ctx, i)
			return r.report.Steps[i]
		})
		if err != nil {
			break
		}
		told.Tell(step.Name)
	}
	ended := r.finish(ctx, used)
	if err == nil {
		err = ended
	}
	r.part.Part = report.Part{
		Report: r.report, Times: p.Fleet.Tally().Times(), Shared: report.SharedOf(p.Lab), Cast: told.Cast(),
	}
	return r.part, err
}

// open puts the lab up, with the phones here or at a crew.
func (opt *Options) open(ctx context.Context, s Scenario) (*Player, error) {
	if opt.Crew == nil {
		return opt.Stage.Open(s, opt.Lab)
	}
	crew := &company{Crew: opt.Crew}
	opt.Lab.Crew = crew
	p, err := opt.Stage.Open(s, opt.Lab)
	if err != nil {
		return nil, err
	}
	crew.lab = p.Lab
	if err := crew.open(ctx, opt.Plan); err != nil {
		opt.Stage.Close()
		return nil, err
	}
	return p, nil
}

// identityOf is what a run's report is a function of.
func identityOf(s Scenario, opt Options, p *Player) Identity {
	return Identity{
		Build: opt.Version, Scenario: s.Name, Hash: s.Hash, Mode: cmp.Or(opt.Lab.Mode, lab.Wire), Seed: opt.Lab.Seed,
		Phones: p.Total(), Boots: opt.Lab.Boots, Shards: max(1, opt.Shards), Pace: p.pace,
	}
}

// run is a scenario under way.
type run struct {
	scenario Scenario
	stage    Stage
	player   *Player
	progress func(Progress)
	timeline timeline
	report   *report.Report
	part     *Part
}

// play does one step and judges it.
func (r *run) play(ctx context.Context, i int) error {
	step, p := r.scenario.Steps[i], r.player
	_, failed, _ := r.report.Tally()
	progress := Progress{
		Step: i + 1, Steps: len(r.scenario.Steps), Name: step.Name, Phones: p.lookedAt(), Failed: failed,
	}
	began := time.Now()
	now := func() Progress { return progress.now(p, false) }
	look := func() Progress { return r.timeline.note(now) }
	tick := look
	if r.part.Shards > 1 { // whose timelines have what all have in common: the ends of acts
		tick = now
	}
	begins := look()
	p.acted = func() { look() }
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		r.watch(begins, tick, done)
	}()
	did, err := p.act(ctx, step)
	if err == nil {
		err = p.tellThere(ctx, i+1, step.Name)
	}
	if err != nil {
		p.Fleet.Close() // so that all of the report is about one moment
	}
	close(done)
	<-watched
	look()
	found, looked := p.lookStep(step, did, err)
	if r.part.Shards == 1 { // else it is judged when all shards have looked
		found.Expectations = p.judge(looked)
	}
	r.report.Steps, r.part.Looked = append(r.report.Steps, found), append(r.part.Looked, looked)
	_, progress.Failed, _ = r.report.Tally()
	r.report.Timing.StepS = append(r.report.Timing.StepS, time.Since(began).Seconds())
	if r.progress != nil {
		r.progress(progress.now(p, true))
	}
	if err != nil {
		return fmt.Errorf("step %d, %s: %w", i+1, step.Name, err)
	}
	return nil
}

// now fills in how things are.
func (p Progress) now(player *Player, done bool) Progress {
	f := player.Fleet
	p.Left, p.States, p.At, p.Done = f.Busy(), f.States(), player.Elapsed(), done
	p.Boots, p.Refused = f.Tally().Boots.Load(), f.Tally().Refused.Load()
	return p.there(player.crew)
}

// watch reports progress, from how things are now, by looking again and again until done.
func (r *run) watch(now Progress, look func() Progress, done <-chan struct{}) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for hang := (hang{}); ; now = look() {
		if r.progress != nil {
			now.Hangs = hang.look(r.player.Fleet, time.Now())
			r.progress(now)
		}
		select {
		case <-tick.C:
		case <-done:
			return
		}
	}
}

// finish ends the lab and sums up: used is the processor time that the process
// had used when the run began. The error is why a crew did not tell of its phones.
func (r *run) finish(ctx context.Context, used time.Duration) (err error) {
	t := &r.report.Timing
	t.Timeline = r.timeline.moments
	r.report.Cost(time.Since(r.timeline.began).Seconds(), (usage.Processor() - used).Seconds(), usage.PeakMemory())
	r.report.States = report.StatesOf(r.player.Fleet.States())
	crew := r.player.crew
	if crew != nil {
		r.part.crew, err = crew.end(ctx, len(r.report.Steps))
	}
	r.stage.Close() // what goes wrong at the end changes nothing in the report
	r.report.Count(r.player.Lab)
	for _, part := range r.part.crew {
		part.Join(r.report)
	}
	return err
}

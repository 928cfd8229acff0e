package live

import (
	"context"
	"fmt"
	"time"

	"itlsim/fleet"
	"itlsim/internal/contain"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// patience is how long who wants a turn waits for it. Acts that take longer are seen by
// whoever asks: the lab is busy.
const patience = 5 * time.Second

// maxChapters bounds what is told of a lab that runs for long, in chapters of phones'
// stories: twice what a report has. With one more the stories begin anew.
const maxChapters = 20_000

// A BusyError is the error of who gets no turn.
type BusyError struct{ Doing string }

func (e *BusyError) Error() string {
	return fmt.Sprintf("the lab is busy with %q; what else it is to do waits for %v at most", e.Doing, patience)
}

// Turn has something done with the player while nobody else does: what plays steps or judges
// must come by it. What names it for those who wait. The error is that of do, of the context,
// or a [*BusyError].
func (l *Lab) Turn(ctx context.Context, what string, do func() error) error {
	if err := take(ctx, l.turn, l.Doing); err != nil {
		return err
	}
	defer func() {
		l.setBusy("")
		<-l.turn
	}()
	l.setBusy(what)
	return do()
}

// take takes the one place that there is, as soon as it is free.
func take(ctx context.Context, place chan struct{}, doing func() string) error {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case place <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return &BusyError{doing()}
	}
}

// Doing is what is under way, "" for nothing.
func (l *Lab) Doing() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.doing
}

func (l *Lab) setBusy(doing string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.doing = doing
}

// Play plays a step when it has a turn for it ([scenarios.Player.Play]), goes on with the
// phones' stories, and keeps the moment.
func (l *Lab) Play(ctx context.Context, step scenarios.Step) (report.Step, error) {
	did, _, err := l.play(ctx, step)
	return did, err
}

// play is Play, and returns the moment's number, too.
func (l *Lab) play(ctx context.Context, step scenarios.Step) (did report.Step, moment int, err error) {
	err = l.Turn(ctx, step.Name, func() error {
		l.endBegun()
		var err error
		did, err = l.Player.Play(ctx, step)
		moment = l.ends(step.Name)
		return err
	})
	return did, moment, err
}

// Begin is Play for somebody who goes on acting while phones do what follows
// ([scenarios.Player.Begin]). The step ends when they are through, or when another one is to
// begin: that is the moment which is kept, and what happened until then is told of this step.
func (l *Lab) Begin(ctx context.Context, step scenarios.Step) (did report.Step, err error) {
	err = l.Turn(ctx, step.Name, func() error {
		l.endBegun()
		var err error
		did, err = l.Player.Begin(ctx, step)
		l.begun = &step.Name
		l.endIfThrough()
		return err
	})
	return did, err
}

// endIfThrough ends the step that was begun if the phones are through. The caller has the turn.
func (l *Lab) endIfThrough() {
	if l.begun != nil && l.Fleet.Busy() == 0 {
		l.endBegun()
	}
}

// endBegun ends the step that was begun, if there is one. The caller has the turn.
func (l *Lab) endBegun() {
	if l.begun != nil {
		l.ends(*l.begun)
		l.begun = nil
	}
}

// ends is the end of a step: the stories go on, and the moment is kept, whose number it returns.
func (l *Lab) ends(step string) (moment int) {
	l.tell(step)
	return l.remember(step)
}

// attend looks whether a step that was begun has come to its end, unless somebody acts.
func (l *Lab) attend() {
	select {
	case l.turn <- struct{}{}:
		l.endIfThrough()
		<-l.turn
	default:
	}
}

// Judge judges expectations when it has a turn for it ([scenarios.Player.Judge]).
func (l *Lab) Judge(ctx context.Context, expect []scenarios.Expectation) (judged report.Step, err error) {
	err = l.Turn(ctx, expect[0].Text, func() error {
		var err error
		judged, err = l.Player.Judge(ctx, expect)
		l.endIfThrough()
		return err
	})
	return judged, err
}

// tell goes on with the stories.
func (l *Lab) tell(step string) {
	contain.Holding(&l.mu, func() {
		if l.stories.Len() > maxChapters {
			l.stories = l.NewStories()
		}
		l.stories.Tell(step)
	})
}

// Story is what happened to a phone, and what would cure it.
func (l *Lab) Story(i int, v *fleet.View) (told report.Story) {
	contain.Holding(&l.mu, func() { told = l.stories.Of(i) })
	if told.Chapters == nil {
		told.Chapters = []report.Chapter{} // nothing has happened yet
	}
	told.Phones, told.Cure = []string{v.Name}, l.Cure(v, l.Server(v))
	return told
}

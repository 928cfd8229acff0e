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
	did, _, err := l.play(ctx, step, l.Player.Play)
	return did, err
}

// Begin is Play for somebody who goes on acting while phones do what follows
// ([scenarios.Player.Begin]).
func (l *Lab) Begin(ctx context.Context, step scenarios.Step) (report.Step, error) {
	did, _, err := l.play(ctx, step, l.Player.Begin)
	return did, err
}

// play plays a step in a way, and returns the moment's number, too.
func (l *Lab) play(
	ctx context.Context, step scenarios.Step, way func(context.Context, scenarios.Step) (report.Step, error),
) (did report.Step, moment int, err error) {
	err = l.Turn(ctx, step.Name, func() error {
		var err error
		did, err = way(ctx, step)
		l.tell(step.Name)
		moment = l.remember(step.Name)
		return err
	})
	return did, moment, err
}

// Judge judges expectations when it has a turn for it ([scenarios.Player.Judge]).
func (l *Lab) Judge(ctx context.Context, expect []scenarios.Expectation) (judged report.Step, err error) {
	err = l.Turn(ctx, expect[0].Text, func() error {
		var err error
		judged, err = l.Player.Judge(ctx, expect)
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

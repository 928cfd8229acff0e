package scenarios

import (
	"context"
	"fmt"
	"time"

	"itlsim/scenarios/language"
)

// A Repeat says how often the acts of a step are done. The zero value means once.
type Repeat struct {
	Text    string        `json:"text,omitempty"` // as reports show it
	Times   int           `json:"times,omitempty"`
	Between time.Duration `json:"between,omitempty"` // from the end of one time to the beginning of the next
	Every   time.Duration `json:"every,omitempty"`   // from beginning to beginning, where the acts take no longer
}

// maxRepeats is how often the acts of a step may be done: enough for a fleet of a million
// in batches of a hundred.
const maxRepeats = 10_000

// repeats are the sentences of `repeat`. They mean which time they name.
var repeats = language.New(
	language.Rule[func(*Repeat) *time.Duration]{Sentence: "{times=number} times"}.
		Explained("one after the other, as soon as the phones have finished"),
	language.Rule[func(*Repeat) *time.Duration]{
		Sentence: "{times=number} times with {number} {timeunit} between",
		Means:    func(r *Repeat) *time.Duration { return &r.Between },
	}.Explained("this much time passes after each but the last"),
	language.Rule[func(*Repeat) *time.Duration]{
		Sentence: "{times=number} times every {number} {timeunit}",
		Means:    func(r *Repeat) *time.Duration { return &r.Every },
	}.Explained("this much time passes from one start to the next, or what the phones need if that is more"),
)

// parseRepeat understands how often the acts of a step are done. The error is a
// [*language.Error].
func parseRepeat(text string) (Repeat, error) {
	r := Repeat{Text: text}
	pause, said, err := repeats.Parse(text, language.Vocabulary{})
	if err != nil {
		return r, err
	}
	if r.Times = said.Number("times"); r.Times < 1 || r.Times > maxRepeats {
		return r, &language.Error{Says: fmt.Sprintf("acts may be done from 1 to %d times", maxRepeats)}
	}
	if pause != nil {
		*pause(&r), err = duration(said, "number", "timeunit")
	}
	return r, err
}

// pause lets the time pass between two times, of which the first began then.
func (p *Player) pause(ctx context.Context, r Repeat, began time.Duration) error {
	d := max(r.Between, began+r.Every-p.Elapsed())
	if d <= 0 {
		return nil
	}
	return p.Do(ctx, Wait(d))
}

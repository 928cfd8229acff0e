package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/scenarios/language"
)

// The forms of a moment that a scenario names, in UTC.
const (
	clockForm  = "15:04"
	momentForm = "2006-01-02 15:04"
)

// nextTime is the moment that is meant by "02:00", "Saturday 02:00" or "2027-03-01
// 02:00": the next one after now. The error is a [*language.Error].
func nextTime(until string, now time.Time) (time.Time, error) {
	now = now.UTC()
	day, clock, named := strings.Cut(until, " ")
	if !named {
		day, clock = "", until
	}
	at, err := time.Parse(clockForm, clock)
	if err != nil {
		return at, &language.Error{Says: fmt.Sprintf("%q is not a time of a day", clock)}
	}
	weekday := slices.Index(weekdays, day)
	if named && weekday < 0 {
		return momentOf(until)
	}
	next := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, time.UTC)
	for !next.After(now) || named && next.Weekday() != time.Weekday(weekday) {
		next = next.AddDate(0, 0, 1)
	}
	return next, nil
}

var weekdays = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// The years that a scenario may name: from the first releases with Security by Default
// on, as long as certificates can say.
const firstYear, lastYear = 2010, 2110

// momentOf is a date and a time. The error is a [*language.Error].
func momentOf(text string) (time.Time, error) {
	at, err := time.Parse(momentForm, text)
	if err != nil || at.Year() < firstYear || at.Year() > lastYear {
		says := fmt.Sprintf("%q is not a moment from %d to %d such as 2027-03-01 02:00", text, firstYear, lastYear)
		return at, &language.Error{Says: says}
	}
	return at, nil
}

// waitUntil lets time pass until a moment that is named.
func (p *Player) waitUntil(ctx context.Context, until string) error {
	now := p.Now().UTC()
	at, err := nextTime(until, now)
	switch {
	case err != nil:
		return err
	case !at.After(now):
		return fmt.Errorf("%s has passed: it is %s", until, now.Format(momentForm))
	}
	return p.Advance(ctx, at.Sub(now))
}

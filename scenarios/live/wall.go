package live

import (
	"slices"
	"sync"
	"time"

	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/scenarios/report"
)

// A Cell is a phone as the wall shows it: its trust state in the two low bits, and whether it
// is on, boots, and waits to be told to.
type Cell byte

const (
	cellOn      Cell = 1 << 2
	cellBooting Cell = 1 << 3
	cellWaiting Cell = 1 << 4
)

func cellOf(g fleet.Condition) Cell {
	c := Cell(g.State)
	if g.On {
		c |= cellOn
	}
	if g.Booting {
		c |= cellBooting
	}
	if g.Waiting {
		c |= cellWaiting
	}
	return c
}

// Booting reports whether the phone boots.
func (c Cell) Booting() bool { return c&cellBooting != 0 }

// Waiting reports whether the phone has been told to boot, and waits for its turn.
func (c Cell) Waiting() bool { return c&cellWaiting != 0 }

// letter is the cell as one digit to the base of 32.
func (c Cell) letter() byte { return "0123456789abcdefghijklmnopqrstuv"[c&31] }

// storyKept is how many judgements of each phone are kept: the last four boots
// of list and configuration.
const storyKept = 8

// A Judgement is one file that a phone was offered, and what it made of it.
type Judgement struct {
	At time.Time // by the scenario's clock
	phone.Verdict
}

// wall is what every phone looks like from afar, and what it was offered lately.
type wall struct {
	mu      sync.Mutex
	cells   track[Cell]
	states  fleet.States
	booting int
	waiting int
	stories [][]Judgement
}

func newWall() *wall { return &wall{} }

// put puts a phone up, before anything happens to it.
func (w *wall) put(v *fleet.View) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := cellOf(fleet.Condition{On: v.On, State: v.State})
	w.cells.put(c)
	w.stories = append(w.stories, nil)
	w.add(c, 1)
}

// changed notes what a phone looks like now, and reports whether that is another power, boot
// or state than before.
func (w *wall) changed(i int, now fleet.Condition) bool {
	c := cellOf(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.cells.values[i]
	w.add(was, -1)
	w.add(c, 1)
	w.cells.set(i, c)
	return was&^cellWaiting != c&^cellWaiting
}

// judged notes what a phone made of a file.
func (w *wall) judged(i int, j Judgement) {
	w.mu.Lock()
	defer w.mu.Unlock()
	story := w.stories[i]
	if len(story) == storyKept {
		story = append(story[:0], story[1:]...)
	}
	w.stories[i] = append(story, j)
}

func (w *wall) tallied() Tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tally()
}

// tally is tallied for who holds the lock.
func (w *wall) tally() Tally { return Tally{report.StatesOf(w.states), w.booting, w.waiting} }

// add counts a cell n times. The caller holds the lock.
func (w *wall) add(c Cell, n int) {
	w.states[(fleet.Condition{On: c&cellOn != 0, State: phone.State(c & 3)}).Place()] += n
	if c&cellBooting != 0 {
		w.booting += n
	}
	if c&cellWaiting != 0 {
		w.waiting += n
	}
}

// since gives what is newer than so many changes, and how many there are now: as pairs of index
// and cell, or, where that would be longer, as all cells.
func (w *wall) since(seen uint64) (cells string, changed []int, now uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all, changed := w.cells.since(seen)
	if all {
		cells = w.letters()
	}
	return cells, changed, w.cells.count
}

// snapshot is every cell, and the count of changes.
func (w *wall) snapshot() (cells string, now uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.letters(), w.cells.count
}

// picture is every cell, and how many there are of which.
func (w *wall) picture() (all string, t Tally) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.letters(), w.tally()
}

func (w *wall) letters() string {
	b := make([]byte, len(w.cells.values))
	for i, c := range w.cells.values {
		b[i] = c.letter()
	}
	return string(b)
}

// Offered is what a phone was offered lately, oldest first.
func (l *Lab) Offered(i int) []Judgement {
	l.wall.mu.Lock()
	defer l.wall.mu.Unlock()
	return slices.Clone(l.wall.stories[i])
}

// Cell is a phone as the wall shows it.
func (l *Lab) Cell(i int) Cell {
	l.wall.mu.Lock()
	defer l.wall.mu.Unlock()
	return l.wall.cells.values[i]
}

package demo

import (
	"sync"
	"time"

	"itlsim/fleet"
	"itlsim/phone"
)

// A cell is a phone as the wall shows it: its trust state in the two low bits,
// and whether it is on and booting.
type cell byte

const (
	cellOn      cell = 1 << 2
	cellBooting cell = 1 << 3
)

func cellOf(g fleet.Condition) cell {
	c := cell(g.State)
	if g.On {
		c |= cellOn
	}
	if g.Booting {
		c |= cellBooting
	}
	return c
}

// letter is the cell in the page's alphabet, one hexadecimal digit.
func (c cell) letter() byte { return "0123456789abcdef"[c&15] }

// tally counts what the wall shows: phones that are off, and the others by
// state.
type tally struct {
	Off    int    `json:"off"`
	States [4]int `json:"states"`
}

func (t *tally) add(c cell, n int) {
	if c&cellOn == 0 {
		t.Off += n
	} else {
		t.States[c&3] += n
	}
}

// storyKept is how many judgements of each phone are kept: the last four boots
// of list and configuration.
const storyKept = 8

// judgement is one file that a phone was offered, and what it made of it.
type judgement struct {
	at time.Time
	phone.Verdict
}

// wall watches all phones of a fleet (fleet.Observer).
type wall struct {
	now func() time.Time // the scenario's

	mu      sync.Mutex
	cells   []cell
	changes []uint64 // of each cell, its number in the count of changes
	count   uint64
	tally   tally
	stories [][]judgement
}

func newWall() *wall { return &wall{} }

// begin puts the phones up, before anything happens to them.
func (w *wall) begin(phones []fleet.View, now func() time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
	w.cells, w.changes = make([]cell, len(phones)), make([]uint64, len(phones))
	w.stories = make([][]judgement, len(phones))
	for i, v := range phones {
		w.cells[i] = cellOf(fleet.Condition{On: v.On, State: v.State})
		w.tally.add(w.cells[i], 1)
	}
}

// Changed notes what a phone looks like now.
func (w *wall) Changed(i int, now fleet.Condition) {
	c := cellOf(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cells[i] == c {
		return
	}
	w.tally.add(w.cells[i], -1)
	w.tally.add(c, 1)
	w.count++
	w.cells[i], w.changes[i] = c, w.count
}

// Judged notes what a phone made of a file.
func (w *wall) Judged(i int, v phone.Verdict) {
	j := judgement{w.now(), v}
	w.mu.Lock()
	defer w.mu.Unlock()
	story := w.stories[i]
	if len(story) == storyKept {
		story = append(story[:0], story[1:]...)
	}
	w.stories[i] = append(story, j)
}

// story is what a phone was offered lately, oldest first.
func (w *wall) story(i int) []judgement {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]judgement(nil), w.stories[i]...)
}

func (w *wall) cell(i int) cell {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cells[i]
}

func (w *wall) tallied() tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tally
}

// since gives what is newer than so many changes, and how many there are now: as
// pairs of index and cell, or, where that would be longer, as all cells.
func (w *wall) since(seen uint64) (all string, changed []int, now uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count == seen {
		return "", nil, seen
	}
	newer := 0
	for _, at := range w.changes {
		if at > seen {
			newer++
		}
	}
	if newer > len(w.cells)/8 {
		return w.letters(), nil, w.count
	}
	changed = make([]int, 0, 2*newer)
	for i, at := range w.changes {
		if at > seen {
			changed = append(changed, i, int(w.cells[i]))
		}
	}
	return "", changed, w.count
}

// snapshot is every cell, and the count of changes.
func (w *wall) snapshot() (all string, now uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.letters(), w.count
}

func (w *wall) letters() string {
	b := make([]byte, len(w.cells))
	for i, c := range w.cells {
		b[i] = c.letter()
	}
	return string(b)
}

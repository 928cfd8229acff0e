package live

import (
	"errors"
	"fmt"
	"sync"

	"itlsim/lab/trust"
)

// momentsKept bounds the moments of a lab: more steps than a tour has, and at 40,000 phones
// some 10 MB.
const momentsKept = 50

// A Moment is how a lab was at the end of a step, when what followed from it was over.
type Moment struct {
	Number int     `json:"number"` // among all of the lab, from 1
	Step   string  `json:"step"`
	AtS    float64 `json:"at_s"` // scenario seconds since the start
	Tally
}

// A Picture is all that was seen at a moment.
type Picture struct {
	Moment
	// Cells and Held are of all phones, as [Update] has them.
	Cells   string         `json:"cells"`
	Held    []int32        `json:"held"`
	Trust   *trust.Picture `json:"trust"`
	Cluster Cluster        `json:"cluster"`
}

// moments are the last ones of a lab.
type moments struct {
	mu    sync.Mutex
	count int // of all so far
	kept  []*Picture
}

// remember keeps how things are at the end of a step, and returns the moment's number.
func (l *Lab) remember(step string) int {
	l.sample()
	p := &Picture{Moment: Moment{Step: step, AtS: l.Elapsed().Seconds()}, Cluster: l.LookAtCluster()}
	p.Cells, p.Tally = l.wall.picture()
	p.Trust, p.Held = l.Trust()
	m := &l.moments
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	p.Number = m.count
	if len(m.kept) == momentsKept {
		m.kept = append(m.kept[:0], m.kept[1:]...)
	}
	m.kept = append(m.kept, p)
	return p.Number
}

// Moments are the last ones, of which there is a picture, the oldest first.
func (l *Lab) Moments() []Moment {
	all, _ := l.moments.since(0)
	return all
}

// Errors of [Lab.Picture].
var (
	ErrNoMoment = errors.New("there is no such moment yet")
	ErrGone     = fmt.Errorf("this moment is not kept any more, only the last %d are", momentsKept)
)

// Picture is all that was seen at a moment. The error is [ErrNoMoment] or [ErrGone].
func (l *Lab) Picture(number int) (*Picture, error) {
	m := &l.moments
	m.mu.Lock()
	defer m.mu.Unlock()
	switch at := number - 1 - m.count + len(m.kept); {
	case number < 1 || at >= len(m.kept):
		return nil, ErrNoMoment
	case at < 0:
		return nil, ErrGone
	default:
		return m.kept[at], nil
	}
}

func (m *moments) since(seen int) ([]Moment, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []Moment{}
	for _, p := range m.kept[max(0, len(m.kept)-m.count+seen):] {
		all = append(all, p.Moment)
	}
	return all, m.count
}

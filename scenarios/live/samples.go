package live

import (
	"sync"
	"time"

	"itlsim/scenarios/report"
)

const (
	// samplesKept bounds the samples of a lab: with twice as many each second one goes, so
	// that those that are left tell of all its time.
	samplesKept   = 1200
	samplingEvery = 500 * time.Millisecond // of the wall clock
)

// A Sample is one moment of a lab, on the scenario's time.
type Sample struct {
	AtS float64 `json:"at_s"` // scenario seconds since the start
	Tally
	Boots uint64 `json:"boots"` // that have ended so far
	TVS   uint64 `json:"tvs"`   // questions that TVS have answered so far

	number uint64
}

// A Tally counts the phones as the wall shows them. The states, each phone once, add up to all
// of them; those that boot and those that wait for their turn are among these.
type Tally struct {
	report.States
	Booting int `json:"booting"`
	Waiting int `json:"waiting"`
}

// samples are those that are kept of a lab.
type samples struct {
	mu    sync.Mutex
	count uint64 // of all so far
	kept  []Sample
}

// take adds a sample. Where nothing but time goes on the last one is moved.
func (c *samples) take(s Sample) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.kept)
	if n > 0 && c.kept[n-1].same(s) {
		if c.kept[n-1].AtS == s.AtS {
			return
		}
		if n > 1 && c.kept[n-2].same(s) {
			c.kept = c.kept[:n-1]
		}
	}
	c.count++
	s.number = c.count
	if len(c.kept) == 2*samplesKept {
		for i := range samplesKept {
			c.kept[i] = c.kept[2*i+1]
		}
		c.kept = c.kept[:samplesKept]
	}
	c.kept = append(c.kept, s)
}

// same reports whether nothing but time went on between two samples.
func (s Sample) same(other Sample) bool {
	s.AtS, s.number = other.AtS, other.number
	return s == other
}

func (c *samples) since(seen uint64) ([]Sample, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := len(c.kept)
	for from > 0 && c.kept[from-1].number > seen {
		from--
	}
	return append([]Sample(nil), c.kept[from:]...), c.count
}

// sampling takes samples until the lab ends.
func (l *Lab) sampling() {
	tick := time.NewTicker(samplingEvery)
	defer tick.Stop()
	for {
		l.sample()
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
	}
}

// sample takes one now.
func (l *Lab) sample() {
	tvs := l.Traffic().TVS
	l.samples.take(Sample{
		AtS: l.Elapsed().Seconds(), Tally: l.wall.tallied(),
		Boots: l.Fleet.Tally().Boots.Load(), TVS: uint64(tvs.Queries + tvs.Verifies),
	})
}

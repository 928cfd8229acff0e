package live

import (
	"sync"
	"time"

	"itlsim/scenarios/report"
)

const (
	// samplesKept bounds the samples of a lab: with twice as many each second one goes, and
	// half as many stay from then on, so that they tell of all its time.
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
	flat   bool // nothing has happened since the one before
}

// A Tally counts the phones as the wall shows them. The states, each phone once, add up to all
// of them; those Booting, and those Waiting for their turn, are among these.
type Tally struct {
	report.States
	Booting int `json:"booting"`
	Waiting int `json:"waiting"`
}

// samples are those that are kept of a lab.
type samples struct {
	mu     sync.Mutex
	count  uint64 // of all so far
	stride uint64 // one in so many stays; the last one is there in any case
	kept   []Sample
}

// take adds a sample. Where nothing but time goes on the last one is moved.
func (c *samples) take(s Sample) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stride = max(1, c.stride)
	if n := len(c.kept); n > 0 {
		last := c.kept[n-1]
		switch {
		case last.same(s) && last.AtS == s.AtS:
			return
		case last.same(s):
			s.flat = true
			if last.flat {
				c.kept = c.kept[:n-1]
			}
		case !last.flat && last.number%c.stride != 0:
			c.kept = c.kept[:n-1]
		}
	}
	c.count++
	s.number = c.count
	if len(c.kept) == 2*samplesKept {
		for i := range samplesKept {
			c.kept[i] = c.kept[2*i]
		}
		c.kept, c.stride = c.kept[:samplesKept], 2*c.stride
	}
	c.kept = append(c.kept, s)
}

// same reports whether nothing but time went on between two samples.
func (s Sample) same(other Sample) bool {
	s.AtS, s.number, s.flat = other.AtS, other.number, other.flat
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

// sampling takes samples, and attends to the end of what was begun, until the lab ends.
func (l *Lab) sampling() {
	tick := time.NewTicker(samplingEvery)
	defer tick.Stop()
	for {
		l.sample()
		l.attend()
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

package live

import (
	"sync"
	"time"
)

// samplesKept is ten minutes of samples.
const (
	samplesKept   = 1200
	samplingEvery = 500 * time.Millisecond
)

// sample is one moment of the charts.
type sample struct {
	T      float64 `json:"t"` // wall-clock seconds since the lab was opened
	Tally  tally   `json:"tally"`
	Boots  float64 `json:"boots"` // ended, a second
	TVS    float64 `json:"tvs"`   // questions answered, a second
	number uint64
}

// charts keeps samples.
type charts struct {
	mu      sync.Mutex
	count   uint64
	samples []sample
	at      time.Time
	boots   uint64
	tvs     uint64
}

// take adds a sample from running totals.
func (c *charts) take(began, now time.Time, t tally, boots, tvs uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := sample{T: now.Sub(began).Seconds(), Tally: t}
	if took := now.Sub(c.at).Seconds(); !c.at.IsZero() && took > 0 {
		s.Boots, s.TVS = float64(boots-c.boots)/took, float64(tvs-c.tvs)/took
	}
	c.at, c.boots, c.tvs = now, boots, tvs
	c.count++
	s.number = c.count
	if len(c.samples) == 2*samplesKept {
		c.samples = append(c.samples[:0], c.samples[samplesKept:]...)
	}
	c.samples = append(c.samples, s)
}

func (c *charts) since(seen uint64) ([]sample, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := len(c.samples)
	for from > 0 && c.samples[from-1].number > seen && len(c.samples)-from < samplesKept {
		from--
	}
	if from == len(c.samples) {
		return nil, c.count
	}
	return append([]sample(nil), c.samples[from:]...), c.count
}

// sampling takes samples until the lab ends.
func (l *Lab) sampling() {
	tick := time.NewTicker(samplingEvery)
	defer tick.Stop()
	for {
		traffic := l.Traffic().TVS
		boots := l.Fleet.Tally().Boots.Load()
		l.charts.take(l.began, time.Now(), l.wall.tallied(), boots, uint64(traffic.Queries+traffic.Verifies))
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
	}
}

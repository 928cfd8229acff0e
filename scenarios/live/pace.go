package live

import (
	"sync"
	"time"

	"itlsim/lab"
)

// While a tour does a step, the clock of virtual time runs so that what the phones do can be
// watched, however many there are: it runs ahead while they only wait.
const (
	showFor    = 10 * time.Second // of the wall clock, what follows from an act
	seenFirst  = 3 * time.Second  // of these as it is, so that a few phones boot at their own pace
	pacedEvery = 250 * time.Millisecond
	measurable = 0.05 // of the phones have finished: the rest can be judged by them
	faster     = 1.3  // every time, where it cannot
)

// MaxRate is how many times as fast as the wall clock a lab's goes at most: what phones and
// clusters keep up with (docs/demonstration.md).
const MaxRate = 60

// A pace is how what phones do goes on.
type pace struct {
	spent, passed time.Duration // since it began: by the wall clock, and of the scenario
	done          float64       // which share of the phones have finished
}

// next is the rate that the clock is to run at, after this one.
func (p pace) next(rate float64) float64 {
	left := showFor - p.spent
	switch {
	case p.spent < seenFirst:
		return 1
	case p.done < measurable || left < time.Second:
		return min(rate*faster, MaxRate)
	}
	rest := p.passed.Seconds() * (1 - p.done) / p.done
	return min(max(rest/left.Seconds(), 1), MaxRate)
}

// A rate is who says how fast the clock runs.
type rate struct {
	mu  sync.Mutex
	set bool // by somebody, for good
}

// SetRate sets how many scenario seconds a second of the lab has. No tour changes that then.
func (l *Lab) SetRate(to float64) {
	l.rate.mu.Lock()
	defer l.rate.mu.Unlock()
	l.rate.set = true
	l.Player.SetRate(to)
}

// setPace is SetRate for a tour; it reports whether that is nobody else's matter.
func (l *Lab) setPace(to float64) bool {
	l.rate.mu.Lock()
	defer l.rate.mu.Unlock()
	if !l.rate.set {
		l.Player.SetRate(to)
	}
	return !l.rate.set
}

// paced has the clock keep pace with the phones until done is called, where time is simulated
// and passes by itself.
func (l *Lab) paced() (done func()) {
	if l.Options.Mode != lab.Virtual || l.Options.Live == nil || l.Options.Live.Still {
		return func() {}
	}
	ended := make(chan struct{})
	var pacing sync.WaitGroup
	pacing.Go(func() { l.keepPace(ended) })
	return func() {
		close(ended)
		pacing.Wait()
	}
}

// keepPace paces one burst of what phones do after the other.
func (l *Lab) keepPace(ended <-chan struct{}) {
	tick := time.NewTicker(pacedEvery)
	defer tick.Stop()
	most, began, from, rate := 0, time.Now(), l.Elapsed(), 1.0
	for {
		switch busy := l.Fleet.Busy(); {
		case busy == 0:
			most, began, from, rate = 0, time.Now(), l.Elapsed(), 1
		default:
			most = max(most, busy)
			p := pace{time.Since(began), l.Elapsed() - from, 1 - float64(busy)/float64(most)}
			rate = p.next(rate)
		}
		if !l.setPace(rate) {
			return
		}
		select {
		case <-tick.C:
		case <-ended:
			l.setPace(1)
			return
		}
	}
}

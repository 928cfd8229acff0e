package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"itlsim/fleet"
)

// Boots are how long boots took, in milliseconds, from the first request to the
// registration, without the wait for a turn: the median P50, then P90, P95 and P99, and the
// longest, Max.
type Boots struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
	// Buckets are where there are boots, in order. Their bounds are the same in all reports,
	// so that those of several add up; boots of more than 62 minutes are in none.
	Buckets []Bucket `json:"buckets"`
}

// A Bucket counts Boots that took UpTo so many milliseconds, and more than the bound before
// it among [preferred] numbers.
type Bucket struct {
	UpTo  float64 `json:"upto"`
	Boots uint64  `json:"boots"`
}

// preferred are the numbers of R40 (ISO 3): forty in a decade, evenly on a scale of logarithms.
var preferred = [...]float64{
	1, 1.06, 1.12, 1.18, 1.25, 1.32, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.12, 2.24, 2.36, 2.5, 2.65, 2.8, 3,
	3.15, 3.35, 3.55, 3.75, 4, 4.25, 4.5, 4.75, 5, 5.3, 5.6, 6, 6.3, 6.7, 7.1, 7.5, 8, 8.5, 9, 9.5,
}

// bucketBounds are those of all buckets, in milliseconds: from 1, before which there is one
// bucket, to the first beyond an hour, which is the longest that a fleet records.
var bucketBounds = func() (all []float64) {
	hour := float64(time.Hour.Milliseconds())
	for decade := 1.0; ; decade *= 10 {
		for _, n := range preferred {
			all = append(all, math.Round(n*decade*100)/100)
			if n*decade >= hour {
				return all
			}
		}
	}
}()

// BootsOf are those that took so long.
func BootsOf(t fleet.Times) Boots {
	b := Boots{P50: ms(t.At(50)), P90: ms(t.At(90)), P95: ms(t.At(95)), P99: ms(t.At(99)), Max: ms(t.At(100)),
		Buckets: []Bucket{}}
	bounds := make([]time.Duration, len(bucketBounds))
	for i, bound := range bucketBounds {
		bounds[i] = milliseconds(bound)
	}
	before := uint64(0)
	for i, within := range t.Within(bounds...) {
		if within > before {
			b.Buckets = append(b.Buckets, Bucket{bucketBounds[i], within - before})
		}
		before = within
	}
	return b
}

// A Quantile is how long the fastest of the boots took at most, in milliseconds.
type Quantile struct {
	Name string
	MS   float64 // milliseconds
}

// Quantiles are those that are shown, nothing where no boot has ended.
func (b Boots) Quantiles() []Quantile {
	if b.Max <= 0 {
		return nil
	}
	return []Quantile{{"half", b.P50}, {"90 %", b.P90}, {"95 %", b.P95}, {"99 %", b.P99}, {"all", b.Max}}
}

// A bar is a bucket of a chart, with the bound before it, in milliseconds, and its place and
// height, in percent of the width and of the highest.
type bar struct {
	Bucket
	From, Left, Height float64
}

// bars are the buckets from the first to the last that has boots, those in between without
// any among them.
func (b Boots) bars() (all []bar) {
	if len(b.Buckets) == 0 {
		return nil
	}
	most := slices.MaxFunc(b.Buckets, func(x, y Bucket) int { return cmp.Compare(x.Boots, y.Boots) }).Boots
	left, from := b.Buckets, 0.0
	for _, bound := range bucketBounds {
		is := bar{Bucket: Bucket{UpTo: bound}, From: from}
		from = bound
		if len(left) > 0 && left[0].UpTo == bound {
			is.Boots, left = left[0].Boots, left[1:]
			is.Height = max(leastBar, 100*float64(is.Boots)/float64(most))
			all = append(all, is)
		} else if len(all) > 0 && len(left) > 0 {
			all = append(all, is)
		}
	}
	for i := range all {
		all[i].Left = 100 * float64(i) / float64(len(all))
	}
	return all
}

// leastBar is the height of the smallest bar, in percent: two pixels.
const leastBar = 2.0

// Top is where it begins, in percent from above.
func (b bar) Top() float64 { return 100 - b.Height }

// A spread is the chart of how long boots took.
type spread struct {
	Bars  []bar
	Width float64 // of a bar and what is between it and the next, in percent
	Marks []mark  // quantiles
	Axis  []mark  // bounds of the bars that are round, where there is room
}

// quantileShown are those that the chart marks.
var quantileShown = map[string]string{"half": "median", "95 %": "95 %", "all": "longest"}

// Spread is the chart, nil where there is nothing to draw.
func (b Boots) Spread() *spread {
	bars := b.bars()
	if len(bars) == 0 {
		return nil
	}
	s := &spread{Bars: bars, Width: 100 / float64(len(bars))}
	for _, q := range b.Quantiles() {
		if name := quantileShown[q.Name]; name != "" {
			s.Marks = append(s.Marks, mark{Left: s.place(q.MS), Text: name + " " + Span(milliseconds(q.MS))})
		}
	}
	free := 0.0
	for _, is := range bars {
		round := strings.TrimRight(strconv.FormatFloat(is.From, 'f', -1, 64), "0")
		if len(round) == 1 && is.Left >= free && is.Left <= 100-2*boundRoom {
			s.Axis = append(s.Axis, mark{Left: is.Left, Text: Span(milliseconds(is.From))})
			free = is.Left + boundRoom
		}
	}
	return s
}

// boundRoom is what a bound needs on the axis, in percent of a chart 350 pixels wide.
const boundRoom = 18.0

// Last is the bound at the end of the axis, in milliseconds.
func (s *spread) Last() float64 { return s.Bars[len(s.Bars)-1].UpTo }

// Bar is how wide a bar is, in percent.
func (s *spread) Bar() float64 { return 0.9 * s.Width }

// place is where a time is on the axis, in percent.
func (s *spread) place(ms float64) float64 {
	for _, is := range s.Bars {
		if ms <= is.UpTo {
			return is.Left + s.Width*max(0, ms-is.From)/(is.UpTo-is.From)
		}
	}
	return 100
}

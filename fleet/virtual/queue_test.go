package virtual

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"itlsim/fleet/network"
)

// The queue gives tasks in the order of time, and those of one time in the order
// in which they were made.
func TestQueueOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var want []int64
		for _, at := range rapid.SliceOf(rapid.Int64Range(0, 20)).Draw(t, "times") {
			q.push(task{at: at})
			want = append(want, at)
			if rapid.IntRange(0, 3).Draw(t, "pop") == 0 {
				least := slices.Min(want)
				if got := q.pop().at; got != least {
					t.Fatalf("got %d, want %d", got, least)
				}
				want = slices.Delete(want, slices.Index(want, least), slices.Index(want, least)+1)
			}
		}
		var last task
		for range want {
			e := q.pop()
			if e.before(&last) {
				t.Fatalf("%d (%d) after %d (%d)", e.at, e.seq, last.at, last.seq)
			}
			last = e
		}
	})
}

// What the queue alone costs: a task is taken and another put in.
func BenchmarkBareQueue(b *testing.B) {
	for _, waiting := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) {
			c := network.NewChance(1, 0)
			var q queue
			for range waiting {
				q.push(task{at: int64(c.UpTo(1e9))})
			}
			for b.Loop() {
				e := q.pop()
				q.push(task{at: e.at + int64(c.UpTo(1e9))})
			}
			b.ReportMetric(1e9/12/(float64(b.Elapsed())/float64(b.N)), "boots/s")
		})
	}
}

package virtual_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/fleet/virtual"
	"itlsim/internal/usage"
)

// account tells everything that a run gave.
func (l *lab) account() string {
	var b strings.Builder
	for v := range l.All(fleet.Whole) {
		fmt.Fprintln(&b, v.Name, v.On, v.State, v.ListBy, v.ConfigBy, v.Refusal, v.Status())
		if v.Flash.Lists.ITL != nil {
			fmt.Fprintf(&b, "  %x %x\n", v.Flash.Lists.ITL.SHA1(), v.Flash.ConfigSum)
		}
		for _, vouch := range v.Flash.Vouches {
			fmt.Fprintln(&b, "  ", vouch.Signer, vouch.Expires)
		}
	}
	fmt.Fprintln(&b, l.clock.Elapsed(), l.Busy(), l.States(), l.Traffic(), l.BootTimes())
	fmt.Fprintln(&b, l.cluster.Counts(), l.cluster.Holders())
	t := l.Tally()
	fmt.Fprintln(&b, t.Boots.Load(), t.CutShort.Load(), t.Retransmits.Load(), t.Refused.Load())
	fmt.Fprintln(&b, t.Alarms.Load(), t.TVS.Sum(fleet.Mismatch), t.TVS.Sum(fleet.Unanswered))
	return b.String()
}

func TestARunIsAFunctionOfItsSeed(t *testing.T) {
	const phones = 600
	run := func(seed uint64, workers int) string {
		l := newLab(t, phones, seed, func(c *virtual.Config) {
			c.Workers = workers
			c.Network.Loss, c.Network.Duplication, c.Network.Reordering = 0.02, 0.01, 0.01
		})
		var steps strings.Builder
		l.bulkReset(phones, func(step string) { steps.WriteString(step + "\n" + l.account()) })
		return steps.String()
	}
	want := run(7, 1)
	require.True(t, want == run(7, 1), "again")
	require.True(t, want == run(7, 2), "on two workers")
	require.True(t, want == run(7, 5), "on five")
	require.False(t, want == run(8, 2), "another seed is another run")
}

func peakMiB() float64 { return float64(usage.PeakMemory()) / (1 << 20) }

// What a boot costs in time, and a phone in memory: bench/virtual runs each size
// in a process of its own.
func BenchmarkBulkReset(b *testing.B) {
	for _, phones := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(phones), func(b *testing.B) {
			for b.Loop() {
				began := time.Now()
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				l := newLab(b, phones, 1)
				l.bulkReset(phones, func(step string) {
					ended := l.Tally().Boots.Load()
					b.Logf("%-28s %8s of scenario, %s, %d boots, %.0f MiB", step,
						l.clock.Elapsed().Round(time.Second), time.Since(began).Round(time.Millisecond), ended, peakMiB())
				})
				boots := l.Tally().Boots.Load()
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(boots)/time.Since(began).Seconds(), "boots/s")
				b.ReportMetric(time.Since(began).Seconds()*1e6/float64(boots), "µs/boot")
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(phones), "B/phone")
				b.ReportMetric(peakMiB(), "peak-MiB")
				runtime.KeepAlive(l)
			}
		})
	}
}

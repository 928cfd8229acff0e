package lab_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/phone"
)

// What a fork of 40,000 phones costs: the time for which the lab is held up, and memory.
func BenchmarkFork(b *testing.B) {
	for _, mode := range lab.Modes {
		b.Run(mode, func(b *testing.B) {
			opt := options(mode)
			opt.Phones, opt.Keys = 40_000, testkeys.NewPool(1)
			l, err := lab.Open(setup(40_000), opt)
			require.NoError(b, err)
			defer func() { require.NoError(b, l.Close()) }()
			if mode == lab.Virtual {
				l.Send(phone.PowerOn{}, nil)
				require.NoError(b, l.Fleet.Settle(b.Context()))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var forks []*lab.Lab
			began := time.Now()
			for b.Loop() {
				fork, err := l.Fork()
				require.NoError(b, err)
				forks = append(forks, fork)
			}
			b.ReportMetric(float64(time.Since(began).Milliseconds())/float64(len(forks)), "ms/fork")
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(forks))/40_000, "B/phone")
			for _, fork := range forks {
				require.NoError(b, fork.Close())
			}
		})
	}
}

package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/usage"
	"itlsim/phone"
)

// BenchmarkBoot boots phones for which nothing has changed: they load the list
// that they hold and a configuration that is signed already. Processor time is
// that of phones and servers together.
func BenchmarkBoot(b *testing.B) {
	const phones = 1000
	l := newLab(b, 1, fleet.Limits{})
	l.add(phones, l.pub.Address(cucm.TFTPService))
	l.boot(phone.PowerOn{})
	var names []string
	for _, v := range l.fleet.Phones() {
		names = append(names, v.Name)
	}
	b.ReportAllocs()
	used := usage.Processor()
	b.ResetTimer()
	for left := b.N; left > 0; left -= phones {
		some := make(map[string]bool)
		for _, name := range names[:min(left, phones)] {
			some[name] = true
		}
		l.fleet.Send(phone.Reset{}, func(p *phone.Phone) bool { return some[p.Name()] })
		l.settle()
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "boots/s")
	b.ReportMetric(float64((usage.Processor()-used).Microseconds())/float64(b.N), "cpu-µs/boot")
	require.Equal(b, fleet.States{phone.Trusted: phones}, l.fleet.States())
}

package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/internal/usage"
	"itlsim/lab"
)

// BenchmarkJudge is the judging of a step's expectations, of 40,000 phones: those that hold,
// and those that most phones fail in many ways.
func BenchmarkJudge(b *testing.B) {
	s := builtinNamed(b, "bulk-reset")
	p, err := Open(s, lab.Options{Mode: lab.Virtual, Seed: 1, Phones: 40_000, Keys: testkeys.NewPool(1), KeyBits: 1024})
	require.NoError(b, err)
	defer p.Close()
	_, err = p.Play(b.Context(), Step{Do: s.Steps[0].Do})
	require.NoError(b, err)
	for name, texts := range map[string][]string{
		"hold": {"all online phones are trusted", "all online phones are registered", "no phones are locked"},
		"fail": {"all phones are locked", "all phones hold the rollback list", "all phones are registered by TLS"},
	} {
		var all []Expectation
		for _, text := range texts {
			e, err := p.ParseExpectation(text)
			require.NoError(b, err)
			all = append(all, e)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			used := usage.Processor()
			for b.Loop() {
				_, err := p.Judge(b.Context(), all)
				require.NoError(b, err)
			}
			b.ReportMetric(float64((usage.Processor()-used).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

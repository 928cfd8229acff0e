package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/lab"
)

// Each sentence about phones says the same, whether the view shows what the sentence reads
// or all of a phone: after each step of each built-in scenario, and before the first.
func TestExpectationsReadEnough(t *testing.T) {
	for i, s := range Builtin() {
		if s.NotIn[lab.Virtual] != "" || !build.Plays(i) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			p, err := Open(s, lab.Options{
				Mode: lab.Virtual, Seed: int64(i), Phones: min(s.Phones(), 12), Keys: testkeys.NewPool(uint64(i)), KeyBits: 1024,
			})
			require.NoError(t, err)
			defer p.Close()
			readEnough(t, p)
			for _, step := range s.Steps {
				_, err := p.act(t.Context(), step)
				require.NoError(t, err)
				readEnough(t, p)
			}
		})
	}
}

// readEnough compares the two ways for each sentence that can be said of these phones.
func readEnough(t *testing.T, p *Player) {
	t.Helper()
	asked := 0
	for _, sentence := range expectations.Examples() {
		e, err := p.vocabulary().expectation(sentence)
		if err != nil || e.round == nil {
			continue
		}
		part, whole := e.round(p), e.round(p)
		whole.what.reads = fleet.Whole
		p.ask([]*look{part})
		p.ask([]*look{whole})
		require.Equal(t, whole.finding, part.finding, sentence)
		asked++
	}
	require.NotZero(t, asked)
}

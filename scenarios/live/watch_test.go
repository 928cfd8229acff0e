package live_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios"
	"itlsim/scenarios/live"
)

// Who watches a lab at rest is told little but the time, however many phones it has: far under
// 200 kB a second.
func TestLittleIsToldAtRest(t *testing.T) {
	s, ok := scenarios.Find("bulk-reset")
	require.True(t, ok)
	l, err := live.Open(s, lab.Options{
		Mode: lab.Virtual, Phones: 4000, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024, Live: &lab.Live{},
	})
	require.NoError(t, err)
	defer l.Close()
	l.Fleet.Send(phone.PowerOn{}, nil)
	require.NoError(t, l.Advance(t.Context(), 10*time.Minute))
	var w live.Watch
	told := 0
	for began := time.Now(); time.Since(began) < 2*time.Second; time.Sleep(100 * time.Millisecond) {
		if u := w.News(l); u != nil && u.Lab == "" {
			b, err := json.Marshal(u)
			require.NoError(t, err)
			told += len(b)
		}
	}
	require.Positive(t, told)
	require.Less(t, told, 20_000, "bytes in two seconds")
}

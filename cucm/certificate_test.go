package cucm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/itl"
)

var certTime = time.Unix(1393439067, 0)

// zeros is a source of serial numbers that are all the same.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// The lengths of a real cluster's certificates, testdata/golden/README.md.
func TestCertificateLengths(t *testing.T) {
	pool := testkeys.NewPool(1)
	loc := Location{"cisco", "tac", "rtp", "nc", "US"}
	for _, tc := range []struct {
		unit Unit
		cn   string
		want int
	}{
		{CallManager, "test10pub.joemar2.lab", 684},
		{ITLRecovery, "ITLRECOVERY_test10pub.joemar.l", 692},
	} {
		key, err := pool.Key(1024)
		require.NoError(t, err)
		s, err := NewCertificate(tc.unit, loc.name(tc.cn), key, certTime, zeros{})
		require.NoError(t, err)
		require.Equal(t, tc.want, len(s.Certificate.Raw), itl.NameOf(s.Certificate.Subject))
	}
}

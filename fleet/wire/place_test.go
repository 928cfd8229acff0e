package wire

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
	"itlsim/tftp"
)

// Of a hundred phones that boot together, few have a connection at a time while
// servers answer. Those whose servers are silent do not hold the others up.
func TestFewConnectionsAtATime(t *testing.T) {
	const phones = 100
	most := func(answers, patience time.Duration) (most int) {
		limits := patient
		limits.Boots = phones
		l := newLab(t, 1, limits)
		l.fleet.placePatience = patience
		listener, err := net.Listen("tcp4", tftp.HTTPAddress(l.tftp))
		require.NoError(t, err)
		defer listener.Close()
		var mu sync.Mutex
		var open int
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			open += n
			most = max(most, open)
		}
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				count(1)
				time.AfterFunc(answers, func() {
					count(-1)
					conn.Close() // so phones ask by TFTP
				})
			}
		}()
		l.add(phones)
		l.boot(phone.PowerOn{})
		require.Equal(t, phones, l.fleet.States()[phone.Trusted])
		mu.Lock()
		defer mu.Unlock()
		return most
	}
	require.LessOrEqual(t, most(20*time.Millisecond, time.Minute), maxConnections)
	require.Greater(t, most(silence, patienceForPlace), maxConnections)
}

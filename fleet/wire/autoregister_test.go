package wire

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	cucmwire "itlsim/cucm/wire"
	"itlsim/internal/fleettest"
	"itlsim/phone"
)

// A phone that its cluster does not know fares as in virtual time, with
// auto-registration and without.
func TestUnknownPhone(t *testing.T) {
	for _, takesAny := range []bool{true, false} {
		t.Run(fmt.Sprint(takesAny), func(t *testing.T) {
			t.Parallel()
			c := &clock{now: time.Unix(1393439067, 0)}
			cfg := cucm.Cisco117598()
			cfg.Clock, cfg.Keys, cfg.AutoRegister = c, testkeys.NewPool(1), takesAny
			cluster, err := cucm.New(cfg)
			require.NoError(t, err)
			net := fmt.Sprintf("127.1.%d.", labs.Add(1))
			sockets, err := cucmwire.Listen(cluster, []string{net + "2", net + "3"})
			require.NoError(t, err)
			defer sockets.Close()
			f, err := New(Config{Clock: c, Limits: patient})
			require.NoError(t, err)
			defer f.Close()
			f.Add(phone.New(phone.Setup{
				Name: "SEP00000000BEEF", IP: netip.MustParseAddr("127.17.0.9"), Profile: phone.Profiles()[0],
				Servers: []string{cluster.Publisher().Address(cucm.TFTPService)},
			}))
			if takesAny {
				fleettest.AutoRegister(t, f, cluster, func() { c.advance(time.Second) })
			} else {
				fleettest.Rejected(t, f, cluster)
			}
		})
	}
}

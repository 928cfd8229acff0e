package virtual_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet/virtual"
	"itlsim/internal/fleettest"
	"itlsim/phone"
)

// A phone that its cluster does not know fares as on the wire, with auto-registration
// and without.
func TestUnknownPhone(t *testing.T) {
	for _, shared := range []bool{false, true} {
		f, cluster := unknownPhone(t, func(c *cucm.Config) { c.AutoRegister, c.SharedConfigurations = true, shared })
		fleettest.AutoRegister(t, f, cluster, func() { require.NoError(t, f.Advance(t.Context(), time.Second)) })

		f, cluster = unknownPhone(t, func(c *cucm.Config) { c.SharedConfigurations = shared })
		fleettest.Rejected(t, f, cluster)
	}
}

// unknownPhone is one beside a cluster.
func unknownPhone(t *testing.T, change func(*cucm.Config)) (*virtual.Fleet, *cucm.Cluster) {
	clock := virtual.NewClock()
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys = clock, testkeys.NewPool(1)
	change(&cfg)
	cluster, err := cucm.New(cfg)
	require.NoError(t, err)
	f := virtual.New(virtual.Config{Clock: clock, Seed: 1, Network: virtual.LAN()})
	f.Connect(cluster)
	f.Add(phone.New(phone.Setup{
		Name: "SEP00000000BEEF", IP: netip.MustParseAddr("127.16.0.1"), Profile: phone.Profiles()[0],
		Servers: []string{cluster.Publisher().Address(cucm.TFTPService)},
	}))
	return f, cluster
}

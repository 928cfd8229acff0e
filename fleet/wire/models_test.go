package wire

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/fleettest"
	"itlsim/phone"
	"itlsim/tvs"
)

// modelsLab has a phone of each model, which asks the publisher for its files.
func modelsLab(t *testing.T, models ...string) *lab {
	l := newLab(t, 1, patient)
	for i, model := range models {
		profile, _ := phone.ProfileOf(model)
		name := fmt.Sprintf("SEP0011AABB%04X", i)
		l.cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: l.cluster.Nodes()})
		l.fleet.Add(phone.New(phone.Setup{
			Name: name, IP: netip.AddrFrom4([4]byte{127, 17, byte(i >> 8), byte(i)}), Profile: profile,
			Servers: []string{l.pub.Address(cucm.TFTPService)},
		}))
	}
	return l
}

// A few models of each family do on the wire what all of them do in virtual time.
func TestModelsOfEachFamily(t *testing.T) {
	t.Parallel()
	l := modelsLab(t, "8841", "7821", "8875", "7962", "9971", "6921", "7925", "ATA 191", "7960",
		"Unified Client Services Framework", "8899", "7999")
	fleettest.Models(t, l.fleet, l.cluster)
	require.Equal(t, fleet.States{phone.None: 2, phone.Trusted: 10}, l.fleet.States())
	http, all := l.sockets.Traffic().HTTP, 2*12
	require.EqualValues(t, 4*2*2, http.Files, "list and configuration of N and P, twice")
	require.EqualValues(t, all, l.sockets.Traffic().TFTP.NotFound, "every phone asks for a CTL, by TFTP at last")
}

// Phones speak the TLS of their family, really: a TVS that wants a newer one is out of
// reach for them.
func TestTLSOfFamilies(t *testing.T) {
	t.Parallel()
	for minimum, trusted := range map[uint16][]string{
		tls.VersionTLS10: {"7962", "9971", "6921", "8841", "8875", "ATA 191"},
		tls.VersionTLS11: {"8841", "8875", "ATA 191"},
		tls.VersionTLS12: {"8841", "8875", "ATA 191"},
		tls.VersionTLS13: nil,
	} {
		t.Run(tls.VersionName(minimum), func(t *testing.T) {
			t.Parallel()
			l := modelsLab(t, "7962", "9971", "6921", "8841", "8875", "ATA 191")
			l.boot(phone.PowerOn{})
			require.Equal(t, fleet.States{phone.Trusted: 6}, l.fleet.States())

			require.NoError(t, l.sockets.Stop(l.pub, cucm.TVSService))
			server, err := tvs.Listen(l.pub.Address(cucm.TVSService), tvs.ServerConfig{
				MinVersion: minimum, Answer: l.pub.AnswerTVS,
				Certificate: func() *tls.Certificate {
					shown := l.pub.Shown(cucm.TVSUnit)
					return &tls.Certificate{Certificate: [][]byte{shown.Certificate.Raw}, PrivateKey: shown.Key}
				},
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, server.Close()) })
			require.NoError(t, l.pub.Regenerate(cucm.CallManager)) // which resets the phones
			l.settle()
			var follow []string
			for _, v := range l.fleet.Phones() {
				if v.State == phone.Trusted {
					follow = append(follow, v.Profile.Model)
					continue
				}
				require.Equal(t, phone.Locked, v.State, v.Profile.Model)
				require.ErrorContains(t, v.Refusal.Reason, "no TVS", v.Profile.Model)
			}
			require.Equal(t, trusted, follow)
		})
	}
}

package lab_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/sip"
)

// A phone takes settings of its own with its next configuration, in both modes, and not
// before; nobody else does. The cluster knows what it served.
func TestOwnSettings(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			l, err := lab.Open(setup(3), options(mode))
			require.NoError(t, err)
			defer func() { require.NoError(t, l.Close()) }()
			l.Send(phone.PowerOn{}, nil)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			before := l.Views()[0].Flash.Config.Settings
			require.False(t, before.WebAccess)
			var own cnf.Override
			require.NoError(t, own.Set("webAccess", "0"))
			name := l.Views()[1].Name
			require.NoError(t, l.Nodes()[1].ConfigureDevice(name, own))
			require.Equal(t, before, l.Views()[1].Flash.Config.Settings, "it has not asked yet")

			l.Cluster.ResetDevices([]string{name}, sip.Restart)
			require.Eventually(t, func() bool {
				require.NoError(t, l.Advance(t.Context(), time.Second))
				require.NoError(t, l.Fleet.Settle(t.Context()))
				return l.Views()[1].Flash.Config.Settings.WebAccess
			}, time.Minute, time.Millisecond)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			for i, v := range l.Views() {
				require.Equal(t, phone.Trusted, v.State)
				require.Equal(t, own.Over(before) == v.Flash.Config.Settings, i == 1, v.Name)
			}
			if mode == lab.Wire { // only phones by SIP are remembered
				for i, w := range l.Cluster.Registrations() {
					require.Equal(t, map[bool]cucm.Httpd{false: cucm.HttpdNo, true: cucm.HttpdYes}[i == 1], w.Httpd, w.Device.Name)
				}
			}
		})
	}
}

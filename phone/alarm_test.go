package phone_test

import (
	"crypto/sha1"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/phone"
	"itlsim/sip"
)

func TestAlarmTellsOfTheListsAsStored(t *testing.T) {
	l := newLab(t)
	l.run(`
		ctl mixed CallManager SAST=CallManager CCM+TFTP=CallManager
		list one CallManager SAST=CallManager TFTP=CallManager-2 TVS=TVS
		boot
		serve CTL mixed
		boot
		serve ITL one
		boot`)
	sum := func(name string) *sip.Checksum {
		sum := sip.Checksum(sha1.Sum(l.files[name]))
		return &sum
	}
	blank := sip.DeviceTLInfo{Device: device, IPv4: netip.MustParseAddr("10.1.1.7")}
	mixed := blank
	mixed.CTL, mixed.CTLServer = sum("mixed"), "CallManager"
	both := mixed
	both.ITL, both.ITLServer = sum("one"), "CallManager-2" // the TFTP record's name, not the signer's
	require.Empty(t, cmp.Diff([]sip.DeviceTLInfo{blank, mixed, both}, l.alarms, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })))
}

func TestFirmwareThatReportsItsLists(t *testing.T) {
	for firmware, want := range map[string]bool{
		"9.4(1)": true, "9.4(2SR3.1S)": true, "9-4-2SR3-1": true, "9.10(1)": true, "10.3(1)": true, "11-0-1": true, "12.1.1": true, "14": true,
		"9.3(1)SR4": false, "9.3(4)": false, "9-3-4": false, "8.5(3)": false, "9": false, "": false, "of old": false,
	} {
		require.Equal(t, want, (&phone.Profile{Firmware: firmware}).ReportsLists(), firmware)
	}
}

func TestProfiles(t *testing.T) {
	for i := range phone.Profiles {
		want := &phone.Profiles[i]
		for _, name := range []string{want.Model, want.Model + " " + want.Firmware} {
			got, ok := phone.ProfileOf(name)
			require.True(t, ok)
			require.Same(t, want, got)
		}
	}
	_, ok := phone.ProfileOf("8861 9.9(9)")
	require.False(t, ok)
}

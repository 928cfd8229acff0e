package phone_test

import (
	"crypto/sha1"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

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
	sameIP := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	require.Empty(t, cmp.Diff([]sip.DeviceTLInfo{blank, mixed, both}, l.alarms, sameIP))
}

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
	blank := sip.DeviceTLInfo{Device: device, IPv4: netip.MustParseAddr("10.1.1.7"), Code: sip.TLNoneYet}
	mixed := blank
	mixed.CTL, mixed.CTLServer, mixed.Code = sum("mixed"), "CallManager", sip.TLNewCTL
	both := mixed
	both.Code = sip.TLUpdated
	both.ITL, both.ITLServer = sum("one"), "CallManager-2" // the TFTP record's name, not the signer's
	sameIP := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	require.Empty(t, cmp.Diff([]sip.DeviceTLInfo{blank, mixed, both}, l.alarms, sameIP))
}

// StatusCode is what came of the lists in the boot, whatever came of others before.
func TestStatusCodes(t *testing.T) {
	const (
		lists = "list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS SAST=ITLRecovery\n" +
			"list two CallManager SAST=CallManager TFTP=CallManager TVS=TVS-2 SAST=ITLRecovery\nforge bad one\n" +
			"ctl mixed CallManager SAST=CallManager CCM+TFTP=CallManager\n" +
			"ctl next CallManager SAST=CallManager CCM+TFTP=CallManager CAPF=CAPF\nforge worse mixed\n"
		itl, ctl = "serve ITL one\nboot\n", "serve CTL mixed\nboot\n"
		both     = "serve CTL mixed\nserve ITL one\nboot\n"
	)
	for script, want := range map[string]sip.TLCode{
		"boot":                        sip.TLNoneYet,
		"tftp tftp1 silent\nboot":     sip.TLNoServer,
		"serve ITL bad\nboot":         sip.TLNoneYet,
		"serve CTL worse\nboot":       sip.TLNoneYet,
		"serve CTL worse\n" + itl:     sip.TLNewITL,
		itl:                           sip.TLNewITL, // 7821's log
		itl + "serve ITL two\nboot":   sip.TLNewITL, // the same
		itl + "boot":                  sip.TLNewITL,
		itl + "serve ITL bad\nboot":   sip.TLFailed,
		itl + "serve ITL -\nboot":     sip.TLNewITL,
		ctl:                           sip.TLNewCTL,
		ctl + "serve ITL bad\nboot":   sip.TLFailed,
		ctl + itl:                     sip.TLUpdated,
		ctl + "boot":                  sip.TLUpdated,
		both:                          sip.TLNewBoth,
		both + "boot":                 sip.TLUpdated,
		both + "serve CTL next\nboot": sip.TLUpdated,
		both + "serve CTL worse\nserve ITL two\nboot":              sip.TLOnlyITL,
		both + "serve CTL next\nserve ITL bad\nboot":               sip.TLOnlyCTL,
		both + "serve CTL worse\nboot":                             sip.TLFailed,
		both + "serve CTL worse\nserve ITL bad\nboot":              sip.TLFailed,
		both + "tftp tftp1 silent\nboot":                           sip.TLNoServer,
		both + "tftp tftp1 silent\nboot\ntftp tftp1 answers\nboot": sip.TLUpdated,
	} {
		l := newLab(t)
		l.run(lists + script)
		require.Equal(t, want, l.alarms[len(l.alarms)-1].Code, script)
		at, code := l.phone.LastAlarm()
		require.Equal(t, want, code)
		require.False(t, at.IsZero())
	}
}

package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
)

func TestWouldTake(t *testing.T) {
	l := newLab(t)
	l.run(`
		list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS SAST=ITLRecovery
		list two CallManager-2 SAST=CallManager-2 TFTP=CallManager-2 TVS=TVS-2 SAST=ITLRecovery
		resign reset two ITLRecovery
		list bare CallManager SAST=CallManager TFTP=CallManager
		ctl mixed CallManager SAST=CallManager CCM+TFTP=CallManager
		ctl mixed2 CallManager SAST=CallManager-2
		cut short one`)
	for _, tc := range []struct {
		stored, served string
		by             phone.TrustPoint
		state          phone.State
	}{
		{"one", "one", phone.BySameFile, phone.Trusted},
		{"one", "reset", phone.ByITL, phone.Trusted},
		{"one", "two", phone.ByNothing, phone.Locked}, // a TVS might vouch
		{"bare", "two", phone.ByNothing, phone.Untrusted},
		{"one", "short", phone.ByNothing, phone.Locked},
		{"mixed", "mixed2", phone.ByCTL, phone.Trusted},
	} {
		stored, err := itl.ParseList(l.files[tc.stored])
		require.NoError(t, err)
		verdict, state := phone.WouldTake(stored, l.files[tc.served])
		require.Equal(t, tc.by, verdict.By, "%s, then %s", tc.stored, tc.served)
		require.Equal(t, tc.state, state)
	}
}

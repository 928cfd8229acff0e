package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
)

// A secure phone knows its call manager by the CTL alone, in the role of one.
func TestSecuredAuthenticatesByTheCTL(t *testing.T) {
	for _, tc := range []struct {
		lists string
		want  error
	}{
		{"ctl c CallManager SAST=CallManager CCM+TFTP=CallManager CCM+TFTP=Other\nserve CTL c", nil},
		{"ctl c CallManager SAST=CallManager CCM=Other\nserve CTL c", nil},
		{"ctl c CallManager SAST=CallManager SAST=Other CCM+TFTP=CallManager\nserve CTL c", &phone.StrangeCallManagerError{}},
		{"ctl c CallManager SAST=CallManager CCM+TFTP= CCM+TFTP=\nserve CTL c", &phone.StrangeCallManagerError{}},
		{"list l Other SAST=Other TFTP=Other CCM+TFTP=Other\nserve ITL l", &phone.StrangeCallManagerError{NoCTL: true}},
		{"", &phone.StrangeCallManagerError{NoCTL: true}},
	} {
		l := newLab(t)
		l.run(tc.lists + "\nboot")
		secured := phone.Secured{Lists: l.phone.Flash().Lists}
		require.Equal(t, tc.want, secured.Authenticate(l.cert("Other").Certificate.Raw), tc.lists)
	}
}

// A phone takes an LSC of a CAPF that it knows: by its CTL, where that names one.
func TestInstallLSC(t *testing.T) {
	for _, tc := range []struct {
		lists string
		takes bool
	}{
		{"", false},
		{"list l CallManager SAST=CallManager CAPF=CAPF TFTP=CallManager\nserve ITL l", true},
		{"list l CallManager SAST=CallManager CAPF=Other TFTP=CallManager\nserve ITL l", false},
		{"ctl c CallManager SAST=CallManager CAPF=Other\nserve CTL c\n" +
			"list l CallManager SAST=CallManager CAPF=CAPF TFTP=CallManager\nserve ITL l", false},
		{"ctl c CallManager SAST=CallManager CAPF=CAPF\nserve CTL c", true},
		{"ctl c CallManager SAST=CallManager\nserve CTL c\n" +
			"list l CallManager SAST=CallManager CAPF=CAPF TFTP=CallManager\nserve ITL l", true},
	} {
		l := newLab(t)
		l.run(tc.lists + "\nboot")
		lsc := l.cert("LSC")
		ev := phone.InstallLSC{CAPF: l.cert("CAPF").Certificate.Raw, LSCs: map[string]*itl.Signer{l.phone.Name(): &lsc}}
		l.phone.Step(l.now, ev)
		require.Equal(t, tc.takes, l.phone.Flash().LSC == &lsc, tc.lists)
		l.phone.Step(l.now, phone.FactoryReset{})
		require.Nil(t, l.phone.Flash().LSC)
	}
}

package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
)

// A boot and the directory ask TVS about a certificate in the same way, and say
// the same of what came of it.
func TestOneInquiryForBootAndDirectory(t *testing.T) {
	const noneInConfig = "config c0 CallManager\nserve config c0\n"
	const noneInList = "list bare CallManager SAST=CallManager TFTP=CallManager\nserve ITL bare\n"
	const unknown = "list two Other SAST=Other TFTP=Other TVS=TVS\nserve ITL two\ndirectory Other\n"
	for name, script := range map[string]string{
		"every TVS is strange":           "tvs tvs1 shows TVS-2\ntvs tvs2 shows TVS-2",
		"one is strange, one is silent":  "tvs tvs1 shows TVS-2\ntvs tvs2 silent",
		"an authenticated one denies it": "tvs tvs1 silent\ntvs tvs2 shows TVS",
		"the configuration names none":   noneInConfig + "boot",
		"the stored list has no TVS":     noneInList + "boot",
		"neither has any":                noneInConfig + noneInList + "boot",
	} {
		t.Run(name, func(t *testing.T) {
			l := bootedLab(t)
			l.run(script + "\n" + unknown + "open directory\nboot until SEP")
			screen := l.screens[len(l.screens)-1]
			require.Equal(t, phone.HostNotFound, screen.Text)
			require.NotNil(t, l.last.Refusal)
			require.Equal(t, itl.IdentityOf(l.cert("Other").Certificate), l.last.Refusal.Signer)
			require.Equal(t, screen.Reason, error(l.last.Refusal.Reason))
		})
	}
}

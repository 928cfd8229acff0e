package phone_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

func TestStatusMessagesInBothSpellings(t *testing.T) {
	const first, second = `
		boot
		list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
		config c1 CallManager
		serve ITL one
		serve config c1
		boot`, `
		list two CallManager SAST=CallManager TFTP=CallManager TVS=TVS-2
		serve ITL two
		serve CTL short
		cut short two
		boot
		serve ITL short
		serve config short
		boot`
	for model, want := range map[string]string{
		"8861": `File Not Found <CTLFile.tlv>
No Trust List installed
File not found <Cfg File>
File Not Found <CTLFile.tlv>
ITL installed
SEP0011AABBCCDD.cnf.xml
CTL update failed
Trust List updated
SEP0011AABBCCDD.cnf.xml
CTL update failed
Trust List update failed
File auth error
`,
		"7962": `File Not Found <CTLFile.tlv>
No Trust List Installed
CFG File Not Found
File Not Found <CTLFile.tlv>
ITL Installed
SEP0011AABBCCDD.cnf.xml
CTL Update Failed
Trust List Updated
SEP0011AABBCCDD.cnf.xml
CTL Update Failed
Trust List Update Failed
File auth error
`,
	} {
		l := newLab(t)
		l.run("phone " + model + first)
		messages := l.run("status")
		require.True(t, strings.HasPrefix(want, messages), messages)
		l.run(second)
		require.True(t, strings.HasSuffix(want, l.run("status")), l.run("status"))
	}
}

func TestStatusKeepsTheLastMessages(t *testing.T) {
	l := newLab(t)
	l.run(strings.Repeat("wait 1m\nboot\n", 20)) // three messages each
	lines := l.phone.Status()
	require.Len(t, lines, 10)
	last := phone.StatusLine{At: l.now, Message: phone.MsgNoConfig, Text: "File not found <Cfg File>"}
	require.Equal(t, last, lines[9])
	require.True(t, lines[0].At.Before(lines[9].At), "oldest first")
}

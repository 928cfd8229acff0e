package phone_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
)

// The rollback list is one of nothing but SAST and CAPF entries. Any other list is
// a list: the next comes from a known signer.
func TestOnlyTheRollbackListCountsAsNone(t *testing.T) {
	for records, none := range map[string]bool{
		"SAST=CallManager":                                    true,
		"SAST=CallManager SAST=ITLRecovery":                   true,
		"SAST=CallManager CAPF=CAPF SAST=ITLRecovery":         true,
		"SAST=CallManager CCM=Asterisk APP-SERVER=Apache":     false, // as open tools make it
		"SAST=CallManager CCM=Asterisk":                       false,
		"SAST=CallManager APP-SERVER=Apache":                  false,
		"SAST=CallManager CAPF=CAPF TVS=TVS":                  false,
		"SAST=CallManager TFTP=CallManager":                   false,
		"SAST=CallManager CCM+TFTP=CallManager":               false,
		"SAST=CallManager CAPF=CAPF SAST=ITLRecovery CCM=CCM": false,
	} {
		t.Run(records, func(t *testing.T) {
			l := bootedLab(t)
			said := l.run("list own CallManager " + records + "\nserve ITL own\nboot")
			require.Equal(t, "own", l.held(phone.ByITL), said)
			require.Equal(t, none, l.phone.Flash().Lists.OnFaith())
			require.Equal(t, none, l.phone.State() == phone.None, said)

			said = l.run("list foreign Foreign SAST=Foreign TFTP=Foreign TVS=TVS-F\nserve ITL foreign\nboot")
			if none {
				require.Equal(t, "foreign", l.held(phone.ByITL), said)
				return
			}
			require.Equal(t, "own", l.held(phone.ByITL), "a stranger's list is refused")
			require.Greater(t, l.phone.State(), phone.Trusted)

			said = l.run("list next CallManager SAST=CallManager TFTP=CallManager TVS=TVS\nserve ITL next\nboot")
			require.Equal(t, "next", l.held(phone.ByITL), said)
			require.Equal(t, phone.ByITL, l.verdicts[len(l.verdicts)-2].By)
		})
	}
}

// A CTL that a return to non-secure mode has left without servers does not hold up
// what a rollback list lets in (technote 221657). With a server in it, it does
// (technote 213407). By itself it is a list.
func TestACTLBesideTheRollbackList(t *testing.T) {
	const rollback = "list empty CallManager SAST=CallManager CAPF=CAPF\nserve ITL empty\nboot\n"
	for ctl, none := range map[string]bool{
		"SAST=CallManager CAPF=CAPF":                      true,
		"SAST=CallManager CAPF=CAPF CCM+TFTP= CCM+TFTP=":  true, // servers without certificates
		"SAST=CallManager CAPF=CAPF CCM+TFTP=CallManager": false,
	} {
		l := bootedLab(t)
		l.run("ctl own CallManager " + ctl + "\nserve CTL own\nboot\n" + rollback)
		require.Equal(t, none, l.phone.Flash().Lists.OnFaith(), ctl)
		require.Equal(t, none, l.phone.State() == phone.None, ctl)

		l = newLab(t)
		l.run("ctl own CallManager " + ctl + "\nserve CTL own\nboot")
		require.False(t, l.phone.Flash().Lists.OnFaith(), "%s: it must authenticate the first ITL", ctl)
	}
}

// Configurations must be signed where a list has an entry that may sign them, and
// are plain elsewhere, whether there is a list or not.
func TestSignedConfigurationsGoByRole(t *testing.T) {
	for _, tc := range []struct {
		ctl, list string // records; "": there is none
		asks      string
		by        phone.TrustPoint
	}{
		{"", "", "SEP0011AABBCCDD.cnf.xml", phone.ByFaith},
		{"", "SAST=CallManager CAPF=CAPF", "SEP0011AABBCCDD.cnf.xml", phone.ByFaith},
		{"", "SAST=CallManager CCM=Asterisk APP-SERVER=Apache", "SEP0011AABBCCDD.cnf.xml", phone.Unsigned},
		{"", "SAST=CallManager TVS=TVS", "SEP0011AABBCCDD.cnf.xml", phone.Unsigned},
		{"", "SAST=CallManager TFTP=CallManager", "SEP0011AABBCCDD.cnf.xml.sgn", phone.ByITL},
		{"", "SAST=CallManager CCM+TFTP=CallManager", "SEP0011AABBCCDD.cnf.xml.sgn", phone.ByITL},
		{"SAST=CallManager", "", "SEP0011AABBCCDD.cnf.xml", phone.Unsigned},
		{"SAST=CallManager CCM+TFTP=", "", "SEP0011AABBCCDD.cnf.xml", phone.Unsigned},
		{"SAST=CallManager CCM+TFTP=CallManager", "", "SEP0011AABBCCDD.cnf.xml.sgn", phone.ByCTL},
		{"SAST=CallManager CCM+TFTP=", "SAST=CallManager TFTP=CallManager", "SEP0011AABBCCDD.cnf.xml.sgn", phone.ByITL},
		{"SAST=CallManager CCM+TFTP=CallManager", "SAST=CallManager CCM=Asterisk",
			"SEP0011AABBCCDD.cnf.xml.sgn", phone.ByCTL},
	} {
		t.Run(tc.ctl+", "+tc.list, func(t *testing.T) {
			l := newLab(t)
			l.run("config c1 CallManager tvs=tvs1:2445\nserve config c1")
			if tc.ctl != "" {
				l.run("ctl one CallManager " + tc.ctl + "\nserve CTL one")
			}
			if tc.list != "" {
				l.run("list two CallManager " + tc.list + "\nserve ITL two")
			}
			said := l.run("boot")
			fetched := lines(said, "-> Fetch ")
			require.Equal(t, tc.asks+" from tftp1", fetched[len(fetched)-1], said)
			require.Equal(t, tc.by, l.phone.LastBoot().ConfigBy, said)
			require.Equal(t, "c1", l.inForce())
		})
	}
}

// A signer is issuer and serial number, in what TVS said before as well.
func TestAnEarlierAnswerIsAboutIssuerAndSerial(t *testing.T) {
	l := bootedLab(t)
	l.run(`
		twin Foreign CallManager-2
		config c2 CallManager-2 tvs=tvs1:2445
		tvs tvs1 shows TVS CallManager-2:TFTP
		serve config c2
		boot`)
	require.Equal(t, phone.ByTVS, l.last.By)
	l.run("config c3 Foreign\nserve config c3\nboot")
	require.Equal(t, phone.ByNothing, l.last.By)
	require.Contains(t, l.last.Refusal.Error(), "does not vouch")
	require.Equal(t, "c2", l.inForce())
}

// A file of 0 bytes is none for a phone without a list, and malformed for one with
// a list.
func TestFilesOfNoBytes(t *testing.T) {
	const none = "empty none\nserve CTL none\nserve ITL none\nserve ITLFile none\nserve config none\nserve default none\n"
	l := newLab(t)
	said := l.run(none + "boot")
	require.Empty(t, lines(said, "-> Verdict "))
	require.Equal(t, phone.None, l.phone.State())
	require.Equal(t, []string{
		"File Not Found <CTLFile.tlv>", "No Trust List installed", "File not found <Cfg File>",
	}, strings.Split(strings.TrimSpace(l.run("status")), "\n"))

	l = newLab(t)
	said = l.run("phone 8861+HTTP\n" + none + "boot")
	require.Len(t, lines(said, "-> Fetch "), 5, "a file that is there is not asked for again by TFTP")

	l = bootedLab(t)
	said = l.run(none + "boot")
	require.Equal(t, []string{
		"CTLSEP0011AABBCCDD.tlv refused: malformed: a file of 0 bytes",
		"ITLSEP0011AABBCCDD.tlv refused: malformed: a file of 0 bytes",
		"SEP0011AABBCCDD.cnf.xml.sgn refused: malformed: a file of 0 bytes",
	}, lines(said, "-> Verdict "))
	require.Equal(t, phone.Locked, l.phone.State())

	// It counts as none for a phone with the rollback list, too.
	l = bootedLab(t)
	l.run("list rollback CallManager SAST=CallManager CAPF=CAPF\nserve ITL rollback\nboot")
	l.run(none + "boot")
	require.Equal(t, phone.None, l.phone.State())
	require.Equal(t, "rollback", l.held(phone.ByITL))
}

// An ITL of 64 KB is not loaded, a CTL and a configuration of that size are.
func TestLimitsOfFiles(t *testing.T) {
	large := strings.Repeat(" SAST=ITLRecovery", 80)
	l := bootedLab(t)
	l.run("list large CallManager SAST=CallManager TFTP=CallManager" + large + "\nserve ITL large\nboot")
	require.Greater(t, len(l.files["large"]), itl.MaxITL)
	require.EqualError(t, l.phone.LastBoot().ListRefusal,
		"ITLSEP0011AABBCCDD.tlv refused: larger than the 65535 bytes that a phone loads")

	l = bootedLab(t)
	l.run("ctl large CallManager SAST=CallManager CCM+TFTP=CallManager" + large + "\nserve CTL large\nboot")
	require.Equal(t, "large", l.held(phone.ByCTL))

	for name, limit := range map[tftp.Name]int{
		{Kind: tftp.ITL, Device: device}: itl.MaxITL, {Kind: tftp.ITL}: itl.MaxITL,
		{Kind: tftp.CTL, Device: device}: itl.MaxFile, {Kind: tftp.Config}: itl.MaxFile,
		{Kind: tftp.SignedConfig, Device: device}: itl.MaxFile,
	} {
		require.Equal(t, limit, phone.Fetch{Name: name}.Limit(), name)
	}
}

package phone_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tvs"
)

// lines are the lines of a transcript that begin so, without that beginning.
func lines(said, prefix string) []string {
	var found []string
	for _, line := range strings.Split(said, "\n") {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			found = append(found, rest)
		}
	}
	return found
}

const (
	// followed makes list two and config c2, whose signer the phone must ask about.
	followed = `
		list two CallManager-2 SAST=CallManager-2 TFTP=CallManager-2 TVS=TVS SAST=ITLRecovery
		config c2 CallManager-2 tvs=tvs1:2445 web=on
		serve ITL two
		serve config c2
	`
	// lost leaves the phone untrusted: both trust points changed.
	lost = `
		list two CallManager-2 SAST=CallManager-2 TFTP=CallManager-2 TVS=TVS-2 SAST=ITLRecovery
		config c2 CallManager-2 tvs=tvs1:2445,tvs2:2445
		serve ITL two
		serve config c2
		tvs tvs1 shows TVS-2 CallManager-2:SAST,TFTP
		tvs tvs2 shows TVS-2 CallManager-2:SAST,TFTP
		boot
	`
)

func TestOrderOfFiles(t *testing.T) {
	l := newLab(t)
	require.Equal(t, []string{
		"CTLSEP0011AABBCCDD.tlv from tftp1", "ITLSEP0011AABBCCDD.tlv from tftp1",
		"ITLFile.tlv from tftp1", "SEP0011AABBCCDD.cnf.xml from tftp1", "XMLDefault.cnf.xml from tftp1",
	}, lines(l.run("boot"), "-> Fetch "), "without a list the configuration is plain")

	l.run("list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS\nserve ITL one")
	require.Equal(t, []string{
		"CTLSEP0011AABBCCDD.tlv from tftp1", "ITLSEP0011AABBCCDD.tlv from tftp1",
		"SEP0011AABBCCDD.cnf.xml.sgn from tftp1", "XMLDefault.cnf.xml.sgn from tftp1",
	}, lines(l.run("boot"), "-> Fetch "))

	l.run("config c1 CallManager\nserve config c1")
	require.Equal(t, []string{
		"CTLSEP0011AABBCCDD.tlv from tftp1", "ITLSEP0011AABBCCDD.tlv from tftp1",
		"SEP0011AABBCCDD.cnf.xml.sgn from tftp1",
	}, lines(l.run("boot"), "-> Fetch "), "the default file only where the phone's own is missing")
}

func TestGenericListIsTakenWhereThePhonesOwnIsNotFound(t *testing.T) {
	l := newLab(t)
	l.run("list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS\nserve ITLFile one\nboot")
	require.Equal(t, "one", l.held(phone.ByITL))
}

func TestSecondServerIsAskedOnlyWhenTheFirstDoesNotAnswer(t *testing.T) {
	l := newLab(t)
	l.run(`
		list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
		phone 8861 tftp1 tftp2
		serve ITL one tftp2`)
	require.NotContains(t, l.run("boot"), "tftp2", "not found is an answer")

	said := l.run("tftp tftp1 silent\nboot")
	require.Equal(t, []string{
		"CTLSEP0011AABBCCDD.tlv from tftp1", "CTLSEP0011AABBCCDD.tlv from tftp2",
		"ITLSEP0011AABBCCDD.tlv from tftp2", "SEP0011AABBCCDD.cnf.xml.sgn from tftp2",
		"XMLDefault.cnf.xml.sgn from tftp2",
	}, lines(said, "-> Fetch "), "and it stays with the server that answers")
	require.Equal(t, "one", l.held(phone.ByITL))

	said = l.run("boot until ITL\ntftp tftp1 answers\ntftp tftp2 silent\nlate")
	require.Equal(t, "ITLSEP0011AABBCCDD.tlv from tftp1", lines(said, "-> Fetch ")[3],
		"and comes back to the first where that one fails")

	said = l.run("tftp tftp1 silent\nboot")
	require.Len(t, lines(said, "-> Fetch "), 6, "each of three files from both")
}

func TestPhoneWithoutServersGoesOnWithWhatItHas(t *testing.T) {
	l := bootedLab(t)
	l.run("servers")
	said := l.run("boot")
	require.Empty(t, lines(said, "-> Fetch "))
	require.Equal(t, []string{"trusted"}, lines(said, "-> Booted "))
	require.Equal(t, []string{"cm1:5060, Phone-Keypad, alarms: 1"}, lines(said, "-> Register with "))

	l.run("phone 8861 -")
	require.Equal(t, []string{"none"}, lines(l.run("boot"), "-> Booted "))
}

func TestOtherServersAreUsedFromTheNextBoot(t *testing.T) {
	l := newLab(t)
	said := l.run("phone 8861 tftp1 tftp2\ntftp tftp1 silent\nboot until ITL\nservers tftp3\nlate")
	require.NotContains(t, said, "from tftp3")
	for _, f := range lines(l.run("boot"), "-> Fetch ") {
		require.Contains(t, f, "from tftp3")
	}
}

func TestRefusedConfiguration(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		want         phone.State
	}{
		{"signed by no TFTP record", "config c2 ITLRecovery", phone.Locked}, // a SAST record alone; TVS says no
		{"signature wrong", "config good CallManager\nforge c2 good", phone.Locked},
		{"no configuration inside", "junk c2 CallManager", phone.Locked},
		{"a trust list in its place", "resign c2 one CallManager", phone.Locked},
		{"unknown signer, TVS says no", "config c2 CallManager-2", phone.Locked},
		{"unknown signer, TVS lacks the role",
			"config c2 CallManager-2\ntvs tvs1 shows TVS CallManager-2:SAST", phone.Locked},
		{"unknown signer, no TVS answers", "config c2 CallManager-2\ntvs tvs1 silent\ntvs tvs2 silent", phone.Locked},
		{"unknown signer, all TVS strange",
			"config c2 CallManager-2\ntvs tvs1 shows TVS-2\ntvs tvs2 shows TVS-2", phone.Untrusted},
		{"too large", "", phone.Locked},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := bootedLab(t)
			l.run(tc.script)
			if tc.script == "" {
				l.run("serve config huge")
			} else {
				l.run("serve config c2")
			}
			said := l.run("boot")
			require.Equal(t, tc.want, l.phone.State(), said)
			require.Equal(t, "c1", l.inForce(), "the last good one stays in force")
			require.NotEmpty(t, lines(said, "-> Register with "), "and the phone registers with it")
		})
	}
}

func TestConfigurationNotFoundLeavesTheStateToTheList(t *testing.T) {
	for _, how := range []string{"serve config -\nboot", "boot until SEP\ntftp tftp1 silent\nlate"} {
		l := bootedLab(t)
		l.run("config bad CallManager-2\nserve config bad\nboot")
		require.Equal(t, phone.Locked, l.phone.State())
		said := l.run(how)
		require.Equal(t, phone.Trusted, l.phone.State(), said)
		require.Equal(t, "c1", l.inForce())
	}
}

func TestConfigurationMayBeSignedByACCMTFTPRecord(t *testing.T) {
	l := bootedLab(t)
	l.run(`
		list both CallManager SAST=CallManager CCM+TFTP=Other TVS=TVS
		config c2 Other
		serve ITL both
		serve config c2
		boot`)
	require.Equal(t, phone.Trusted, l.phone.State())
	require.Equal(t, "c2", l.inForce())
}

func TestSettingsKeepTheirOldValuesWhileTrustIsLost(t *testing.T) { // M5
	l := bootedLab(t)
	l.run(lost)
	l.run("config c3 CallManager-2 web=on\nserve config c3\nboot\nreset")
	require.Equal(t, phone.Untrusted, l.phone.State())
	require.False(t, l.phone.Flash().Config.Settings.WebAccess)

	l.run("resign reset two ITLRecovery\nserve ITL reset\nboot")
	require.Equal(t, phone.Trusted, l.phone.State())
	require.True(t, l.phone.Flash().Config.Settings.WebAccess)
}

func TestStateIsTheWorseOfListAndConfiguration(t *testing.T) {
	const goodList, badList = "", "forge bad one\nserve ITL bad\n"
	const goodConfig, badConfig = "", "config bad2 CallManager-9\nserve config bad2\n"
	const strange = "tvs tvs1 shows TVS-2\ntvs tvs2 shows TVS-2\n"
	for script, want := range map[string]phone.State{
		goodList + goodConfig:          phone.Trusted,
		goodList + badConfig:           phone.Locked,
		badList + goodConfig:           phone.Locked,
		badList + badConfig:            phone.Locked,
		badList + badConfig + strange:  phone.Untrusted,
		goodList + badConfig + strange: phone.Untrusted,
	} {
		l := bootedLab(t)
		said := l.run(script + "boot")
		require.Equal(t, want, l.phone.State(), said)
	}
}

func TestRefusalNeverImprovesAState(t *testing.T) {
	for name, script := range map[string]string{
		"a malformed list":  "serve ITL c1",
		"a wrong signature": "forge bad one\nserve ITL bad",
		"a TVS that is off": "tvs tvs1 silent\ntvs tvs2 silent",
		"its own list, and then a configuration that a TVS denies": "serve ITL one\ntvs tvs1 shows TVS",
	} {
		t.Run(name, func(t *testing.T) {
			l := bootedLab(t)
			l.run(lost)
			require.Equal(t, phone.Untrusted, l.phone.State())
			said := l.run(script + "\nboot")
			require.Equal(t, phone.Untrusted, l.phone.State(), said)
		})
	}
	t.Run("a locked phone may become untrusted", func(t *testing.T) {
		l := bootedLab(t)
		l.run("forge bad one\nserve ITL bad\nboot")
		require.Equal(t, phone.Locked, l.phone.State())
		l.run(lost)
		require.Equal(t, phone.Untrusted, l.phone.State())
	})
	t.Run("a new list begins anew, and a refused configuration counts for itself", func(t *testing.T) {
		l := bootedLab(t)
		l.run(lost)
		l.run("resign reset two ITLRecovery\nserve ITL reset\njunk bad CallManager-2\nserve config bad\nboot")
		require.Equal(t, "reset", l.held(phone.ByITL))
		require.Equal(t, phone.Locked, l.phone.State())
	})
}

func TestRefusedFileChangesNothingStored(t *testing.T) {
	l := bootedLab(t)
	l.run(followed + "tvs tvs1 shows TVS CallManager-2:SAST,TFTP\nboot") // fills the TVS cache
	l.run("config c3 CallManager-3\nserve config c3")                    // the second refusal of each boot
	before := l.phone.Flash()
	require.NotEmpty(t, before.Vouches)
	for _, served := range []string{
		"cut bad two\nserve ITL bad", "forge bad two\nserve ITL bad", "serve ITL huge",
		"list bad CallManager-3 SAST=CallManager-3\nserve ITL bad",
		"tvs tvs1 shows TVS CallManager-3:SAST,TFTP instead=CallManager",
		"tvs tvs1 shows TVS CallManager-3:TFTP\nforge c3 c3",
		"tvs tvs1 silent", "tvs tvs1 shows TVS-2", "serve CTL bad",
	} {
		said := l.run(served + "\nboot")
		require.NotEqual(t, phone.Trusted, l.phone.State(), said)
		after := l.phone.Flash()
		require.Empty(t, cmp.Diff(before, after, cmp.Comparer(func(a, b *itl.List) bool { return a == b })), said)
	}
}

func TestAuthenticatedAnswerIsFinal(t *testing.T) {
	l := bootedLab(t)
	l.run(followed + "tvs tvs2 shows TVS CallManager-2:SAST,TFTP")
	said := l.run("boot until SEP")
	require.Equal(t, []string{"tvs1:2445 about CallManager-2"}, lines(said, "-> AskTVS "),
		"tvs1 says no; tvs2 is not asked")
	require.Equal(t, "one", l.held(phone.ByITL))
}

func TestNextMemberIsAskedWhereOneIsSilentOrStrange(t *testing.T) {
	for _, first := range []string{"tvs tvs1 silent", "tvs tvs1 shows TVS-2 CallManager-2:SAST,TFTP"} {
		l := bootedLab(t)
		l.run(followed + first + "\ntvs tvs2 shows TVS CallManager-2:SAST,TFTP\nboot")
		require.Equal(t, phone.Trusted, l.phone.State())
		require.Equal(t, "two", l.held(phone.ByITL))
	}
}

func TestMembersComeFromTheConfigurationInForce(t *testing.T) {
	l := bootedLab(t)
	l.run("config c2 CallManager-2 tvs=tvs9:2445\nserve config c2\ntvs tvs9 shows TVS CallManager-2:TFTP")
	said := l.run("boot")
	require.NotContains(t, said, "tvs9", "not from the one being judged")
	require.Equal(t, "c1", l.inForce())
}

func TestQuestionToTVS(t *testing.T) {
	l := bootedLab(t)
	l.run(followed + "boot until SEP")
	want := tvs.Request{
		Command: tvs.QueryRequest, Session: 1001, Device: "CP-8861-" + device,
		Subject: "CN=CallManager-2;O=cisco", Issuer: "CN=CallManager-2;O=cisco",
		Serial: l.cert("CallManager-2").Certificate.SerialNumber.Bytes(),
	}
	require.Empty(t, cmp.Diff(want, l.tvs["tvs1:2445"].lastSeen))
	l.run("late") // the configuration has the same signer
	want.Session++
	require.Empty(t, cmp.Diff(want, l.tvs["tvs1:2445"].lastSeen))
}

func TestCacheOfTVSAnswers(t *testing.T) {
	asked := func(said string) int { return len(lines(said, "-> AskTVS ")) }
	fresh := func() *lab {
		l := bootedLab(t)
		require.Equal(t, 1, asked(l.run(followed+"serve ITL one\ntvs tvs1 shows TVS CallManager-2:TFTP ttl=1h\nboot")))
		return l
	}
	t.Run("holds for its time to live", func(t *testing.T) {
		l := fresh()
		require.Zero(t, asked(l.run("wait 59m\nboot")))
		require.Equal(t, phone.Trusted, l.phone.State())
		require.Equal(t, 1, asked(l.run("wait 1m\nboot")))
	})
	t.Run("for its roles alone", func(t *testing.T) {
		l := fresh()
		require.Equal(t, 1, asked(l.run("serve ITL two\nboot")), "a list needs SAST")
		require.Equal(t, phone.Locked, l.phone.State())
	})
	t.Run("does not excuse a wrong signature", func(t *testing.T) {
		l := fresh()
		require.Zero(t, asked(l.run("forge bad c2\nserve config bad\nboot")))
		require.Equal(t, phone.Locked, l.phone.State())
	})
	t.Run("survives power loss, not the erasing of the lists", func(t *testing.T) {
		l := fresh()
		require.Zero(t, asked(l.run("power off\nboot")))
		require.Equal(t, 1, asked(l.run("erase")))
	})
	t.Run("without time to live is not kept", func(t *testing.T) {
		l := bootedLab(t)
		l.run(followed + "serve ITL one\ntvs tvs1 shows TVS CallManager-2:TFTP ttl=0s\nboot")
		require.Equal(t, "c2", l.inForce())
		require.Empty(t, l.phone.Flash().Vouches)
	})
	t.Run("is emptied by older firmware when it installs a list", func(t *testing.T) {
		for model, want := range map[string]int{"8861": 1, "7962": 0} {
			l := newLab(t)
			l.run("phone " + model + `
				list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
				config c1 CallManager tvs=tvs1:2445
				serve ITL one
				serve config c1
				boot` + followed + "serve ITL one\ntvs tvs1 shows TVS CallManager-2:SAST,TFTP\nboot")
			require.Len(t, l.phone.Flash().Vouches, 1, "of the configuration's signer")
			l.run("serve ITL two\nboot")
			require.Equal(t, "two", l.held(phone.ByITL))
			require.Len(t, l.phone.Flash().Vouches, want, model)
			l.run(`
				list three CallManager-3 SAST=CallManager-3 TFTP=CallManager-2 TVS=TVS
				serve ITL three
				tvs tvs1 shows TVS CallManager-3:SAST
				boot`)
			require.Equal(t, "three", l.held(phone.ByITL))
			require.Len(t, l.phone.Flash().Vouches, 2*want, model)
		}
	})
}

func TestRollbackListCountsAsNone(t *testing.T) {
	l := bootedLab(t)
	said := l.run("list empty CallManager SAST=CallManager SAST=ITLRecovery CAPF=CAPF\nserve ITL empty\nboot")
	require.Equal(t, phone.None, l.phone.State())
	require.Equal(t, "empty", l.held(phone.ByITL))
	require.Contains(t, said, "Fetch SEP0011AABBCCDD.cnf.xml from", "plain configuration")
	l.run("boot")
	require.Equal(t, phone.None, l.phone.State(), "the same bytes")
	l.run("serve ITL -\nboot")
	require.Equal(t, phone.None, l.phone.State(), "not found")

	l.run("list foreign Foreign SAST=Foreign TFTP=Foreign TVS=TVS\nserve ITL foreign\nserve config -\nboot")
	require.Equal(t, "foreign", l.held(phone.ByITL), "next list on faith")
	require.Equal(t, phone.Trusted, l.phone.State())
}

func TestListWithTFTPOrTVSIsNoRollbackList(t *testing.T) {
	for _, records := range []string{"TFTP=CallManager", "CCM+TFTP=CallManager", "TVS=TVS"} {
		l := newLab(t)
		l.run("list one CallManager SAST=CallManager " + records + "\nserve ITL one\nboot")
		require.Equal(t, phone.Trusted, l.phone.State(), records)
	}
}

func TestLockedPhoneDoesNotTakeTheRollbackListOfAnUnknownSigner(t *testing.T) {
	l := bootedLab(t)
	l.run("list empty CallManager-2 SAST=CallManager-2\nserve ITL empty\nboot")
	require.Equal(t, "one", l.held(phone.ByITL))
	require.Equal(t, phone.Locked, l.phone.State())
}

// Mixed mode: the CTL comes first and authenticates what follows.
func TestCTL(t *testing.T) {
	const ctl = "ctl mixed CallManager SAST=CallManager SAST=Token CCM+TFTP=CallManager\nserve CTL mixed\n"
	t.Run("on faith, and then it authenticates even the first ITL", func(t *testing.T) {
		l := newLab(t)
		l.run(ctl + "list foreign Foreign SAST=Foreign TFTP=Foreign TVS=TVS\nserve ITL foreign\nboot")
		require.Equal(t, "mixed", l.held(phone.ByCTL))
		require.Equal(t, "-", l.held(phone.ByITL))
		require.Equal(t, phone.Untrusted, l.phone.State(), "no TVS to ask")

		l.run("list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS\nserve ITL one\nboot")
		require.Equal(t, "one", l.held(phone.ByITL))
		require.Equal(t, phone.ByCTL, l.last.By, "as it does the configuration that is missing here")
		require.Equal(t, phone.Trusted, l.phone.State())
	})
	t.Run("a server in it signs the first ITL, and no other", func(t *testing.T) {
		l := newLab(t)
		l.run(ctl + "ctl both CallManager SAST=CallManager CCM+TFTP=CallManager CCM+TFTP=Other\nserve CTL both\n" +
			"list sub Other SAST=Other TFTP=Other TVS=TVS\nserve ITL sub\nboot")
		require.Equal(t, "sub", l.held(phone.ByITL))
		require.Equal(t, phone.Trusted, l.phone.State())

		l = bootedLab(t)
		l.run("ctl both CallManager SAST=CallManager CCM+TFTP=Other\nserve CTL both\nboot\n" +
			"list sub Other SAST=Other TFTP=Other TVS=TVS\nserve ITL sub\nboot")
		require.Equal(t, "both", l.held(phone.ByCTL))
		require.Equal(t, "one", l.held(phone.ByITL))
		require.Equal(t, phone.Locked, l.phone.State())
	})
	t.Run("alone it is a trust list", func(t *testing.T) {
		l := newLab(t)
		l.run(ctl + "config c1 CallManager\nserve config c1")
		require.Contains(t, l.run("boot"), "Fetch SEP0011AABBCCDD.cnf.xml.sgn")
		require.Equal(t, phone.Trusted, l.phone.State())
		require.Equal(t, phone.ByCTL, l.last.By)
	})
	t.Run("the stored ITL authenticates the first CTL", func(t *testing.T) {
		l := bootedLab(t)
		l.run(ctl + "boot until ITL")
		require.Equal(t, phone.ByITL, l.last.By)
		require.Equal(t, "mixed", l.held(phone.ByCTL))

		l = bootedLab(t)
		l.run("ctl foreign Foreign SAST=Foreign\nserve CTL foreign\nboot")
		require.Equal(t, "-", l.held(phone.ByCTL))
		require.Equal(t, phone.Locked, l.phone.State())
	})
	t.Run("a rollback list beside it does not count as none", func(t *testing.T) {
		l := bootedLab(t)
		l.run(ctl + "list empty CallManager SAST=CallManager\nserve ITL empty\nboot")
		require.Equal(t, "empty", l.held(phone.ByITL))
		require.Equal(t, phone.Trusted, l.phone.State())
	})
	t.Run("messages", func(t *testing.T) {
		l := newLab(t)
		l.run(ctl + `boot
			list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
			serve ITL one
			factory reset
			forge bad mixed
			serve CTL bad
			boot`)
		const noConfig = "File not found <Cfg File>"
		require.Equal(t, []string{"CTL and ITL installed", noConfig, "CTL update failed", noConfig},
			strings.Split(strings.TrimSpace(l.run("status")), "\n"))
	})
}

func TestFirstListMustVerifyUnderItsOwnRecords(t *testing.T) {
	for _, script := range []string{
		"list one CallManager TFTP=CallManager TVS=TVS\nserve ITL one\nboot",
		"list one CallManager SAST=CallManager TVS=TVS\nforge bad one\nserve ITL bad\nboot",
	} {
		l := newLab(t)
		l.run(script)
		require.Equal(t, "-", l.held(phone.ByITL))
		require.Equal(t, phone.Locked, l.phone.State())

		l.run("list good CallManager SAST=CallManager TFTP=CallManager TVS=TVS\nserve ITL good\nboot")
		require.Equal(t, phone.Trusted, l.phone.State(), "the next boot still takes the first list on faith")
	}
}

func TestSHA512(t *testing.T) {
	for model, want := range map[string]phone.State{"8861": phone.Trusted, "7962": phone.Locked} {
		l := newLab(t)
		l.run("phone " + model + `
			list512 one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
			serve ITL one
			boot`)
		require.Equal(t, want, l.phone.State(), model)
	}
}

// There may be a million phones, and one more byte would take sixteen: that is the
// next size which Go allocates.
func TestPhonesAreSmall(t *testing.T) { require.LessOrEqual(t, phone.Size, uintptr(208)) }

func TestLateAnswersAreIgnored(t *testing.T) {
	for _, overtaken := range []string{"power off", "power off\nboot until CTL", "reset", "erase", "factory reset"} {
		for _, at := range []string{"CTL", "ITL", "TVS", "SEP"} {
			l := bootedLab(t)
			l.run(followed + "tvs tvs1 shows TVS CallManager-2:SAST,TFTP\nboot until " + at)
			late := l.pending
			l.run(overtaken)
			before := l.phone.Flash()
			require.Empty(t, l.phone.Step(l.now, l.answer(late)), "%s at %s", overtaken, at)
			require.Equal(t, before, l.phone.Flash())
		}
	}
}

func TestAnswerOfTheWrongKindIsIgnored(t *testing.T) {
	l := bootedLab(t)
	l.run("boot until ITL")
	require.Empty(t, l.phone.Step(l.now, phone.TVSAnswered{Seq: l.pending.(phone.Fetch).Seq}))
	l.run(followed + "boot until TVS")
	require.Empty(t, l.phone.Step(l.now, phone.FileReceived{Seq: l.pending.(phone.AskTVS).Seq, Data: l.files["one"]}))
	l.run("late")
	require.Equal(t, phone.Locked, l.phone.State())
}

func TestPowerAndResets(t *testing.T) {
	l := bootedLab(t)
	l.run("power off")
	require.False(t, l.phone.On())
	for _, missed := range []string{"reset", "erase", "power off"} {
		require.Empty(t, lines(l.run(missed), "->"), missed)
	}
	require.Equal(t, "one", l.held(phone.ByITL), "there is no menu to erase it from")
	l.run("boot until ITL")
	require.Empty(t, l.phone.Step(l.now, phone.PowerOn{}), "it is on already")
	require.Equal(t, []string{"trusted"}, lines(l.run("late"), "-> Booted "))
}

func TestPowerFailureAfterTheFirstList(t *testing.T) {
	l := newLab(t)
	l.run(`
		list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
		serve ITL one
		boot until SEP
		power off
		serve ITL -
		boot`)
	require.Equal(t, phone.Trusted, l.phone.State(), "not none: no other list would be taken on faith")
}

func TestEraseInMidBoot(t *testing.T) {
	l := bootedLab(t)
	l.run(lost + "boot until TVS\nerase")
	require.Equal(t, "two", l.held(phone.ByITL))
	require.Equal(t, phone.Trusted, l.phone.State())
}

// Servers that a person set stand in place of DHCP's, until none are set.
func TestAlternateServers(t *testing.T) {
	l := bootedLab(t)
	asked := func(script string) string { return lines(l.run(script), "-> Fetch")[0] }
	require.Equal(t, " CTL"+device+".tlv from tftp2", asked("alternate tftp2"))
	require.Equal(t, " CTL"+device+".tlv from tftp1", asked("alternate"))
}

func TestErasingNeedsSettingsAccess(t *testing.T) { // M20
	l := bootedLab(t)
	l.run("config shut CallManager settings=off\nserve config shut\nboot" + lost)
	require.Equal(t, phone.Untrusted, l.phone.State())
	require.False(t, l.phone.SettingsAccess())
	for _, act := range []string{"erase", "menu reset", "alternate tftp2"} {
		require.Equal(t, []string{" MenuLocked"}, lines(l.run(act), "->"), act)
	}
	require.Equal(t, phone.Untrusted, l.phone.State())

	l.run("factory reset")
	require.Equal(t, phone.Trusted, l.phone.State())
	require.Equal(t, "c2", l.inForce())
}

func TestCuresOfAnUntrustedPhone(t *testing.T) {
	for name, cure := range map[string]string{
		"utils itl reset":   "resign reset two ITLRecovery\nserve ITL reset",
		"a restored backup": "serve ITL one\nserve config c1",
		"another TFTP server": `
			servers tftp2
			list other CallManager SAST=CallManager TFTP=CallManager TVS=TVS
			serve ITL other tftp2
			serve config c1 tftp2`,
		"a TVS with its old certificate": "tvs tvs1 shows TVS CallManager-2:SAST,TFTP",
		"erasing the lists":              "erase",
		"factory reset":                  "factory reset",
	} {
		t.Run(name, func(t *testing.T) {
			l := bootedLab(t)
			l.run(lost)
			require.Equal(t, phone.Untrusted, l.phone.State())
			said := l.run(cure + "\nboot")
			require.Equal(t, phone.Trusted, l.phone.State(), said)
		})
	}
	t.Run("not utils itl reset, where the list lacks the record (M10)", func(t *testing.T) {
		l := newLab(t)
		l.run(`
			list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
			config c1 CallManager tvs=tvs1:2445
			serve ITL one
			serve config c1
			boot` + lost + "resign reset two ITLRecovery\nserve ITL reset\nboot")
		require.Equal(t, phone.Untrusted, l.phone.State())
	})
}

func TestCuresOfALockedPhone(t *testing.T) {
	locked := func() *lab {
		l := bootedLab(t)
		l.run(followed + "tvs tvs1 silent\ntvs tvs2 silent\nboot")
		require.Equal(t, phone.Locked, l.phone.State())
		return l
	}
	for _, cure := range []string{"tvs tvs2 shows TVS CallManager-2:SAST,TFTP", "serve ITL one\nserve config c1"} {
		l := locked()
		l.run(cure + "\nboot")
		require.Equal(t, phone.Trusted, l.phone.State(), cure)
	}
}

// M21: a reset does not move phones between clusters.
func TestPhoneOfOneClusterPointedAtAnother(t *testing.T) {
	l := bootedLab(t)
	l.run(`
		list b CallManager-B SAST=CallManager-B TFTP=CallManager-B TVS=TVS-B SAST=ITLRecovery-B
		resign breset b ITLRecovery-B
		config cb CallManager-B tvs=tvsb:2445
		serve config cb tftpb
		servers tftpb`)
	for _, list := range []string{"b", "breset"} {
		for _, tvs := range []string{"tvs tvs1 shows TVS", "tvs tvs1 silent\ntvs tvs2 silent"} {
			l.run(tvs + "\nserve ITL " + list + " tftpb\nboot")
			require.Equal(t, phone.Locked, l.phone.State())
			require.Equal(t, "one", l.held(phone.ByITL))
		}
	}
}

func TestAlarm(t *testing.T) {
	for model, want := range map[string]int{"8861": 2, "7925": 0} {
		l := newLab(t)
		l.run("phone " + model + `
			list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS
			serve ITL one
			boot until SEP`)
		require.Len(t, l.alarms, want/2, "raised when the list step ends")
		l.run("late\nboot")
		require.Len(t, l.alarms, want, "once a boot, whether the list changed or not")
	}
}

func TestLibraryHoldsEqualThingsOnce(t *testing.T) {
	l := bootedLab(t)
	l.run(followed + "tvs tvs1 shows TVS CallManager-2:SAST,TFTP\nboot")
	first := l.phone.Flash()
	l.run(`
		config other CallManager-2 tvs=tvs1:2445 web=on
		serve config other
		phone 8861
		serve ITL one
		serve config c1
		boot
		serve ITL two
		serve config other
		boot`)
	second := l.phone.Flash()
	require.Same(t, first.Lists.ITL, second.Lists.ITL)
	require.Same(t, first.Vouches[0].Key, second.Vouches[0].Key)
	require.NotEqual(t, first.ConfigSum, second.ConfigSum, "two files")
	require.Same(t, first.Config, second.Config, "that say the same")
}

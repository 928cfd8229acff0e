package phone_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

// largeITL makes an ITL of more than 64 KB that a known signer has signed.
var largeITL = "list large CallManager SAST=CallManager TFTP=CallManager TVS=TVS" +
	strings.Repeat(" SAST=ITLRecovery", 80) + "\n"

// Each row of the table of trust states. A phone of the rows "none" comes from
// the factory; the others hold list one, of CallManager, TVS and ITLRecovery,
// and config c1, which names two TVS.
func TestTable(t *testing.T) {
	const next = "list two CallManager-2 SAST=CallManager-2 TFTP=CallManager-2 TVS=TVS SAST=ITLRecovery\n" +
		"serve ITL two\n"
	for _, tc := range []struct {
		stored, served string
		script         string // what is served, and how TVS behaves
		holds          string // the ITL held afterwards
		state          phone.State
		message        string // the status message about the list, if any
	}{
		{"none", "parses, and verifies under its own records",
			"serve ITL one\nserve config c1", "one", phone.Trusted, "ITL installed"},
		{"none", "parses, and verifies under its own records; the installed CTL authenticates it",
			"ctl mixed CallManager SAST=CallManager CCM+TFTP=CallManager\nserve CTL mixed\nboot\n" +
				"serve ITL one\nserve config c1",
			"one", phone.Trusted, "ITL installed"},
		{"none", "not found under either name",
			"serve config c1", "-", phone.None, "No Trust List installed"},

		{"any", "not found under either name",
			"serve ITL -", "one", phone.Trusted, ""},
		{"any", "no answer",
			"tftp tftp1 silent", "one", phone.Trusted, "TFTP timeout"},
		{"any", "the same bytes",
			"", "one", phone.Trusted, ""},
		{"any", "signer has a SAST record in the stored ITL, signature valid",
			"list new CallManager SAST=CallManager TFTP=CallManager TVS=TVS-2 SAST=ITLRecovery\nserve ITL new",
			"new", phone.Trusted, "Trust List updated"},
		{"any", "signer has a SAST record in the stored ITL, signature valid: ITLRECOVERY",
			"resign reset one ITLRecovery\nserve ITL reset", "reset", phone.Trusted, "Trust List updated"},
		{"any", "signer has a SAST record in the stored CTL, signature valid",
			"ctl mixed CallManager SAST=Other CCM+TFTP=CallManager\nserve CTL mixed\nboot\n" +
				"list new Other SAST=Other TFTP=CallManager TVS=TVS\nserve ITL new",
			"new", phone.Trusted, "Trust List updated"},
		{"any", "such a signer, signature wrong",
			"forge bad one\nserve ITL bad", "one", phone.Locked, "Trust List update failed"},

		{"any", "unknown signer; an authenticated TVS returns its certificate with role SAST, " +
			"and the signature is valid under it",
			next + "tvs tvs1 shows TVS CallManager-2:SAST,TFTP\n" +
				"config c2 CallManager-2 tvs=tvs1:2445\nserve config c2",
			"two", phone.Trusted, "Trust List updated"},
		{"any", "unknown signer; an authenticated TVS says no",
			next, "one", phone.Locked, "Trust List update failed"},
		{"any", "unknown signer; an authenticated TVS lacks the role",
			next + "tvs tvs1 shows TVS CallManager-2:TFTP", "one", phone.Locked, "Trust List update failed"},
		{"any", "unknown signer; an authenticated TVS's certificate does not verify the file",
			next + "tvs tvs1 shows TVS CallManager-2:SAST\nforge bad two\nserve ITL bad",
			"one", phone.Locked, "Trust List update failed"},
		{"any", "unknown signer; an authenticated TVS returns another certificate",
			next + "tvs tvs1 shows TVS CallManager-2:SAST instead=CallManager",
			"one", phone.Locked, "Trust List update failed"},

		{"any", "unknown signer; no TVS authenticated, and none reached",
			next + "tvs tvs1 silent\ntvs tvs2 silent", "one", phone.Locked, "Trust List update failed"},
		{"any", "unknown signer; no TVS authenticated, and the first not reached",
			next + "tvs tvs1 silent\ntvs tvs2 shows TVS-2", "one", phone.Locked, "Trust List update failed"},
		{"any", "unknown signer; no TVS authenticated, and the last not reached",
			next + "tvs tvs1 shows TVS-2\ntvs tvs2 silent", "one", phone.Locked, "Trust List update failed"},

		{"any", "unknown signer; every TVS member showed a certificate not in the stored ITL",
			next + "tvs tvs1 shows TVS-2\ntvs tvs2 shows TVS-2", "one", phone.Untrusted, "Trust List update failed"},
		{"any", "unknown signer; no member in the configuration",
			"config c0 CallManager\nserve config c0\nboot\n" + next,
			"one", phone.Untrusted, "Trust List update failed"},
		{"any", "unknown signer; no TVS record in the list",
			"list bare CallManager SAST=CallManager TFTP=CallManager\nserve ITL bare\nboot\n" + next,
			"bare", phone.Untrusted, "Trust List update failed"},

		{"any", "unknown signer: the serial number of a known one, under another issuer",
			"twin Foreign CallManager\nlist new Foreign SAST=Foreign TFTP=Foreign TVS=TVS\nserve ITL new",
			"one", phone.Locked, "Trust List update failed"},
		{"any", "unknown signer; an authenticated TVS returns a certificate of its serial number by another issuer",
			"twin CallManager-2 CallManager-9\n" + next + "tvs tvs1 shows TVS CallManager-2:SAST instead=CallManager-9",
			"one", phone.Locked, "Trust List update failed"},

		{"any", "malformed", "serve ITL c1", "one", phone.Locked, "Trust List update failed"},
		{"any", "truncated", "cut short one\nserve ITL short", "one", phone.Locked, "Trust List update failed"},
		{"any", "too large", "serve ITL huge", "one", phone.Locked, "Trust List update failed"},
		{"any", "an ITL of more than 64 KB, whatever its signer", largeITL + "serve ITL large",
			"one", phone.Locked, "Trust List update failed"},
		{"any (here none)", "an ITL of more than 64 KB", largeITL + "serve ITL large\nserve config c1",
			"-", phone.Locked, "Trust List update failed"},
		{"any", "a file of 0 bytes", "empty none\nserve ITL none", "one", phone.Locked, "Trust List update failed"},
		{"none", "a file of 0 bytes", "empty none\nserve ITL none\nserve ITLFile none\nserve config c1",
			"-", phone.None, "No Trust List installed"},
		{"any (here none)", "malformed", "cut short one\nserve ITL short\nserve config c1",
			"-", phone.Locked, "Trust List update failed"},
	} {
		t.Run(tc.stored+"/"+tc.served, func(t *testing.T) {
			l := bootedLab(t)
			if tc.stored != "any" {
				l.run("phone 8861\nserve ITL -\nserve config -")
			}
			l.run(tc.script)
			before := len(l.phone.Status())
			said := l.run("boot")

			require.Equal(t, tc.state, l.phone.State(), said)
			require.Equal(t, tc.holds, l.held(phone.ByITL), said)
			var messages []string
			for _, s := range l.phone.Status()[before:] {
				switch s.Message {
				case phone.MsgConfigUsed, phone.MsgNoCTLFile, phone.MsgNoConfig:
				default:
					messages = append(messages, s.Text)
				}
			}
			switch {
			case tc.message == "":
				require.Empty(t, messages)
			case tc.message == "TFTP timeout": // of every file
				require.Contains(t, messages, tc.message)
			default:
				require.Equal(t, []string{tc.message}, messages)
			}
		})
	}
}

// "As before": what was refused once is not forgotten because nothing comes. But
// with nothing stored there is nothing to be locked about.
func TestStateAsBefore(t *testing.T) {
	lost := "list two CallManager-2 SAST=CallManager-2 TFTP=CallManager-2 TVS=TVS-2\nserve ITL two\n" +
		"tvs tvs1 shows TVS-2\ntvs tvs2 shows TVS-2\nboot\n"
	refused := "forge bad one\nserve ITL bad\nboot\n"
	for _, tc := range []struct {
		name, script string
		want         phone.State
	}{
		{"untrusted, then not found", lost + "serve ITL -\nboot", phone.Untrusted},
		{"untrusted, then no answer", lost + "tftp tftp1 silent\nboot", phone.Untrusted},
		{"locked, then not found", refused + "serve ITL -\nboot", phone.Locked},
		{"locked, then no answer", refused + "tftp tftp1 silent\nboot", phone.Locked},
		{"locked at the first list, then no answer",
			"phone 8861\n" + refused + "tftp tftp1 silent\nboot", phone.Locked},
		{"locked at the first list, then not found", "phone 8861\n" + refused + "serve ITL -\nboot", phone.None},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := bootedLab(t)
			said := l.run(tc.script)
			require.Equal(t, tc.want, l.phone.State(), said)
		})
	}
}

package phone_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
)

// The words of each refusal, as reports show them: {new} stands for
// CallManager-2's name and serial number.
func TestWordsOfRefusals(t *testing.T) {
	const (
		unknown = "list two CallManager-2 SAST=CallManager-2 TVS=TVS\nserve ITL two\n"
		who     = "ITLSEP0011AABBCCDD.tlv refused: "
	)
	for _, tc := range []struct {
		script, words string
		reason        phone.Reason // its type alone counts
	}{
		{"serve ITL c1.plain",
			"malformed at offset 0, tag 60 UNKNOWN: length 25701, but only 487 bytes are left",
			new(phone.MalformedError)},
		{"serve ITL huge", "larger than the 65535 bytes that a phone loads", new(phone.MalformedError)},
		{"phone 7962\nlist512 new CallManager SAST=CallManager\nserve ITL new",
			"signed with SHA-512, which this firmware does not know",
			new(phone.DigestError)},
		{"list new CallManager-2 TFTP=CallManager-2\nserve ITL new\nphone 8861",
			"the signer ({new}) has no SAST record in the list itself",
			new(phone.ForgedError)},
		{unknown + "forge bad two\nserve ITL bad\ntvs tvs1 shows TVS CallManager-2:SAST",
			"ITLFile.tlv: the signature of {new} does not verify: " +
				"another key made the signature, or the content was changed (its key: TVS)",
			new(phone.ForgedError)},
		{unknown, "unknown signer ({new}), and TVS tvs1:2445 does not vouch for it", new(phone.DeniedError)},
		{unknown + "tvs tvs1 shows TVS CallManager-2:TFTP",
			"unknown signer ({new}), and TVS tvs1:2445 does not give it the role System Administrator Security Token",
			new(phone.DeniedError)},
		{unknown + "tvs tvs1 shows TVS CallManager-2:SAST instead=TVS",
			"unknown signer ({new}), and TVS tvs1:2445 answers with another certificate ({TVS})",
			new(phone.DeniedError)},
		{unknown + "tvs tvs1 shows Other\ntvs tvs2 silent",
			"unknown signer ({new}), and no TVS could be asked: " +
				"TVS tvs1:2445: its TLS certificate is not in the stored ITL; tvs2:2445: no answer in time",
			new(phone.NoTVSAnswerError)},
		{unknown + "tvs tvs1 shows Other\ntvs tvs2 shows Other",
			"unknown signer ({new}), and every TVS shows a certificate that is not in the stored ITL",
			new(phone.LostError)},
		{"config c0 CallManager\nserve config c0\nboot\n" + unknown,
			"unknown signer ({new}), and the configuration names no TVS to ask", new(phone.LostError)},
		{"list bare CallManager SAST=CallManager TFTP=CallManager\nserve ITL bare\nboot\n" + unknown,
			"unknown signer ({new}), and the stored list has no TVS record to ask by", new(phone.LostError)},
	} {
		l := bootedLab(t)
		l.run(tc.script + "\nboot until SEP")
		words := strings.NewReplacer(
			"{new}", itl.IdentityOf(l.cert("CallManager-2").Certificate).String(),
			"{TVS}", itl.IdentityOf(l.cert("TVS").Certificate).String(),
		).Replace(tc.words)
		require.NotNil(t, l.last.Refusal, tc.script)
		require.EqualError(t, l.last.Refusal, who+words)
		require.IsType(t, tc.reason, l.last.Refusal.Reason)
	}
}

func TestCausesOfRefusals(t *testing.T) {
	l := bootedLab(t)
	l.run("forge bad one\nserve ITL bad\nboot until SEP")
	_, ok := errors.AsType[*itl.SignatureError](error(l.last.Refusal))
	require.True(t, ok)
	require.Equal(t, "CallManager", cn(l.last.Refusal.Signer))

	l.run("cut bad one\nserve ITL bad\nboot until SEP")
	_, ok = errors.AsType[*itl.FormatError](error(l.last.Refusal))
	require.True(t, ok)

	l.run(`
		list two CallManager-2 SAST=CallManager-2
		serve ITL two
		tvs tvs1 shows TVS-2
		tvs tvs2 silent
		boot until SEP`)
	strange, ok := errors.AsType[*phone.StrangeTVSError](error(l.last.Refusal))
	require.True(t, ok)
	require.Equal(t, "tvs1:2445", strange.Server)
}

// What a phone remembers of a file that it refused is little, and not the file, of
// which each phone of a fleet has another.
func TestRefusalsDoNotHoldFiles(t *testing.T) {
	for what, script := range map[string]string{
		"an unknown signer":           "config c2 CallManager-2\nserve config c2",
		"a signature that is wrong":   "forge bad c1\nserve config bad",
		"a stub":                      "stub s CallManager\nserve config s",
		"one that it cannot decrypt":  "stub s CallManager\nserve config s\nencrypted e CallManager\nserve encrypted e",
		"one that nobody vouches for": "config c2 CallManager-2\nserve config c2\ntvs tvs1 silent\ntvs tvs2 shows TVS-2",
	} {
		t.Run(what, func(t *testing.T) {
			l := bootedLab(t)
			l.run(script + "\nboot")
			require.NotNil(t, l.phone.LastBoot().Refusal)
			require.Greater(t, len(l.configs), 1)
			runtime.GC()
			for _, config := range l.configs {
				require.Nil(t, config.Value())
			}
			runtime.KeepAlive(l)
		})
	}
}

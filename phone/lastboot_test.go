package phone_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
)

func TestLastBoot(t *testing.T) {
	l := bootedLab(t)
	require.Equal(t, phone.LastBoot{ListBy: phone.ByFaith, ConfigBy: phone.ByITL}, l.phone.LastBoot())

	// The list is refused, the configuration taken.
	l.run("forge bad one\nserve ITL bad\nboot")
	last := l.phone.LastBoot()
	require.Equal(t, phone.LastBoot{ConfigBy: phone.ByITL, Refusal: last.Refusal, ListRefusal: last.Refusal}, last)
	require.Equal(t, "ITL"+device+".tlv", last.Refusal.File.String())

	// Both are refused: the last is the configuration.
	l.run("config c2 CallManager-2\nserve config c2\nboot")
	last = l.phone.LastBoot()
	require.Equal(t, device+".cnf.xml.sgn", last.Refusal.File.String())
	require.Equal(t, "ITL"+device+".tlv", last.ListRefusal.File.String())
	require.Equal(t, phone.ByNothing, last.ListBy)
	require.Equal(t, phone.ByNothing, last.ConfigBy)

	require.Equal(t, []*phone.Refusal{last.ListRefusal, last.Refusal}, last.Refusals())

	// So is the CTL before them.
	l.run("ctl foreign Foreign SAST=Foreign\nserve CTL foreign\nboot")
	last = l.phone.LastBoot()
	var files []string
	for _, r := range last.Refusals() {
		files = append(files, r.File.String())
	}
	require.Equal(t, []string{"CTL" + device + ".tlv", "ITL" + device + ".tlv", device + ".cnf.xml.sgn"}, files)

	// It stays while the phone is off, and the next boot begins anew.
	l.run("power off")
	require.Equal(t, last, l.phone.LastBoot())
	l.run("boot until CTL")
	require.Zero(t, l.phone.LastBoot())
}

func TestVerdictsSayWhatTheyAreAbout(t *testing.T) {
	l := bootedLab(t)
	l.run(`
		ctl mixed CallManager SAST=CallManager CCM+TFTP=CallManager
		serve CTL mixed
		forge bad one
		serve ITL bad
		boot`)
	var kinds []tftp.Kind
	for _, v := range l.verdicts[len(l.verdicts)-3:] {
		kinds = append(kinds, v.File.Kind)
	}
	require.Equal(t, []tftp.Kind{tftp.CTL, tftp.ITL, tftp.SignedConfig}, kinds)
}

// Phones that refuse alike share what is known of their boots; each is told with
// its own name.
func TestPhonesShareWhatTheyRefused(t *testing.T) {
	library := &phone.Library{}
	large := make([]byte, itl.MaxFile+1)
	refuses := func(name string, file []byte) *phone.Phone {
		p := phone.New(phone.Setup{
			Name: name, Profile: phone.Profiles()[0], Servers: []string{"tftp"}, Library: library,
		})
		fetch := p.Step(time.Now(), phone.PowerOn{})[0].(phone.Fetch)
		p.Step(time.Now(), phone.FileReceived{Seq: fetch.Seq, Data: file})
		return p
	}
	a, b, c := refuses("SEPA", large), refuses("SEPB", large), refuses("SEPC", []byte("no list"))
	require.True(t, phone.ShareLastBoot(a, b))
	require.False(t, phone.ShareLastBoot(a, c))
	require.True(t, phone.ShareCommon(a, c))
	require.EqualError(t, a.LastBoot().Refusal, "CTLSEPA.tlv refused: larger than the 2097152 bytes that a phone loads")
	require.EqualError(t, b.LastBoot().ListRefusal, "CTLSEPB.tlv refused: larger than the 2097152 bytes that a phone loads")
	require.ErrorContains(t, c.LastBoot().Refusal, "CTLSEPC.tlv refused: malformed at offset 0")
}

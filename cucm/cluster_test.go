package cucm_test

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// M1, M2: each node serves a list of its own; the publisher's CAPF, TVS and
// recovery certificates are in both.
func TestEachNodeBuildsItsList(t *testing.T) {
	l := newLab(t)
	for _, n := range l.Nodes() {
		var got []string
		for _, rec := range n.ITL().Records {
			got = append(got, rec.Role.String()+" "+strings.SplitN(rec.Subject, ";", 2)[0])
		}
		capf := itl.NameOf(l.Pub.Certificate(cucm.CAPFUnit).Certificate.Subject)
		want := []string{
			"System Administrator Security Token CN=" + n.FQDN(),
			"TFTP CN=" + n.FQDN(),
			"CAPF " + strings.SplitN(capf, ";", 2)[0],
			"TVS CN=test10pub.joemar2.lab",
			"System Administrator Security Token CN=ITLRECOVERY_test10pub.joemar2.lab",
			"TVS CN=test10sub.joemar2.lab",
		}
		require.Empty(t, cmp.Diff(want, got), n.Name())
		require.NoError(t, n.ITL().VerifySelf())
		for i, full := range []bool{true, true, false, false, true, false} {
			require.Equal(t, full, n.ITL().Records[i].Certificate != nil, "record %d", i+1)
		}
	}
	require.NotEqual(t, l.Pub.ITL().SHA1(), l.Sub.ITL().SHA1())
}

// M11: the cluster of the golden dumps, built as their README says, has their
// lengths before and after the reset.
func TestShowITLHasTheGoldenLengths(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) {
		c.Nodes[1].KeyBits = map[cucm.Unit]int{cucm.TVSUnit: 2048}
		// the recovery certificate's name has 65 characters
		c.Nodes[0].RecoveryName = "ITLRECOVERY_test10pub.joemar.l"
	})
	cucmtest.SameListing(t, golden(t, "show-itl-before-reset.txt", "show itl"), l.Must(l.Pub, "show itl"))
	l.Must(l.Pub, "utils itl reset localkey", password)
	cucmtest.SameListing(t, golden(t, "show-itl-after-reset.txt", "show itl"), l.Must(l.Pub, "show itl"))
}

// M13: the dialogue, the reset of the phones, and the guard.
func TestRegenerateAndTheFiveMinuteGuard(t *testing.T) {
	l := newLab(t)
	l.Register(phoneName)
	before := l.Sub.ITL()

	out := l.Must(l.Pub, "set cert regen CallManager", "yes")
	cucmtest.SamePrinted(t, golden(t, "set-cert-regen.txt", "set cert regen CallManager"), out)
	require.Equal(t, [][]string{{phoneName}}, l.Resets)
	require.NoError(t, l.Pub.ITL().VerifySelf())
	require.Same(t, before, l.Sub.ITL(), "the subscriber's list holds no CallManager certificate but its own")

	served := l.Pub.ITL()
	out, err := l.Types(l.Pub, "set cert regen TVS", "yes")
	cucmtest.SamePrinted(t, golden(t, "set-cert-regen.txt", "set cert regen TVS"), out)
	var guard *cucm.GuardError
	require.ErrorAs(t, err, &guard)
	require.Same(t, served, l.Pub.ITL())
	l.Must(l.Sub, "set cert regen CallManager", "yes") // the guard is each node's own

	l.Wait(5 * time.Minute)
	l.Must(l.Pub, "set cert regen TVS", "yes")
	require.NotSame(t, served, l.Pub.ITL())
	require.Len(t, l.Resets, 3)
}

func TestRegenerationIsAskedFor(t *testing.T) {
	l := newLab(t)
	before := l.Pub.ITL()
	_, err := l.Types(l.Pub, "set cert regen CallManager", "no")
	require.ErrorContains(t, err, "answered with no")
	require.Same(t, before, l.Pub.ITL())
	_, err = l.Types(l.Pub, "set cert regen Callmanger", "yes")
	require.ErrorContains(t, err, "CallManager", "it names what there is")
}

// M14: a regenerated ITLRecovery reaches the lists with the next TFTP start.
func TestRecoveryKeyWaitsForTFTP(t *testing.T) {
	l := newLab(t)
	l.Register(phoneName)
	before := l.Pub.ITL()
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	require.Same(t, before, l.Pub.ITL())
	require.Empty(t, l.Resets)

	_, err := l.Types(l.Pub, "utils itl reset localkey", password)
	require.ErrorContains(t, err, "restart Cisco Tftp")
	require.Same(t, before, l.Pub.ITL())

	l.Wait(6 * time.Minute)
	l.Must(l.Pub, "set cert regen CallManager", "yes") // a rebuild is no start
	holds := func() bool {
		_, ok := l.Pub.ITL().Find(itl.IdentityOf(l.Pub.Certificate(cucm.ITLRecovery).Certificate), itl.SAST)
		return ok
	}
	require.False(t, holds())
	l.Must(l.Pub, "utils service restart Cisco Tftp")
	require.True(t, holds())
	l.Must(l.Pub, "utils itl reset localkey", password)
}

// M7, M9, M12: the transcript, one list everywhere until TFTP starts again.
func TestResetLocalkey(t *testing.T) {
	l := newLab(t)
	contents := l.Pub.ITL().Bytes()[l.Pub.ITL().Length:]
	out := l.Must(l.Pub, "utils itl reset localkey", password)
	cucmtest.SamePrinted(t, golden(t, "utils-itl-reset-localkey.txt", "utils itl reset localkey"), out)
	for _, n := range l.Nodes() {
		list := n.ITL()
		require.Equal(t, contents, list.Bytes()[list.Length:], "the contents are the publisher's, to the byte")
		require.True(t, list.Signer.Same(itl.IdentityOf(l.Pub.Certificate(cucm.ITLRecovery).Certificate)))
		require.NoError(t, list.VerifySelf())
	}
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	require.Equal(t, "CN=test10sub.joemar2.lab;OU=tac;O=cisco;L=rtp;ST=nc;C=US", l.Sub.ITL().Signer.Subject)
	require.Contains(t, l.Pub.ITL().Signer.Subject, "ITLRECOVERY", "its TFTP has not been restarted")

	_, err := l.Types(l.Sub, "utils itl reset localkey", password)
	require.ErrorIs(t, err, cucm.ErrNotPublisher)
	_, err = l.Types(l.Pub, "utils itl reset localkey", "wrong")
	require.Error(t, err)
}

// A regeneration ends a reset list too (trust-states, last part).
func TestRebuildEndsTheResetList(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, "utils itl reset localkey", password)
	l.Must(l.Sub, "set cert regen TVS", "yes")
	for _, n := range l.Nodes() {
		require.Contains(t, n.ITL().Signer.Subject, n.FQDN())
	}
}

// A publisher without TFTP still builds its list, and the reset uses it.
func TestPublisherWithoutTFTP(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Nodes[0].TFTP = false })
	out := l.Must(l.Pub, "utils itl reset localkey", password)
	require.Contains(t, out, "['test10sub']")
	own := itl.IdentityOf(l.Pub.Certificate(cucm.CallManager).Certificate)
	require.Equal(t, own.Serial, l.Sub.ITL().Records[0].Serial)
}

func TestTVSKnowsPresentAndEarlierCertificates(t *testing.T) {
	l := newLab(t)
	first := l.Sub.Certificate(cucm.CallManager)
	l.Must(l.Sub, "set cert regen CallManager", "yes")
	for _, cert := range []*cucm.Certificate{first, l.Sub.Certificate(cucm.CallManager)} {
		id := itl.IdentityOf(cert.Certificate)
		a := l.Pub.AnswerTVS(tvs.Request{
			Command: tvs.QueryRequest, Session: 1001, Subject: id.Subject, Issuer: id.Issuer, Serial: id.Serial,
		})
		require.Empty(t, cmp.Diff(tvs.Answer{
			Command: tvs.QueryAnswer, Session: 1001, Status: tvs.Valid,
			Certificate: cert.Certificate.Raw, Roles: []itl.Role{itl.SAST, itl.TFTP}, TTL: 24 * time.Hour,
		}, a))
	}
	asked := func(n *cucm.Node, req tvs.Request) tvs.Status { return n.AnswerTVS(req).Status }
	tomcat := l.Pub.Certificate(cucm.Tomcat).Certificate.Raw
	require.Equal(t, tvs.Valid, asked(l.Sub, tvs.Request{Command: tvs.VerifyRequest, Certificate: tomcat}))
	require.Equal(t, tvs.Invalid, asked(l.Sub, tvs.Request{Command: tvs.VerifyRequest, Certificate: tomcat[1:]}))
	id := itl.IdentityOf(l.Pub.Certificate(cucm.TVSUnit).Certificate)
	query := tvs.Request{Command: tvs.QueryRequest, Issuer: id.Issuer, Serial: id.Serial}
	require.Equal(t, tvs.Invalid, asked(l.Pub, query), "a TVS certificate signs nothing")
}

func TestFiles(t *testing.T) {
	l := newLab(t)
	l.Register(phoneName)
	for _, name := range []string{"ITLFile.tlv", "ITL" + phoneName + ".tlv"} {
		data, err := l.Sub.File(name)
		require.NoError(t, err)
		require.Equal(t, l.Sub.ITL().Bytes(), data)
	}
	for _, name := range []string{"CTL" + phoneName + ".tlv", "SEP00000000BEEF.cnf.xml.sgn", "../etc/passwd", ""} {
		_, err := l.Pub.File(name)
		require.ErrorIs(t, err, tftp.ErrNotFound, name)
	}
}

// A configuration is signed once, by its node's key, until something changes.
func TestConfigurationsAreSignedWhenAskedFor(t *testing.T) {
	l := newLab(t)
	l.Register(phoneName)
	ask := func() *itl.File {
		data, err := l.Pub.File(phoneName + ".cnf.xml.sgn")
		require.NoError(t, err)
		f, err := itl.ParseFile(data)
		require.NoError(t, err)
		return f
	}
	require.Zero(t, l.Counts().ConfigsSigned)
	f := ask()
	require.Equal(t, phoneName+".cnf.xml.sgn", f.Filename)
	rec, _ := l.Pub.ITL().Find(f.Signer, itl.TFTP)
	require.NoError(t, f.Verify(rec.Key()))
	plain, err := l.Pub.File(phoneName + ".cnf.xml")
	require.NoError(t, err)
	require.Equal(t, plain, f.Payload)
	ask()
	require.EqualValues(t, 1, l.Counts().ConfigsSigned)

	l.Configure(cnf.Settings{WebAccess: true})
	require.Equal(t, cnf.Settings{WebAccess: true}, settingsIn(t, ask().Payload))
	l.Must(l.Pub, "set cert regen CallManager", "yes")
	require.NotEqual(t, f.Signer.Serial, ask().Signer.Serial)
	require.EqualValues(t, 3, l.Counts().ConfigsSigned)
}

// A node keeps little of each of ten thousand phones' configurations, which have some
// five kilobytes: a header with its signature.
func TestConfigurationsTakeLittleRoom(t *testing.T) {
	const phones, room = 500, 1200 // bytes each
	l := newLab(t)
	name := func(i int) string { return fmt.Sprintf("SEP%012X", i) }
	for i := range phones {
		l.AddDevice(cucm.Device{Name: name(i), Group: l.Nodes()})
	}
	alive := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	ask := func(i int) string {
		data, err := l.Pub.File(name(i) + ".cnf.xml.sgn")
		require.NoError(t, err)
		return string(data)
	}
	before, first := alive(), ask(0)
	for i := range phones {
		ask(i)
	}
	require.Less(t, int64(alive()-before), int64(phones*room))
	require.Equal(t, first, ask(0), "the whole file, each time")
	require.EqualValues(t, phones, l.Counts().ConfigsSigned)
}

// Whatever a configuration is made of: when that changes, phones get another file,
// with another stamp; when anything else does, the file that is there.
func TestConfigurationsThatChange(t *testing.T) {
	for what, tc := range map[string]struct {
		change func(l *cucmtest.Lab)
		anew   bool
	}{
		"its CallManager Group": {func(l *cucmtest.Lab) {
			l.AddDevice(cucm.Device{Name: phoneName, Group: []*cucm.Node{l.Sub, l.Pub}})
		}, true},
		"where a service listens": {func(l *cucmtest.Lab) { l.Sub.SetAddress(cucm.CallManagerService, "127.0.0.3:5061") },
			true},
		"a host name": {func(l *cucmtest.Lab) { l.Must(l.Sub, "set network hostname newsub", "yes") }, true},
		"the phones' settings": {func(l *cucmtest.Lab) {
			require.NoError(t, l.Configure(cnf.Settings{WebAccess: true}))
		}, true},
		"another phone's group": {func(l *cucmtest.Lab) {
			l.AddDevice(cucm.Device{Name: unknown, Group: []*cucm.Node{l.Sub}})
		}, false},
		"a service":           {func(l *cucmtest.Lab) { l.Must(l.Pub, "utils service restart Cisco Tftp") }, false},
		"another certificate": {func(l *cucmtest.Lab) { l.Must(l.Sub, "set cert regen CAPF", "yes") }, false},
	} {
		for _, shared := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, shared %v", what, shared), func(t *testing.T) {
				l := newLab(t, func(c *cucm.Config) { c.SharedConfigurations = shared })
				l.Register(phoneName)
				ask := func() (stamp string) {
					data, err := l.Pub.File(phoneName + ".cnf.xml.sgn")
					require.NoError(t, err)
					f, err := itl.ParseFile(data)
					require.NoError(t, err)
					plain, err := l.Pub.File(phoneName + ".cnf.xml")
					require.NoError(t, err)
					require.Equal(t, string(plain), string(f.Payload), "plain and signed are the same")
					return cnf.VersionStamp(plain)
				}
				before := ask()
				tc.change(l)
				require.Equal(t, tc.anew, before != ask())
				require.Equal(t, map[bool]uint64{false: 1, true: 2}[tc.anew], l.Counts().ConfigsSigned)
			})
		}
	}
}

// What several devices share is told apart by all that has a node sign another one, and counts
// once, whoever of them asks; nobody's own is among it.
func TestSharedSigned(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.SharedConfigurations = true })
	require.Empty(t, l.SharedSigned())
	for i, tc := range []struct {
		device cucm.Device
		more   int
	}{
		{cucm.Device{Group: []*cucm.Node{l.Pub}}, 1},
		{cucm.Device{Group: []*cucm.Node{l.Pub}}, 0},
		{cucm.Device{Group: []*cucm.Node{l.Sub, l.Pub}}, 1},
		{cucm.Device{Group: []*cucm.Node{l.Pub}, Security: cnf.Authenticated}, 1}, // the same content, outside mixed mode
	} {
		before := l.SharedSigned()
		tc.device.Name = fmt.Sprintf("SEP0011223344%02X", i)
		l.AddDevice(tc.device)
		for range 2 {
			_, err := l.Pub.File(tc.device.Name + ".cnf.xml.sgn")
			require.NoError(t, err)
		}
		require.Len(t, l.SharedSigned(), len(before)+tc.more, "device %d", i)
		for is, times := range l.SharedSigned() {
			require.EqualValues(t, 1, times, is)
		}
		require.EqualValues(t, len(l.SharedSigned()), l.Counts().ConfigsSigned)
	}
	l.Must(l.Pub, "set cert regen CallManager", "yes")
	_, err := l.Pub.File("SEP001122334400.cnf.xml.sgn")
	require.NoError(t, err)
	require.Len(t, l.SharedSigned(), 4, "by another key")
}

// A regeneration that fails changes nothing.
func TestFailedRegenerationChangesNothing(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Keys = &fewKeys{c.Keys, 12} })
	list, cert := l.Pub.ITL(), l.Pub.Certificate(cucm.CallManager)
	_, err := l.Types(l.Pub, "set cert regen CallManager", "yes")
	require.ErrorContains(t, err, "no key left")
	require.Same(t, list, l.Pub.ITL())
	require.Same(t, cert, l.Pub.Certificate(cucm.CallManager))
}

// fewKeys is a source that runs dry.
type fewKeys struct {
	cucm.KeySource
	left int
}

func (f *fewKeys) Key(bits int) (*rsa.PrivateKey, error) {
	if f.left--; f.left < 0 {
		return nil, errors.New("no key left")
	}
	return f.KeySource.Key(bits)
}

// M19: the cluster's log of DeviceTLInfo says which phones hold which list.
func TestHolders(t *testing.T) {
	l := newLab(t)
	sum := sip.Checksum(l.Pub.ITL().SHA1())
	for _, name := range []string{"SEP2", "SEP1"} {
		l.Alarm(sip.DeviceTLInfo{Device: name, ITL: &sum})
	}
	l.Alarm(sip.DeviceTLInfo{Device: "SEP3"})
	require.Equal(t, map[sip.Checksum][]string{sum: {"SEP1", "SEP2"}}, l.Holders())
}

// Who only has a look at a file is not counted, whoever asks first.
func TestLooksAreNotCounted(t *testing.T) {
	l := newLab(t)
	name := tftp.Name{Kind: tftp.SignedConfig}
	seen, err := l.Pub.Look(name)
	require.NoError(t, err)
	require.Zero(t, l.Counts().ConfigsSigned)
	for range 2 {
		data, err := l.Pub.File(name.String())
		require.NoError(t, err)
		require.Equal(t, seen, data)
		require.EqualValues(t, 1, l.Counts().ConfigsSigned)
	}
	_, err = l.Pub.Look(name)
	require.NoError(t, err)
	require.EqualValues(t, 1, l.Counts().ConfigsSigned)
}

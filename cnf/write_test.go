package cnf_test

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/cnf"
)

// What is written is read back as the same Config, whatever the names and
// addresses are.
func TestWrittenIsReadBack(t *testing.T) {
	host := rapid.OneOf(
		rapid.StringMatching(`[a-z][a-z0-9.-]{0,20}`),
		rapid.StringMatching(`[&<>"']{1,4}[a-zé]`),
		rapid.Just("2001:db8::7"),
	)
	address := rapid.Custom(func(t *rapid.T) string {
		return net.JoinHostPort(host.Draw(t, "host"), strconv.Itoa(rapid.IntRange(1, 65535).Draw(t, "port")))
	})
	rapid.Check(t, func(t *rapid.T) {
		on := func(name string) bool { return rapid.Bool().Draw(t, name) }
		file := cnf.File{
			Config: cnf.Config{
				Load:         rapid.StringMatching(`([a-z0-9.&-]{1,20})?`).Draw(t, "load"),
				TVS:          rapid.SliceOfN(address, 0, cnf.MaxTVS).Draw(t, "TVS"),
				CallManagers: rapid.SliceOfN(address, 0, cnf.MaxCallManagers).Draw(t, "call managers"),
				Security:     rapid.SampledFrom(cnf.SecurityModes()).Draw(t, "security mode"),
				Directory:    rapid.StringMatching(`(https://[a-z&]{1,9}/x)?`).Draw(t, "directory"),
				Settings: cnf.Settings{
					SettingsAccess: on("settings access"), WebAccess: on("web access"),
					SSHAccess: on("SSH access"), SpanToPCPort: on("SPAN to PC port"),
				},
			},
			Device: host.Draw(t, "device"), VersionStamp: host.Draw(t, "version stamp"), CAPF: host.Draw(t, "CAPF"),
			Names: rapid.SliceOfN(host, 0, 12).Draw(t, "names"),
		}
		if on("the default file") {
			file.Config = cnf.Config{
				Default: true, TVS: file.TVS, CallManagers: file.CallManagers, Directory: file.Directory,
				Settings: cnf.Settings{SettingsAccess: true},
			}
		}
		want := file.Config
		if want.Directory == "" && len(want.CallManagers) > 0 {
			first, _, _ := net.SplitHostPort(want.CallManagers[0])
			want.Directory = cnf.DirectoryURL(first, "8443")
		}
		got, err := cnf.Parse(file.XML())
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(&want, got, cmpopts.EquateEmpty()))
	})
}

// Files of one mold differ in the device's name and the stamp alone.
func TestMold(t *testing.T) {
	mold := (&cnf.File{Config: cnf.Config{CallManagers: []string{"pub"}}}).Mold()
	one, other := string(mold.AppendXML(nil, "SEP<1>", "stamp 1")), string(mold.AppendXML([]byte("head"), "SEP2",
		"stamp 2"))
	for _, line := range []string{
		"<phoneLabel>SEP&lt;1&gt;</phoneLabel>\n", "<featureLabel>SEP&lt;1&gt;</featureLabel>\n",
		"<versionStamp>stamp 1</versionStamp>\n",
	} {
		require.Contains(t, one, line)
	}
	require.Equal(t, "head"+one, strings.NewReplacer("SEP2", "SEP&lt;1&gt;", "stamp 2", "stamp 1").Replace(other))
}

// A stub says for whose certificate there is an encrypted file, and nothing of it.
func TestStubIsReadBack(t *testing.T) {
	file := cnf.File{CAPF: "pub", Config: cnf.Config{
		Load: "sip88xx", Stub: true, CertHash: "0f343b0931126a20f133d67c2b018a3b", CallManagers: []string{"pub"},
	}}
	got, err := cnf.Parse(file.XML())
	require.NoError(t, err)
	require.Equal(t, &cnf.Config{
		Load: "sip88xx", Stub: true, CertHash: file.CertHash, Settings: cnf.Settings{SettingsAccess: true},
	}, got)
}

// The file says 0 to deny settings access, and to enable the rest.
func TestSettingsAsTheFileSpellsThem(t *testing.T) {
	for _, tc := range []struct {
		settings cnf.Settings
		want     string
	}{
		{cnf.Settings{},
			"<settingsAccess>0</settingsAccess>\n<webAccess>1</webAccess>\n" +
				"<sshAccess>1</sshAccess>\n<spanToPCPort>1</spanToPCPort>"},
		{cnf.Settings{SettingsAccess: true, WebAccess: true, SSHAccess: true, SpanToPCPort: true},
			"<settingsAccess>1</settingsAccess>\n<webAccess>0</webAccess>\n" +
				"<sshAccess>0</sshAccess>\n<spanToPCPort>0</spanToPCPort>"},
	} {
		file := cnf.File{Config: cnf.Config{Settings: tc.settings}}
		require.Contains(t, string(file.XML()), tc.want)
	}
}

// An address without a port is written with the standard one, as it is read.
func TestAddressesWithoutPort(t *testing.T) {
	file := cnf.File{Config: cnf.Config{TVS: []string{"pub"}, CallManagers: []string{"pub"}}}
	got, err := cnf.Parse(file.XML())
	require.NoError(t, err)
	require.Equal(t, []string{"pub:2445"}, got.TVS)
	require.Equal(t, []string{"pub:5060"}, got.CallManagers)
}

// A node writes what files have in common once, and puts each phone's file together.
func BenchmarkMold(b *testing.B) {
	file := cnf.File{Device: "SEP001122334455", VersionStamp: "{SEP001122334455-0123456789abcdef}", Config: cnf.Config{
		CallManagers: []string{"127.0.0.2:5060", "127.0.0.3:5060"}, TVS: []string{"127.0.0.2:2445", "127.0.0.3:2445"},
	}}
	mold := file.Mold()
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			file.XML()
		}
	})
	b.Run("from the mold", func(b *testing.B) {
		for b.Loop() {
			mold.AppendXML(nil, file.Device, file.VersionStamp)
		}
	})
}

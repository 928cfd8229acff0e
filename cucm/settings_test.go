package cucm_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
)

// Settings of a phone's own outlive the program and the phone's place in the database; a
// node that is cut off knows those of before, and takes none.
func TestOwnSettings(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	const phone, other = "SEP000000000001", "SEP000000000002"
	enters := func() {
		for _, name := range []string{phone, other} {
			l.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.Nodes()})
		}
	}
	set := func(n *cucm.Node, device, element, text string) error {
		var o cnf.Override
		require.NoError(t, o.Set(element, text))
		return n.ConfigureDevice(device, o)
	}
	settings := func(n *cucm.Node, device string) cnf.Settings {
		t.Helper()
		data, err := n.File(device + ".cnf.xml.sgn")
		require.NoError(t, err)
		_, plain, _ := strings.Cut(string(data), "<?xml")
		c, err := cnf.Parse([]byte("<?xml" + plain))
		require.NoError(t, err)
		return c.Settings
	}
	require.ErrorIs(t, set(l.Pub, phone, "webAccess", "0"), cucm.ErrNoDevice)
	enters()
	common := settings(l.Pub, phone)
	require.NoError(t, set(l.Sub, phone, "webAccess", "0"))
	require.NoError(t, l.Close())
	l = openLab(t, dir)
	enters()
	require.Equal(t, cnf.Settings{SettingsAccess: common.SettingsAccess, WebAccess: true}, settings(l.Sub, phone))
	require.Equal(t, common, settings(l.Sub, other))

	require.NoError(t, l.Sub.Part(l.Pub))
	require.ErrorIs(t, set(l.Sub, phone, "sshAccess", "0"), cucm.ErrParted)
	require.NoError(t, set(l.Pub, phone, "settingsAccess", "0"))
	require.Equal(t, cnf.Settings{}, settings(l.Pub, phone), "it has that one alone")
	require.True(t, settings(l.Sub, phone).WebAccess, "as it was")
	require.NoError(t, l.Sub.Rejoin(l.Pub))
	require.Equal(t, cnf.Settings{}, settings(l.Sub, phone))
	require.NoError(t, l.Pub.ConfigureDevice(phone, cnf.Override{}))
	require.Equal(t, common, settings(l.Pub, phone))
	require.NoError(t, set(l.Pub, phone, "webAccess", "0"))
	require.NoError(t, l.Close())

	file := filepath.Join(dir, "current/cluster.json")
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(kept), phone)
	for old, damaged := range map[string]string{phone: strings.Repeat("x", 500), "webAccess": "nothing", `"0"`: `"2"`} {
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(kept), old, damaged, 1)), 0o600))
		_, err := cucm.Open(dir, l.Config)
		var state *cucm.StateError
		require.ErrorAs(t, err, &state, damaged)
	}
}

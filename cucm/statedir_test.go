package cucm_test

import (
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cause/causetest"
)

// A cluster comes up as it was: what was served is served, a reset list too.
func TestStateIsKept(t *testing.T) {
	for _, release := range []cucm.Release{cucm.Release10, cucm.Release125} {
		t.Run(string(release), func(t *testing.T) {
			dir := t.TempDir()
			l := openLab(t, dir, func(c *cucm.Config) { c.Release = release })
			again := func() {
				t.Helper()
				before, log := l.Snapshot(), l.Sub.Log()
				require.NoError(t, l.Close())
				now := l.Clock.Now()
				l = openLab(t, dir) // of the default release, had it to be installed
				l.Clock.Set(now)
				after := l.Snapshot()
				delete(before, "resets")
				delete(after, "resets")
				require.Empty(t, cmp.Diff(before, after))
				require.Equal(t, log, l.Sub.Log())
			}
			again()
			l.Must(l.Pub, "set cert regen TVS", "yes")
			l.Must(l.Pub, "set cert regen TVS", "yes")
			again()
			_, err := l.Types(l.Pub, "set cert regen CallManager", "yes")
			var guard *cucm.GuardError
			require.ErrorAs(t, err, &guard, "the guard outlives a restart")
			l.Must(l.Pub, "utils itl reset localkey", password)
			l.Must(l.Sub, "utils service stop Cisco Trust Verification Service")
			l.Must(l.Pub, "set network hostname newpub", "yes")
			again()
			l.Must(l.Pub, "set date 12:00:00 03/01/14")
			l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
			again()
			require.Equal(t, "Mar  1 12:00:00", l.Now().UTC().Format("Jan _2 15:04:05"))
			l.Must(l.Pub, "utils service restart Cisco Tftp")
			again()
			l.Must(l.Pub, mixedMode, "y")
			l.Must(l.Sub, "utils service restart Cisco Tftp")
			again()
			l.Must(l.Pub, nonSecure, "y")
			again()
			require.NotNil(t, l.Sub.ServedCTL())
		})
	}
}

func TestStateIsLaidOutForAdministrators(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	l.Must(l.Pub, "set cert regen TVS", "yes")
	for _, name := range []string{
		"current/cluster.json", "current/test10pub/tftp/ITLFile.tlv", "current/test10pub/tftp/ITLRecovery.p12",
		"current/test10sub/security/CallManager/CallManager.pem", "current/test10sub/security/TVS/TVS_priv.pem",
		"log/test10pub/syslog/CiscoSyslog",
	} {
		require.FileExists(t, filepath.Join(dir, name))
	}
	require.NoFileExists(t, filepath.Join(dir, "current/test10sub/tftp/ITLRecovery.p12"))
	served, err := os.ReadFile(filepath.Join(dir, "current/test10pub/tftp/ITLFile.tlv"))
	require.NoError(t, err)
	require.Equal(t, l.Pub.ITL().Bytes(), served)
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Type()&fs.ModeSymlink != 0 || path == dir {
			return err
		}
		info, err := e.Info()
		require.Zero(t, info.Mode().Perm()&0o077, "%s is for its owner only", path)
		return err
	}))
	for range 3 {
		l.Must(l.Pub, "utils service restart Cisco Tftp")
	}
	generations, err := os.ReadDir(filepath.Join(dir, "generations"))
	require.NoError(t, err)
	require.Len(t, generations, 2, "the one in force and the one before it")
}

// What cannot be kept is not done.
func TestChangeThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	before := l.Snapshot()
	// The next generation's place is taken by something that cannot be removed
	// as a directory of ours could: its parent is gone.
	require.NoError(t, os.Rename(filepath.Join(dir, "generations"), filepath.Join(dir, "aside")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "generations"), nil, 0o600))
	for _, typed := range [][]string{
		{"set cert regen TVS", "yes"}, {"utils itl reset localkey", password},
		{"utils service restart Cisco Tftp"}, {"set network hostname x", "yes"},
	} {
		_, err := l.Types(l.Pub, typed[0], typed[1:]...)
		require.ErrorContains(t, err, "could not be kept", typed[0])
		if strings.Contains(typed[0], "restart") { // the service was, all the same
			log := l.Pub.Log()
			require.Contains(t, log[len(log)-1], "ServiceStarted: %[ServiceName=Cisco Tftp]")
			require.Equal(t, "0", before["log of test10pub"])
			require.Len(t, log, 1)
			before["log of test10pub"] = "1"
		}
		require.Empty(t, cmp.Diff(before, l.Snapshot()))
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "generations")))
	require.NoError(t, os.Rename(filepath.Join(dir, "aside"), filepath.Join(dir, "generations")))
	l.Must(l.Pub, "set cert regen TVS", "yes")
}

func pemOf(kind, content string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte(content)}))
}

// A directory that is damaged, or in use, is refused with the file's name.
func TestStateThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	_, err := cucm.Open(dir, l.Config)
	require.ErrorContains(t, err, "another itlsim")
	causetest.Plain(t, err.Error())
	require.NoError(t, l.Close())

	for name, damage := range map[string]string{
		"cluster.json":                                          "{",
		"trust.pem":                                             "",
		"test10pub/tftp/ITLFile.tlv":                            "no list",
		"test10sub/security/TVS/TVS_priv.pem":                   "no key",
		"test10sub/security/CallManager/CallManager.pem":        "",
		"test10sub/ssh/host_key.pem":                            "",
		"test10pub/security/TVS/TVS.pem":                        pemOf("CERTIFICATE", "no DER"),
		"test10pub/security/CAPF/CAPF_priv.pem":                 pemOf("PRIVATE KEY", "no DER"),
		"test10pub/ssh/host_key.pem":                            "other",
		"test10pub/security/CallManager/CallManager_priv.pem":   "other",
		"test10pub/security/ITLRecovery/ITLRecovery_priv.pem":   "",
		"test10pub/security/ITLRecovery-served/nothing of ours": "ignored",
	} {
		path := filepath.Join(dir, "current", name)
		intact, _ := os.ReadFile(path)
		if damage == "other" {
			other, err := os.ReadFile(filepath.Join(dir, "current/test10sub/security/CallManager/CallManager_priv.pem"))
			require.NoError(t, err)
			damage = string(other)
		}
		require.NoError(t, os.WriteFile(path, []byte(damage), 0o600))
		c, err := cucm.Open(dir, l.Config)
		if damage == "ignored" {
			require.NoError(t, err)
			c.Close()
			continue
		}
		var state *cucm.StateError
		require.ErrorAs(t, err, &state, name)
		causetest.Plain(t, err.Error())
		require.ErrorContains(t, err, strings.TrimSuffix(strings.TrimSuffix(name, "_priv.pem"), ".pem"))
		require.NoError(t, os.WriteFile(path, intact, 0o600))
	}
	openLab(t, dir).Close()

	current := filepath.Join(dir, "current")
	require.NoError(t, os.Remove(current))
	require.NoError(t, os.Symlink("generations/0000000099", current))
	_, err = cucm.Open(dir, l.Config)
	require.ErrorContains(t, err, filepath.Join(dir, "generations/0000000099")+" cannot be")
}

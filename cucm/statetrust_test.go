package cucm_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cause/causetest"
	"itlsim/internal/cucmtest"
)

// unpack puts a state directory of testdata into a new one.
func unpack(t *testing.T, archive string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	f, err := os.Open(filepath.Join("testdata", archive))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		require.NoError(t, err)
		path := filepath.Join(dir, h.Name)
		switch h.Typeflag {
		case tar.TypeDir:
			require.NoError(t, os.MkdirAll(path, 0o700))
		case tar.TypeSymlink:
			require.NoError(t, os.Symlink(h.Linkname, path))
		default:
			data, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, data, 0o600))
		}
	}
}

// tree is all that is in a directory, links as where they lead to.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		name, _ := filepath.Rel(dir, path)
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			all[name], err = os.Readlink(path)
		case e.Type().IsRegular() && name != "lock":
			var data []byte
			data, err = os.ReadFile(path)
			all[name] = string(data)
		}
		return err
	}))
	return all
}

// Directories that earlier versions kept are loaded, their backups too. Each had TVS
// renewed, a backup made, the subscriber renamed and a list reset.
func TestStateOfEarlierVersions(t *testing.T) {
	for _, archive := range []string{"state-eba1252.tar.gz", "state-8e7ad46.tar.gz"} {
		t.Run(archive, func(t *testing.T) {
			dir := unpack(t, archive)
			l := openLab(t, dir)
			require.Equal(t, "newsub", l.Sub.Name())
			require.Equal(t, l.Pub.ITL().Bytes(), l.Sub.ITL().Bytes(), "the reset list")
			require.NotEmpty(t, l.Sub.Log())
			tftp, _ := l.Sub.ServiceNamed("cisco tftp")
			require.Equal(t, l.Now(), tftp.Since, "since the program has it, where that was not kept")
			require.Contains(t, tree(t, dir)["itlsim-state.json"], `"Format": 1`)
			require.NoError(t, l.Close())
			l = openLab(t, dir)
			l.Must(l.Pub, "utils disaster_recovery restore nightly", "y")
			require.Equal(t, "test10sub", l.Sub.Name())
		})
	}
}

// What is no whole state directory is refused and not touched: nothing of a cluster is
// ever taken for a new one.
func TestAbsenceIsNotNewness(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		says   string
		whole  int // generation that can be used; -1: all of it is gone
	}{
		"links were not copied": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/current"))
		}, "no link current", 3},
		"links were followed": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/current"))
			require.NoError(t, os.CopyFS(dir+"/current", os.DirFS(dir+"/generations/0000000003")))
		}, "move it away", 3},
		"links became files": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/current"))
			require.NoError(t, os.WriteFile(dir+"/current", []byte("generations/0000000003"), 0o600))
		}, "move it away", 3},
		"the link leads outside": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/current"))
			require.NoError(t, os.Symlink(dir+"/generations/0000000003", dir+"/current"))
		}, "which is not a generation", 3},
		"generations were not copied": {func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(dir+"/generations"))
		}, "generations/0000000003 cannot be read", 0},
		"half of the newest generation was": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/generations/0000000003/trust.pem"))
		}, "trust.pem: 0 certificates", 2},
		"backups and logs alone were": {func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(dir+"/generations"))
			require.NoError(t, os.Remove(dir+"/current"))
			require.NoError(t, os.Remove(dir+"/itlsim-state.json"))
		}, "none of its generations", 0},
		"the marker alone was": {func(t *testing.T, dir string) {
			for _, part := range []string{"generations", "current", "log", "backups"} {
				require.NoError(t, os.RemoveAll(dir+"/"+part))
			}
		}, "none of its generations", 0},
		"the inside of a generation was": {func(t *testing.T, dir string) {
			aside := t.TempDir() + "/x"
			require.NoError(t, os.Rename(dir+"/generations/0000000003", aside))
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.Rename(aside, dir))
		}, "inside of a generation", 0},
		"it is of a later version": {func(t *testing.T, dir string) {
			later := []byte(`{"What": "", "Format": 2, "Version": "v9.1"}`)
			require.NoError(t, os.WriteFile(dir+"/itlsim-state.json", later, 0o600))
		}, "of format 2, by itlsim v9.1", 0},
		"the marker says two formats": {func(t *testing.T, dir string) {
			both := []byte(`{"What": "", "Format": 2, "Version": "v9.1", "format": 1}`)
			require.NoError(t, os.WriteFile(dir+"/itlsim-state.json", both, 0o600))
		}, `itlsim-state.json: it has the key "Format" twice`, 0},
		"the marker is broken": {func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(dir+"/itlsim-state.json", []byte("{"), 0o600))
		}, "itlsim-state.json", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits for the disk
			dir := t.TempDir()
			l := openLab(t, dir)
			l.Must(l.Pub, "set cert regen TVS", "yes")
			l.Must(l.Pub, "utils disaster_recovery backup nightly")
			l.Must(l.Pub, "utils service restart Cisco Tftp")
			require.NoError(t, l.Close())
			c.damage(t, dir)
			before := tree(t, dir)
			_, err := cucm.Open(dir, l.Config)
			var state *cucm.StateError
			require.ErrorAs(t, err, &state)
			require.ErrorContains(t, err, c.says)
			causetest.Plain(t, err.Error())
			require.Equal(t, c.whole, state.Whole)
			require.Equal(t, before, tree(t, dir), "nothing is touched")
		})
	}
}

// What a kill during an installation leaves is no cluster yet, or all of one.
func TestInstallationThatWasKilled(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	list := l.Pub.ITL().Bytes()
	require.NoError(t, l.Close())
	for _, part := range []string{"current", "log", "itlsim-state.json"} {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, part)))
	}
	l = openLab(t, dir)
	require.Equal(t, list, l.Pub.ITL().Bytes())
	require.NoError(t, l.Close())

	dir = t.TempDir()
	require.NoError(t, os.MkdirAll(dir+"/generations/.0000000001/test10pub", 0o700))
	require.NoError(t, os.WriteFile(dir+"/lost+found", nil, 0o600), "which is nobody's business")
	l = openLab(t, dir)
	l.Must(l.Pub, "set cert regen TVS", "yes")
	require.NoDirExists(t, dir+"/generations/.0000000001")
	require.FileExists(t, dir+"/lost+found")
}

// The generation before a damaged one can be brought up. What was not read stays.
func TestGoingBackAGeneration(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	list := l.Pub.ITL().Bytes()
	l.Must(l.Pub, "set cert regen TVS", "yes")
	require.NoError(t, l.Close())
	damaged := dir + "/generations/0000000002/test10pub/tftp/ITLFile.tlv"
	require.NoError(t, os.Truncate(damaged, 700))
	_, err := cucm.Open(dir, l.Config)
	var state *cucm.StateError
	require.ErrorAs(t, err, &state)
	require.ErrorContains(t, err, "test10pub/tftp/ITLFile.tlv")
	require.Equal(t, 1, state.Whole)

	missing := l.Config
	missing.Generation = 7
	_, err = cucm.Open(dir, missing)
	require.ErrorContains(t, err, "generations/0000000007 cannot be read")

	l = openLab(t, dir, func(c *cucm.Config) { c.Generation = 1 })
	require.Equal(t, list, l.Pub.ITL().Bytes())
	for range 4 {
		l.Must(l.Pub, "utils service restart Cisco Tftp")
	}
	require.NoError(t, l.Close())
	require.FileExists(t, damaged)
	require.NoDirExists(t, dir+"/generations/0000000001", "which was read")
	link, err := os.Readlink(dir + "/current")
	require.NoError(t, err)
	require.Equal(t, "generations/0000000006", link)
	openLab(t, dir)
	require.FileExists(t, damaged)
}

// A backup that a kill interrupted leaves the earlier one of its name, or is there.
func TestBackupThatWasKilled(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	l.Must(l.Pub, "utils disaster_recovery backup nightly")
	require.NoError(t, l.Close())
	backup := dir + "/backups/nightly"
	require.NoError(t, os.Rename(backup, dir+"/backups/.nightly~"))
	require.NoError(t, os.Mkdir(dir+"/backups/.nightly", 0o700))
	l = openLab(t, dir)
	require.Equal(t, []string{"nightly"}, l.Backups())
	l.Must(l.Pub, "utils disaster_recovery restore nightly", "y")
	l.Must(l.Pub, "utils disaster_recovery backup nightly")
	entries, err := os.ReadDir(dir + "/backups")
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// edit changes a field of cluster.json.
func edit(t *testing.T, file, path string, value any) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var top any
	require.NoError(t, json.Unmarshal(data, &top))
	keys := strings.Split(path, ".")
	at := top
	for _, key := range keys[:len(keys)-1] {
		if list, ok := at.([]any); ok {
			at = list[slices.Index([]string{"0", "1"}, key)]
			continue
		}
		at = at.(map[string]any)[key]
	}
	at.(map[string]any)[keys[len(keys)-1]] = value
	data, err = json.Marshal(top)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, data, 0o600))
}

// What no cluster could be is refused with the field's name.
func TestStateThatMeansNothing(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	require.NoError(t, l.Close())
	file := dir + "/current/cluster.json"
	intact, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, c := range []struct {
		field string
		value any
	}{
		{"Nodes.0.Running", nil},
		{"Nodes.1.Activated", nil},
		{"Nodes.1.Running", map[string]bool{"Cisco Nothing": true}},
		{"Nodes.0.Started", map[string]string{"Cisco Nothing": "2014-01-01T00:00:00Z"}},
		{"Nodes.0.Home", "../../../outside"},
		{"Nodes.0.Home", ""},
		{"Nodes.1.Name", "a/b"},
		{"Nodes.1.Home", "test10pub"},
		{"Nodes.1.Domain", "a b"},
		{"Nodes.0.Active", "10.0"},
		{"Nodes.0.Inactive", "99.1.1.1-1"},
		{"Nodes.0.Digest", 7},
		{"Nodes.0.KeyBits", map[string]int{"TVS": 17}},
		{"Nodes.0.KeyBits", map[string]int{"XYZ": 1024}},
		{"Nodes.0.Modified", map[string]string{"XYZ": "2014-01-01T00:00:00Z"}},
		{"Nodes.0.MinTLS", map[string]int{"Server": 1}},
		{"Nodes", nil},
		{"Nodes", make([]struct{}, cucm.MaxNodes+1)},
		{"Release", "7.1"},
		{"Release", "12.5"},
		{"Format", 2},
		{"KeyBits", 0},
		{"Digest", 0},
		{"Login", map[string]any{}},
		{"ClockAhead", int64(1) << 62},
		{"Trust", []string{"XYZ-trust"}},
		{"Location", map[string]string{"Organization": "a\nb"}},
		{"Location", map[string]string{"State": strings.Repeat("x", 70000)}},
		{"Nodes.0.RecoveryName", "a\x00"},
		{"Monitor.SMTP", "a\r\nb"},
		{"Monitor.To", []string{"a@b.example", "c@d.example\r\nRCPT TO:<e@f.example>"}},
		{"Bulk", map[string]string{"Host": "a\tb"}},
		{"NewInLaterVersions", true},
	} {
		require.NoError(t, os.WriteFile(file, intact, 0o600))
		edit(t, file, c.field, c.value)
		_, err := cucm.Open(dir, l.Config)
		require.Error(t, err, c.field)
		words := strings.Split(c.field, ".")
		require.ErrorContains(t, err, words[len(words)-1], c.field)
		require.ErrorContains(t, err, "cluster.json", c.field)
		causetest.Plain(t, err.Error())
	}
	require.NoError(t, os.WriteFile(file, append(intact, "{}"...), 0o600))
	_, err = cucm.Open(dir, l.Config)
	require.ErrorContains(t, err, "cluster.json: there is more behind its end")
	for before, says := range map[string]string{
		`"Release":`: `it has the key "Release" twice`,
		`"Running":`: `Nodes[0] has the key "Running" twice`,
		`"Host":`:    `Bulk has the key "Host" twice`,
	} {
		require.Contains(t, string(intact), before)
		for _, name := range []string{before, strings.ToLower(before)} {
			doubled := strings.Replace(string(intact), before, name+" null, "+before, 1)
			require.NoError(t, os.WriteFile(file, []byte(doubled), 0o600))
			_, err = cucm.Open(dir, l.Config)
			require.ErrorContains(t, err, "cluster.json: "+says)
		}
	}
	require.NoError(t, os.WriteFile(file, intact, 0o600))
	edit(t, file, "Nodes.0.KnownHosts", nil) // is none
	l = openLab(t, dir)
	require.NoError(t, l.Pub.RememberServer(cucm.ServerKey{Server: "a:22", Key: "k"}))
}

// Files that do not belong where they are, or that others can read, are refused.
func TestFilesOfAnotherNode(t *testing.T) {
	other := t.TempDir()
	stranger := openLab(t, other, func(c *cucm.Config) {
		c.Keys = cucm.GeneratedKeys{}
		c.Nodes = c.Nodes[:1]
	})
	require.NoError(t, stranger.Close())
	const list = "/tftp/ITLFile.tlv"
	for name, c := range map[string]struct{ from, to, says string }{
		"the subscriber's list":     {"/current/test10sub" + list, "test10pub" + list, "it is that of test10sub"},
		"the publisher's list":      {"/current/test10pub" + list, "test10sub" + list, "it is that of test10pub"},
		"a stranger's list":         {other + "/current/test10pub" + list, "test10sub" + list, "another cluster's"},
		"a list in the CTL's place": {"/current/test10pub" + list, "test10pub/tftp/CTLFile.tlv", "it is a ITLFile.tlv"},
		"a stranger's recovery key": {
			other + "/current/test10pub/tftp/ITLRecovery.p12", "test10pub/tftp/ITLRecovery.p12", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := openLab(t, dir)
			require.NoError(t, l.Close())
			if !strings.HasPrefix(c.from, other) {
				c.from = dir + c.from
			}
			data, err := os.ReadFile(c.from)
			require.NoError(t, err)
			to := filepath.Join(dir, "current", c.to)
			_ = os.Remove(to)
			require.NoError(t, os.WriteFile(to, data, 0o600))
			_, err = cucm.Open(dir, l.Config)
			if c.says == "" { // it is protected by the same password
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.to)
			require.ErrorContains(t, err, c.says)
			causetest.Plain(t, err.Error())
		})
	}
}

// Lists that a cluster must have, and that a copy in part lacks, are missed.
func TestListsThatAreGone(t *testing.T) {
	for list, mixed := range map[string]bool{"test10sub/tftp/ITLFile.tlv": false, "test10pub/tftp/CTLFile.tlv": true} {
		dir := t.TempDir()
		l := openLab(t, dir)
		if mixed {
			l.Must(l.Pub, "utils ctl set-cluster mixed-mode", "y")
		}
		require.NoError(t, l.Close())
		require.NoError(t, os.Remove(filepath.Join(dir, "current", list)))
		_, err := cucm.Open(dir, l.Config)
		require.ErrorContains(t, err, list+": there is none")
	}
}

// Where a link leads outside nothing is written, not even an empty file.
func TestLinksInAStateDirectory(t *testing.T) {
	for _, part := range []string{"lock", "log", "backups", "generations", "log/test10sub", "log/test10pub/syslog"} {
		dir, outside := t.TempDir(), t.TempDir()+"/outside"
		l := openLab(t, dir)
		require.NoError(t, l.Close())
		place := filepath.Join(dir, part)
		if part == "lock" || part == "backups" {
			require.NoError(t, os.RemoveAll(place))
		} else {
			require.NoError(t, os.Rename(place, outside))
		}
		require.NoError(t, os.Symlink(outside, place))
		before := tree(t, filepath.Dir(outside))
		_, err := cucm.Open(dir, l.Config)
		require.ErrorContains(t, err, part+" leads elsewhere", part)
		require.Equal(t, before, tree(t, filepath.Dir(outside)), part)
	}
}

func TestSecretsThatOthersRead(t *testing.T) {
	for _, secret := range []string{
		"cluster.json", "test10pub/security/TVS/TVS_priv.pem", "test10sub/ssh/host_key.pem", "test10pub/tftp/ITLRecovery.p12",
	} {
		dir := t.TempDir()
		l := openLab(t, dir)
		require.NoError(t, l.Close())
		require.NoError(t, os.Chmod(filepath.Join(dir, "current", secret), 0o640))
		_, err := cucm.Open(dir, l.Config)
		require.ErrorContains(t, err, secret+" can be read by others (mode 0640): chmod -R go-rwx "+dir)
	}
	dir := t.TempDir()
	l := openLab(t, dir)
	require.NoError(t, l.Close())
	require.NoError(t, os.Chmod(dir+"/current/trust.pem", 0o644), "which is not a secret")
	openLab(t, dir)
}

func sparse(name string, size int64) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Truncate(size)
}

func many(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	first := filepath.Join(dir, "0")
	err := os.WriteFile(first, nil, 0o600)
	for i := 1; err == nil && i < 5000; i++ {
		err = os.Link(first, filepath.Join(dir, strconv.Itoa(i)))
	}
	return err
}

// What could not be loaded again is not kept.
func TestClusterThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	cfg := cucmtest.New(t).Config
	cfg.Nodes[1].Name = "no_name"
	_, err := cucm.Open(dir, cfg)
	require.ErrorContains(t, err, "could not be kept")
	require.ErrorContains(t, err, `cluster.json: Nodes[1] ("no_name"): Name: no host name`)
	openLab(t, dir)
}

// A reset list is the publisher's; where that shares its certificate with others, it has
// a subscriber's, too.
func TestResetListOfASharedCertificate(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir, func(c *cucm.Config) {
		c.Release = cucm.Release14
		c.Nodes = append(c.Nodes, cucm.NodeConfig{Name: "test10sub2", TFTP: true, TVS: true})
	})
	l.Must(l.Pub, "set cert multi-server CallManager", "yes")
	l.Wait(cucmtest.Guard)
	l.Must(l.Sub, "set cert regen CallManager", "yes")
	l.Must(l.Pub, "utils itl reset localkey", "yes")
	require.Equal(t, l.Pub.ITL().Bytes(), l.Sub.ITL().Bytes())
	require.NoError(t, l.Close())
	openLab(t, dir)
}

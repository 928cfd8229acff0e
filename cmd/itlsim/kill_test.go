package main

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/build"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// kills are the commands in whose middle the process is killed, and how each is
// answered.
var kills = [][]string{
	{"set cert regen CallManager", "yes"},
	{"set cert regen TVS", "yes"},
	{"set cert regen CAPF", "yes"},
	{"set cert regen ITLRecovery", "yes"},
	{"utils itl reset localkey", servedPassword},
	{"set network domain example.org", "yes"},
}

// A process that is killed at any instant of a change comes up again with the
// old state or the new one, never a mixture, and phones that trusted the
// cluster still do. ITLSIM_KILLS says at how many instants; .ci/run sets 60.
func TestKilledAtAnyInstant(t *testing.T) {
	if build.Raced {
		t.Skip("who is killed tells of no race")
	}
	times := max(len(kills), killings(t))
	dir := t.TempDir()
	touched := make(map[string][]string) // files that a command changes when it is let finish
	when := make(map[string]*instants)
	for i := -len(kills); i < times; i++ {
		kill := kills[(i+len(kills))%len(kills)]
		s := serve(t, "--state", dir)
		client := s.login(0)
		// Past the guard, and with TFTP as after a start, so that no command is
		// refused.
		_, err := s.run(client, "set date "+time.Now().UTC().AddDate(0, 0, i+len(kills)).Format("15:04:05 01/02/06"))
		require.NoError(t, err)
		for node := range s.Nodes {
			other := s.login(node)
			_, err = s.run(other, "utils service restart Cisco Tftp")
			require.NoError(t, err)
			other.Close()
		}
		old, met := kept(t, dir), after
		if i < 0 {
			when[kill[0]] = new(instants)
			when[kill[0]].measure(dir, func() {
				out, err := s.run(client, kill[0], kill[1:]...)
				assert.NoError(t, err, "%s: %s", kill[0], out)
			})
			s.kill()
			touched[kill[0]] = differences(old, kept(t, dir))
			require.NotEmpty(t, touched[kill[0]])
		} else {
			met = when[kill[0]].kill(s, dir, func() { _, _ = s.run(client, kill[0], kill[1:]...) })
		}
		client.Close()

		left := kept(t, dir)
		if changed := differences(old, left); met == after {
			require.Equal(t, touched[kill[0]], changed, "%s: a mixture", kill[0])
		} else {
			require.Empty(t, changed)
		}
		checkKept(t, dir, old)
		// It comes up, and serves what was served: that is no start of TFTP.
		again := serve(t, "--state", dir)
		require.Empty(t, differences(left, kept(t, dir)))
		for _, n := range again.Nodes {
			data, err := new(tftp.Client).Get(context.Background(), n.TFTP, "ITLFile.tlv")
			require.NoError(t, err)
			require.Equal(t, left[n.Name+"/tftp/ITLFile.tlv"], data, "the ITL of %s", n.Name)
		}
		again.kill()
	}
	for command, when := range when {
		t.Log(command, when)
		when.check(t)
	}
}

// killings is how many are asked for, 0 if none are.
func killings(t *testing.T) (n int) {
	if v := os.Getenv("ITLSIM_KILLS"); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		require.NoError(t, err)
	}
	return n
}

// kept reads the state in force.
func kept(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	current, err := filepath.EvalSymlinks(filepath.Join(dir, "current"))
	require.NoError(t, err)
	require.NoError(t, fs.WalkDir(os.DirFS(current), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(current, name))
		return err
	}))
	return files
}

// differences are the names of files that differ, in order.
func differences(a, b map[string][]byte) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	var names []string
	for name := range all {
		if x, ok := a[name]; !ok || !bytes.Equal(x, b[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkKept opens the state and checks that it hangs together, and that a phone
// which held a node's list of before takes the one that is served now.
func checkKept(t *testing.T, dir string, before map[string][]byte) {
	t.Helper()
	c, err := cucm.Open(dir, cucm.Config{Clock: wallClock{}})
	require.NoError(t, err)
	defer c.Close()
	recovery := itl.IdentityOf(c.Publisher().Certificate(cucm.ITLRecovery).Certificate)
	for _, n := range c.Nodes() {
		list := n.ITL()
		require.NoError(t, list.VerifySelf())
		own := n.Certificate(cucm.CallManager).Certificate
		if list.Signer.Same(itl.IdentityOf(own)) {
			require.True(t, list.Records[0].Holds(own.Raw))
		} else {
			require.True(t, list.Signer.Same(recovery), "a reset list")
			require.Equal(t, c.Publisher().ITL().Bytes(), list.Bytes(), "which is everywhere the same")
		}
		require.True(t, list.Records[3].Holds(c.Publisher().Certificate(cucm.TVSUnit).Certificate.Raw))

		held, err := itl.ParseList(before[n.Name()+"/tftp/ITLFile.tlv"])
		require.NoError(t, err)
		if verdict, _ := phone.WouldTake(held, list.Bytes()); verdict.Refusal == nil {
			continue
		}
		// Its list does not know the signer: a TVS that the list knows must.
		vouched := false
		for _, by := range c.Nodes() {
			a := by.AnswerTVS(tvs.Request{
				Command: tvs.QueryRequest,
				Subject: list.Signer.Subject, Issuer: list.Signer.Issuer, Serial: list.Signer.Serial,
			})
			for _, rec := range held.With(itl.TVS) {
				vouched = vouched || a.Status == tvs.Valid && rec.Holds(by.Certificate(cucm.TVSUnit).Certificate.Raw)
			}
		}
		require.True(t, vouched, "no TVS vouches for %s", list.Signer)
	}
}

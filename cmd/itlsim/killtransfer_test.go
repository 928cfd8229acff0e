package main

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	crand "crypto/rand"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/internal/build"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
)

// A killedCommand is one in whose middle the process is killed.
type killedCommand struct {
	line    string
	answers []string
	first   []string // commands before it, each with its answers behind "|"
}

// stranger is a certificate of nobody's, as it is pasted.
func stranger(t *testing.T) []string {
	key, err := testkeys.NewPool(9).Key(1024)
	require.NoError(t, err)
	signer, err := cucm.NewCertificate(cucm.Tomcat, pkix.Name{CommonName: "stranger"}, key, time.Now(), crand.Reader)
	require.NoError(t, err)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signer.Certificate.Raw})
	return strings.Split(strings.TrimSpace(string(block)), "\n")
}

// exchange puts what a bulk import needs on a server: two clusters' certificates.
func exchange(t *testing.T, s *sftptest.Server) {
	other := cucmtest.New(t)
	for _, typed := range [][]string{
		{"set cert bulk server " + s.Address() + " " + s.User + " " + s.Dir, s.Password}, {"set cert bulk export All"},
	} {
		other.Must(other.Pub, typed[0], typed[1:]...)
	}
	files, err := filepath.Glob(s.Dir + "/test10pub_*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		require.NoError(t, os.Rename(file, strings.Replace(file, "test10pub", "elsewhere", 1)))
	}
}

// A process that is killed while a file is sent, certificates come from a server or are
// pasted, or a CTL is made comes up with the old state or the new one, and what is on
// the server is whole. ITLSIM_KILLS says at how many instants.
func TestKilledDuringATransfer(t *testing.T) {
	if build.Raced {
		t.Skip("who is killed tells of no race")
	}
	server := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	exchange(t, server)
	bulk := "set cert bulk server " + server.Address() + " " + server.User + " " + server.Dir + "|" + server.Password
	const mixed, nonSecure = "utils ctl set-cluster mixed-mode", "utils ctl set-cluster non-secure-mode"
	commands := []killedCommand{
		{"file get tftp ITLRecovery.p12", []string{
			"y", server.Host, server.Port, server.User, server.Password, server.Dir, "yes",
		}, nil},
		{mixed, []string{"y"}, nil},
		{nonSecure, []string{"y"}, []string{mixed + "|y"}},
		{"utils ctl update CTLFile", []string{"y"}, []string{mixed + "|y"}},
		{"set cert import trust CallManager", stranger(t), nil},
		{"set cert bulk export All", nil, []string{bulk}},
		{"set cert bulk import All", nil, []string{bulk, "set cert bulk export All", "set cert bulk consolidate All"}},
	}
	each := max(1, killings(t)/len(commands))
	for _, command := range commands {
		t.Run(command.line, func(t *testing.T) { command.test(t, server, each) })
	}
}

// test kills the command so many times, each time from the same state.
func (k killedCommand) test(t *testing.T, server *sftptest.Server, times int) {
	defer os.Remove(filepath.Join(server.Dir, cucm.RecoveryFile)) // each cluster has one of its own
	template := filepath.Join(t.TempDir(), "state")
	s := serve(t, "--state", template)
	client := s.login(0)
	for _, first := range k.first {
		typed := strings.Split(first, "|")
		out, err := s.run(client, typed[0], typed[1:]...)
		require.NoError(t, err, out)
	}
	client.Close()
	s.kill()
	old := kept(t, template)

	begin := func() (dir string, s *served, run func() (string, error)) {
		dir = filepath.Join(t.TempDir(), "copy")
		out, err := exec.Command("cp", "-a", template, dir).CombinedOutput()
		require.NoError(t, err, string(out))
		s = serve(t, "--state", dir)
		client := s.login(0)
		return dir, s, func() (string, error) {
			defer client.Close()
			return s.run(client, k.line, k.answers...)
		}
	}
	dir, s, run := begin()
	var when instants
	when.measure(dir, func() {
		out, err := run()
		assert.NoError(t, err, out)
	})
	s.kill()
	touched := differences(old, kept(t, dir))
	require.NotEmpty(t, touched)
	for range times {
		dir, s, run := begin()
		met := when.kill(s, dir, func() { _, _ = run() })
		changed := differences(old, kept(t, dir))
		if met == after {
			require.Equal(t, touched, changed, "a mixture")
		} else {
			require.Empty(t, changed)
		}
		c, err := cucm.Open(dir, cucm.Config{Clock: wallClock{}})
		require.NoError(t, err)
		require.NoError(t, c.Close())
		checkServer(t, server, old)
	}
	t.Log(&when)
	when.check(t)
}

// checkServer checks that what has the name of a file on the server is all of one.
func checkServer(t *testing.T, server *sftptest.Server, before map[string][]byte) {
	entries, err := os.ReadDir(server.Dir)
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(server.Dir, e.Name()))
		require.NoError(t, err)
		switch {
		case strings.HasSuffix(e.Name(), ".part"): // which the next transfer writes over
		case e.Name() == cucm.RecoveryFile:
			require.True(t, bytes.Equal(before["test10pub/tftp/"+cucm.RecoveryFile], data), "the recovery key")
		default:
			require.Equal(t, derLength(data), len(data), e.Name())
		}
	}
}

// derLength is how many bytes the DER that begins here has.
func derLength(data []byte) int {
	if len(data) < 4 || data[1] != 0x82 {
		return -1
	}
	return 4 + int(data[2])<<8 + int(data[3])
}

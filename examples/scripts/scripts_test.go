// Package scripts_test runs the scripts of this directory, which know nothing of this
// project, against its phones.
package scripts_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/internal/sshtest"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/scenariotest"
	"itlsim/sip"
	"itlsim/sshd"
)

const password = "ciscocisco"

// A site is a cluster with phones, as administrators meet it.
type site struct {
	*testing.T
	*lab.Lab
}

// open puts up phones whose web access is on, of which a quarter is off while both
// certificates are renewed.
func open(t *testing.T, phones int) *site {
	t.Helper()
	l := scenariotest.Open(t, "both-certificates-at-once", phones)
	l.Do("page: Common Phone Profile > web access = Enabled", "phones: power on", "25% of the phones: power off")
	l.Type("test10pub", "set cert regen CallManager", "yes")
	l.Do("wait: 6 minutes")
	l.Type("test10pub", "set cert regen TVS", "yes")
	l.Do("25% of the phones: power on")
	l.Expect("75% of the phones are trusted", "all phones are registered")
	return &site{t, l.Lab}
}

// publisher is where scripts find the cluster.
func (s *site) publisher() string { return s.Cluster.Publisher().Address(cucm.TomcatService) }

// languages are those that there are scripts in, by the commands that find and reset.
var languages = []struct{ find, reset []string }{
	{[]string{"python3", "find_lost_phones.py"}, []string{"python3", "reset_phones.py"}},
	{[]string{"node", "lost-phones.mjs", "find"}, []string{"node", "lost-phones.mjs", "reset"}},
}

// run runs a script with a password, flags, and these lines on its standard input. It
// returns the lines that it prints, what it says beside, and its exit code.
func run(
	t *testing.T, password string, input, command []string, flags ...string,
) (printed []string, said string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), sftptest.Program(t, command[0]), append(command[1:], flags...)...)
	cmd.Env = append(os.Environ(), "CUCM_PASSWORD="+password, "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdin = strings.NewReader(strings.Join(input, "\n"))
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if failed := cmd.Run(); failed != nil {
		require.ErrorAs(t, failed, new(*exec.ExitError))
	}
	return strings.Fields(out.String()), err.String(), cmd.ProcessState.ExitCode()
}

// lost are the names of the phones that have lost trust, as they know themselves.
func (s *site) lost() (names []string) {
	for v := range s.Fleet.All(fleet.Basics) {
		if v.State == phone.Locked || v.State == phone.Untrusted {
			names = append(names, v.Name)
		}
	}
	return names
}

// typed types a command with OpenSSH's client, and the answers to what it asks.
func (s *site) typed(command string, answers ...string) {
	s.Helper()
	host, _, err := net.SplitHostPort(s.publisher())
	require.NoError(s, err)
	server, err := sshd.Listen(s.Cluster.Publisher(), net.JoinHostPort(host, "0"))
	require.NoError(s, err)
	defer server.Close()
	steps := append([]string{"admin:", command}, append(answers, "admin:", "exit")...)
	sshtest.Dialogue(s, server.Addr().String(), cucm.AdminUser, password, steps...)
}

// A quarter of a fleet was off while both certificates were renewed. Scripts find exactly
// those, and after `utils itl reset localkey` they bring them back, each language a half.
func TestLostPhonesAreFoundAndBroughtBack(t *testing.T) {
	t.Parallel()
	phones := 200
	if os.Getenv("ITLSIM_LONG") != "" {
		phones = 2000
	}
	s := open(t, phones)
	webPort := fmt.Sprint(s.Fleet.(*wire.Fleet).WebPort())
	finds := func(want []string, counts string) {
		t.Helper()
		for _, language := range languages {
			found, said, code := run(t, password, nil, language.find, s.publisher(), "--web-port", webPort)
			require.Zero(t, code, said)
			require.Equal(t, want, found, "%s: %s", language.find, said)
			require.Contains(t, said, counts)
		}
	}
	lost := s.lost()
	require.Len(t, lost, phones/4)
	finds(lost, fmt.Sprintf("%[1]d phones, %[1]d registered, 0 without a page, %[2]d lost\n", phones, phones/4))

	s.typed("utils itl reset localkey", "Administrator password", password)
	require.Equal(t, lost, s.lost(), "the new list is served, and nobody has fetched it")
	for i, half := range [][]string{lost[:phones/8], lost[phones/8:]} {
		missing, said, code := run(t, password, half, languages[i].reset, s.publisher(),
			"--batch", fmt.Sprint(phones/16+1))
		require.Zero(t, code, said)
		require.Empty(t, missing, said)
		require.Contains(t, said, "batch 2 of 2")
		require.NotSubset(t, s.lost(), half)
	}
	require.Empty(t, s.lost())
	finds([]string{}, " 0 lost\n")
}

// What goes wrong is told: a wrong password, phones without a page, one that there is not,
// and those that do not come back. Whoever asks too often is patient.
func TestTroubleIsTold(t *testing.T) {
	t.Parallel()
	const phones = 1001 // more than RIS tells of in an answer
	l := cucmtest.New(t)
	rate := 1
	sockets, err := cucmwire.ListenWith(l.Cluster, []string{"127.4.35.2", "127.4.35.3"},
		cucmwire.Options{RISRate: &rate, Pace: 60})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sockets.Close()) })
	names := make([]string, phones)
	for i := range names {
		names[i] = fmt.Sprintf("SEP%012X", i)
		l.AddDevice(cucm.Device{Name: names[i], Model: "8861", Group: l.Nodes()})
		l.Sub.RegisterOver(names[i], cucm.Registration{Session: "1", Contact: "sip:x@127.4.35.9:9",
			At: netip.MustParseAddrPort("127.4.35.9:9")}, sip.Granted)
	}
	host := l.Pub.Address(cucm.TomcatService)
	for _, language := range languages {
		found, said, code := run(t, "wrong", nil, language.find, host)
		require.Equal(t, 1, code)
		require.Empty(t, found)
		require.Contains(t, said, "listPhone: HTTP 401: This request requires HTTP authentication.")

		found, said, code = run(t, cucmtest.Password, nil, language.find, host, "--web-port", "9")
		require.Zero(t, code)
		require.Empty(t, found)
		lines := strings.Split(said, "\n")
		require.Equal(t, phones+2, len(lines), lines[len(lines)-2])
		require.Equal(t, "1001 phones, 1001 registered, 1001 without a page, 0 lost", lines[phones])
		require.True(t, strings.HasPrefix(lines[0], names[0]+" at 127.4.35.9: "), lines[0])
	}
	for i, language := range languages {
		batch := []string{"SEPNONE", names[2*i], names[2*i+1]}
		left, said, code := run(t, cucmtest.Password, batch, language.reset, host, "--batch", "2", "--patience", "1")
		require.Equal(t, 1, code)
		require.Equal(t, batch, left, "the second batch is left alone")
		require.Contains(t, said, "SEPNONE: doDeviceReset: HTTP 500: Item not valid: The specified Phone was not found\n")
		require.Contains(t, said, "batch 1 of 2: 0 of 2 are back\n")
		require.NotNil(t, l.CallManagerOf(names[2*i+1]))
	}
}

package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm/cli"
)

// Every command is found by its words, explains itself, and refuses arguments
// that it does not take, having changed nothing.
func TestEveryCommandExplainsItself(t *testing.T) {
	l := newLab(t)
	before := l.Snapshot()
	all := l.Must(l.Pub, "help")
	commands := 0
	for line := range strings.Lines(all) {
		if strings.HasPrefix(line, " ") {
			continue
		}
		commands++
		words := strings.Fields(line)
		for i, w := range words {
			if w == strings.ToUpper(w) || strings.HasPrefix(w, "[") || strings.Contains(w, "|") {
				words = words[:i]
				break
			}
			require.Contains(t, cli.Complete(strings.Join(words[:i], " ")+" "), w, line)
		}
		command := strings.Join(words, " ")
		require.Contains(t, cli.Hints(l.Pub, command), strings.TrimSpace(line))
		require.Contains(t, l.Must(l.Pub, "help "+command), strings.TrimSpace(line))
		_, err := l.Types(l.Pub, command+strings.Repeat(" x", 40))
		require.Error(t, err, command)
	}
	require.Greater(t, commands, 25)
	require.Empty(t, cmp.Diff(before, l.Snapshot()))
}

func TestUnknownCommand(t *testing.T) {
	l := newLab(t)
	for _, line := range []string{"show", "itl", "show itls", "Show itl", "utils itl reset"} {
		out, err := l.Types(l.Pub, line)
		require.ErrorIs(t, err, cli.ErrUnknownCommand, line)
		require.Equal(t, "Executed command unsuccessfully\nNo valid command entered\n", out)
	}
	require.Empty(t, l.Must(l.Pub, "  "))
	require.ErrorIs(t, cli.Run(l.Pub, &cli.Script{}, "exit"), cli.ErrExit)
}

// Who names what is not there is told what there is, as a list.
func TestWhatThereIs(t *testing.T) {
	l := newLab(t)
	for line, want := range map[string]string{
		"set cert regen Foo":        `"Foo" is not a certificate of this node; it has CallManager, CAPF, ITLRecovery, TVS, ipsec, tomcat`,
		"set cert import trust Foo": `"Foo" is not a trust store; there are tomcat-trust, ipsec-trust, `,
		"set cert bulk export Foo":  `"Foo" is not a type of certificates; there are All, Tomcat, TFTP, CAPF, ITL_Recovery`,
	} {
		_, err := l.Types(l.Pub, line)
		require.ErrorContains(t, err, want)
	}
}

// A question that is answered with no, whatever the words of it, leaves everything as
// it was, and nobody takes the command for one that was done.
func TestDeclined(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, "utils disaster_recovery backup monday")
	before := l.Snapshot()
	for line, question := range map[string]string{
		"set cert regen CallManager":                           "Proceed with regeneration (yes|no)? no\n",
		"set cert regen ITLRecovery":                           "Proceed with regeneration (yes|no)? no\n",
		"set network hostname other":                           "Continue (yes/no)? no\n",
		"set network domain example.com":                       "Continue (yes/no)? no\n",
		"utils system restart":                                 "Enter (yes/no)? no\n",
		"utils disaster_recovery restore monday":               "Continue (yes/no)? no\n",
		"utils disaster_recovery prepare restore pub_from_sub": "Continue (yes/no)? no\n",
		"file get tftp ITLRecovery.p12":                        "Would you like to proceed [y/n]? no\n",
	} {
		out, err := l.Types(l.Pub, line, "no")
		require.ErrorIs(t, err, cli.ErrDeclined, line)
		require.True(t, strings.HasSuffix(out, question), out)
		require.Empty(t, cmp.Diff(before, l.Snapshot()), line)
	}
}

// A clock that is set moves the guard and the monitor along, backwards too.
func TestSetDate(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, "set cert regen TVS", "yes")
	_, err := l.Types(l.Pub, "set cert regen CAPF", "yes")
	require.Error(t, err)
	require.Contains(t, l.Must(l.Sub, "set date 18:30:00 02/26/14"), "18:30:00 UTC 2014")
	l.Must(l.Pub, "set cert regen CAPF", "yes")
	l.Must(l.Pub, "set date 10:00:00 02/20/14")
	unit, _ := l.Pub.Guard()
	require.Empty(t, unit, "a guard that does not decide is not shown")
	l.Must(l.Pub, "set cert regen tomcat", "yes")
	l.Wait(25 * time.Hour)
	require.NoError(t, l.Tick())
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 1)
	_, err = l.Types(l.Pub, "set date tomorrow noon")
	require.ErrorContains(t, err, "Usage")
}

func TestAdministratorsPassword(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, "set password user admin", password, "another one", "another one")
	require.True(t, l.CheckPassword("another one"))
	before := l.Snapshot()
	for _, answers := range [][]string{
		{password, "password", "password"}, {"another one", "short", "short"}, {"another one", "password", "passport"},
	} {
		_, err := l.Types(l.Pub, "set password user admin", answers...)
		require.Error(t, err)
	}
	_, err := l.Types(l.Pub, "utils itl reset localkey", password)
	require.ErrorIs(t, err, cli.ErrPassword)
	require.Empty(t, cmp.Diff(before, l.Snapshot()))
	require.True(t, l.Sub.Cluster().CheckPassword("another one"))
}

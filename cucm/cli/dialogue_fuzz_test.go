package cli_test

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cause/causetest"
	"itlsim/internal/cucmtest"
)

// Whatever an administrator types and answers, on either node: a command that fails has
// changed nothing on any node and says why, in words of its own, and one that asks for a
// password does not show the answer.
func FuzzDialogues(f *testing.F) {
	for _, line := range []string{
		"set cert regen CallManager\nyes", "set cert regen ITLRecovery\nno", "utils itl reset localkey\nsecret",
		"utils itl reset localkey\nwrong", "set network hostname other\nyes", "set network domain example.org\nyes",
		"utils disaster_recovery backup a", "utils disaster_recovery restore a\nyes\nsecret",
		"file get tftp ITLRecovery.p12\ny\n127.0.0.1\n22\nuser\nsecret\n/\nyes", "set csr gen CallManager",
		"show csr own CallManager",
		"set cert bulk server h u d\nsecret", "set cert bulk export All", "set cert import trust tomcat-trust\nx",
		"set cert delete tomcat-trust a.pem", "utils service restart Cisco Tftp", "set date 10:00:00 01/02/14",
		"utils ctl set-cluster mixed-mode\ny", "run sql select * from device", "show itl", "set cert monitor on a@b",
		"file view activelog syslog/CiscoSyslog", "utils system upgrade initiate",
		"set password user security\nsecret\nlong enough\nlong enough",
		"set tls min-version 1.2\nyes", "utils fips enable\nyes", "file list tftp *", "file delete tftp CTLFile.tlv\ny",
		"exit", "help",
	} {
		f.Add(line, false)
	}
	f.Fuzz(func(t *testing.T, typed string, subscriber bool) {
		l := cucmtest.Open(t, inMemory(t), func(c *cucm.Config) {
			c.Dial = func(string, string) (net.Conn, error) { return nil, errors.New("nobody answers") }
			c.SendMail = nil
		})
		node := l.Pub
		if subscriber {
			node = l.Sub
		}
		lines := strings.Split(typed, "\n")
		script := &cli.Script{Answers: lines[1:]}
		before := l.Snapshot()
		err := cli.Run(node, script, lines[0])
		said := script.Output.String()
		if words := causetest.Foreign(said); words != "" && !strings.Contains(typed, words) {
			t.Fatalf("%q: users read %q in\n%s", typed, words, said)
		}
		if err == nil || errors.Is(err, cli.ErrExit) {
			return
		}
		if strings.TrimSpace(said) == "" {
			t.Fatalf("%q fails without a word: %v", typed, err)
		}
		// what a command asked is logged: the log alone may be longer
		after := l.Snapshot()
		for _, n := range l.Nodes() {
			delete(before, "log of "+n.Name())
			delete(after, "log of "+n.Name())
		}
		if d := cmp.Diff(before, after); d != "" {
			t.Fatalf("%q fails (%v) and has changed something:\n%s", typed, err, d)
		}
	})
}

// inMemory is a directory that needs no disk, where the system has such.
func inMemory(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "itlsim")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

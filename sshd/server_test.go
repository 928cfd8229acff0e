package sshd_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/sshd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "geheim"

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC) }

// start serves the publisher of the golden dumps' cluster.
func start(t *testing.T) (*cucm.Node, *sshd.Server) {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits, cfg.Password = fixedClock{}, testkeys.NewPool(1), 1024, password
	cfg.Nodes[1].KeyBits = map[cucm.Unit]int{cucm.TVSUnit: 2048}
	cfg.Nodes[0].RecoveryName = "ITLRECOVERY_test10pub.joemar.l" // a name of 65 characters
	c, err := cucm.New(cfg)
	require.NoError(t, err)
	s, err := sshd.Listen(c.Publisher(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return c.Publisher(), s
}

func login(t *testing.T, s *sshd.Server, user, password string) (*ssh.Client, error) {
	c, err := dial(s, user, password, ssh.InsecureIgnoreHostKey())
	if err == nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, err
}

func dial(s *sshd.Server, user, password string, key ssh.HostKeyCallback) (*ssh.Client, error) {
	return ssh.Dial("tcp", s.Addr().String(), &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: key,
	})
}

// terminal is a session with a terminal; what is typed is sent at once.
type terminal struct {
	t    *testing.T
	in   io.Writer
	out  io.Reader
	seen bytes.Buffer
}

func open(t *testing.T, s *sshd.Server) *terminal {
	client, err := login(t, s, "admin", password)
	require.NoError(t, err)
	session, err := client.NewSession()
	require.NoError(t, err)
	in, err := session.StdinPipe()
	require.NoError(t, err)
	out, err := session.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, session.RequestPty("vt100", 24, 200, nil))
	require.NoError(t, session.Shell())
	term := &terminal{t: t, in: in, out: out}
	term.until("admin:")
	return term
}

// types something and returns what is seen until what ends it.
func (term *terminal) types(keys, end string) string {
	term.t.Helper()
	_, err := io.WriteString(term.in, keys)
	require.NoError(term.t, err)
	return term.until(end)
}

func (term *terminal) until(end string) string {
	term.t.Helper()
	term.seen.Reset()
	buf := make([]byte, 1024)
	for !strings.Contains(term.seen.String(), end) {
		n, err := term.out.Read(buf)
		term.seen.Write(buf[:n])
		if err != nil {
			require.Contains(term.t, term.seen.String(), end)
			break
		}
	}
	return strings.ReplaceAll(term.seen.String(), "\r", "")
}

func TestPasswords(t *testing.T) {
	n, s := start(t)
	for _, who := range [][2]string{{"admin", "wrong"}, {"root", password}, {"admin", ""}} {
		_, err := login(t, s, who[0], who[1])
		require.Error(t, err)
	}
	_, err := login(t, s, "admin", password)
	require.NoError(t, err)
	require.Equal(t, sshd.Stats{Logins: 1, Refused: 3}, s.Stats())
	require.Len(t, n.Log(), 3)
	require.Contains(t, n.Log()[1], "[UserID=root]")
}

func TestHostKeyIsTheNodes(t *testing.T) {
	n, s := start(t)
	want, err := ssh.NewSignerFromKey(n.HostKey())
	require.NoError(t, err)
	c, err := dial(s, "admin", password, ssh.FixedHostKey(want.PublicKey()))
	require.NoError(t, err)
	c.Close()
	require.NoError(t, n.SetFIPS(true)) // which makes another
	_, err = dial(s, "admin", password, ssh.FixedHostKey(want.PublicKey()))
	require.ErrorContains(t, err, "host key mismatch")
	want, err = ssh.NewSignerFromKey(n.HostKey())
	require.NoError(t, err)
	c, err = dial(s, "admin", password, ssh.FixedHostKey(want.PublicKey()))
	require.NoError(t, err)
	c.Close()
}

// Line editing, history, completion, `?`, help, interruption.
func TestTerminal(t *testing.T) {
	_, s := start(t)
	term := open(t, s)
	choices := term.types("utils itl reset ?", "\x1b[16D") // the line is drawn again behind them
	require.Contains(t, choices, "localkey")
	require.Contains(t, choices, "remotekey")
	term.types("\x03", "admin:")
	require.Contains(t, term.types("sho\tver\tact\t\r", "admin:"), "Active Master Version: 10.0.1")
	require.Contains(t, term.types("\x1b[A\r", "admin:"), "Active Master Version", "history")
	edited := term.types("xshow version actie\x1b[Dv\x01\x1b[3~\r", "admin:")
	require.Contains(t, edited, "Active Master Version")
	unknown := term.types("make coffee\r", "admin:")
	require.Contains(t, unknown, "Executed command unsuccessfully\nNo valid command entered\n")
	require.Contains(t, term.types("help utils itl\r", "admin:"), "utils itl reset remotekey HOST[:PORT] USER PATH")
	require.Contains(t, term.types("show cert own\r", "admin:"), "Usage: show cert own NAME")

	// A question is given up by Ctrl-C, and its answers are no history.
	term.types("set cert regen TVS\r", "(yes|no)? ")
	term.types("nonsense\x03", "admin:")
	term.types("utils itl reset localkey\r", "password :")
	seen := term.types("wrong-secret\r", "admin:")
	require.NotContains(t, seen, "wrong-secret")
	require.Contains(t, seen, "password is wrong")
	require.Contains(t, term.types("\x1b[A", "localkey"), "utils itl reset localkey", "not the secret")
	term.types("\x03", "admin:")

	// A masked answer is shown as asterisks.
	term.types("file get tftp ITLRecovery.p12\r", "[y/n]? ")
	for _, step := range [][2]string{{"y", "IP: "}, {"127.0.0.1", "[22]: "}, {"1", "ID: "}, {"joe", "Password: "}} {
		term.types(step[0]+"\r", step[1])
	}
	require.Contains(t, term.types("cisca\x7fo\r", "directory: "), "*****")
	require.NotContains(t, term.seen.String(), "cisc")
	failed := term.types("/\r", "admin:")
	require.Contains(t, failed, "The SFTP server 127.0.0.1:1 cannot be reached: connection refused\n")
	term.types("exit\r", "exit")
	_, err := io.ReadAll(term.out)
	require.NoError(t, err)

	// Ctrl-D answers no question, and ends the session.
	term = open(t, s)
	term.types("set cert regen TVS\r", "(yes|no)? ")
	term.types("\x04", "the input ends before the answer")
	_, err = io.ReadAll(term.out)
	require.NoError(t, err)
}

func TestCompletionsOffered(t *testing.T) {
	_, s := start(t)
	term := open(t, s)
	require.Contains(t, term.types("utils service \t", "stop"), "list  restart  start  stop")
}

// A session without a terminal is a script: a line a command or an answer.
func TestShellWithoutATerminal(t *testing.T) {
	_, s := start(t)
	client, err := login(t, s, "admin", password)
	require.NoError(t, err)
	session, err := client.NewSession()
	require.NoError(t, err)
	session.Stdin = strings.NewReader("show ctl\nset cert regen CAPF\nyes\n" +
		"utils itl reset localkey\n" + password + "\nexit\nshow itl\n")
	var out bytes.Buffer
	session.Stdout = &out
	require.NoError(t, session.Shell())
	require.NoError(t, session.Wait())
	for _, want := range []string{
		"admin:show ctl\nLength of CTL file: 0\n", "Proceed with regeneration (yes|no)? yes\n",
		"Cisco Tftp service restarted on host test10sub\n", "admin:exit\n",
	} {
		require.Contains(t, out.String(), want)
	}
	require.NotContains(t, out.String(), password)
	require.NotContains(t, out.String(), "admin:show itl")

	// Input that ends before an answer, or has no end, is a failed command.
	for _, input := range []string{"", strings.Repeat("y", 10_000)} {
		session, err := client.NewSession()
		require.NoError(t, err)
		session.Stdin = strings.NewReader(input)
		require.Error(t, session.Run("set cert regen TVS"))
	}
}

// M11 by OpenSSH's client: the dumps before and after the reset, with the
// lengths that the documents show.
func TestShowITLByOpenSSH(t *testing.T) {
	client := sftptest.Program(t, "ssh")
	_, s := start(t)
	host, port, err := net.SplitHostPort(s.Addr().String())
	require.NoError(t, err)
	askpass := filepath.Join(t.TempDir(), "askpass")
	require.NoError(t, os.WriteFile(askpass, []byte("#!/bin/sh\necho "+password+"\n"), 0o700))
	run := func(stdin, line string) string {
		cmd := exec.Command(client, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
			"-o", "LogLevel=ERROR", "-o", "PreferredAuthentications=password", "-p", port, "admin@"+host, line)
		cmd.Env = append(os.Environ(), "SSH_ASKPASS="+askpass, "SSH_ASKPASS_REQUIRE=force")
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.Output()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	golden := func(name string) string { return cucmtest.Golden(t, "..", name, "show itl") }
	cucmtest.SameListing(t, golden("show-itl-before-reset.txt"), run("", "show itl"))
	run(password+"\n", "utils itl reset localkey")
	cucmtest.SameListing(t, golden("show-itl-after-reset.txt"), run("", "show itl"))
}

// What is no SSH, or does not go on, costs nothing but its connection, and has no
// administrator wait, be it at the same address.
func TestStrangers(t *testing.T) {
	_, s := start(t)
	for _, says := range []string{"", "GET / HTTP/1.0\r\n\r\n", "SSH-2.0-idle\r\n"} {
		for range 300 {
			conn, err := net.Dial("tcp", s.Addr().String())
			require.NoError(t, err)
			defer conn.Close()
			_, _ = io.WriteString(conn, says)
		}
		_, err := login(t, s, "admin", password)
		require.NoError(t, err, "among 300 that say %q", says)
	}
}

// A certificate is pasted into a terminal, as programs do it, or comes from standard
// input.
func TestCertificatesArePasted(t *testing.T) {
	n, s := start(t)
	other, _ := start(t)
	cert := other.Certificate(cucm.CallManager).Certificate
	pasted := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))

	term := open(t, s)
	term.types("set cert import trust Phone-SAST\r", "Paste the Certificate and Hit Enter")
	require.Contains(t, term.types(strings.TrimSpace(pasted)+"\r", "admin:"),
		"Successfully imported certificate for Phone-SAST.")
	require.Contains(t, term.types("show cert list trust\r", "admin:"), "Phone-SAST-trust/test10pub.joemar2.lab.pem: ")

	client, err := login(t, s, "admin", password)
	require.NoError(t, err)
	session, err := client.NewSession()
	require.NoError(t, err)
	session.Stdin = strings.NewReader(pasted)
	out, err := session.CombinedOutput("set cert import trust CAPF-trust")
	require.NoError(t, err, "%s", out)
	require.Len(t, n.Cluster().Trusted(cucm.CAPFTrust, cucm.PhoneSASTTrust), 4, "two CAPF of its own, and two imports")
}

// Who guesses passwords has ever fewer guesses, over however many connections and nodes;
// who knows the password, at another address, notices nothing.
func TestGuessing(t *testing.T) {
	n, s := start(t)
	other, err := sshd.Listen(n.Cluster().Nodes()[1], "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	from := func(ip string, s *sshd.Server, password string) error {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		conn, err := d.DialContext(ctx, "tcp", s.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		_, _, _, err = ssh.NewClientConn(conn, s.Addr().String(), &ssh.ClientConfig{
			User: "admin", Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		})
		return err
	}
	began := time.Now()
	var guessing sync.WaitGroup
	for i := range 10 {
		guessing.Go(func() {
			for ctx.Err() == nil {
				_ = from("127.0.0.66", []*sshd.Server{s, other}[i%2], "guess")
			}
		})
	}
	guesses := func() uint64 { return s.Stats().Refused + other.Stats().Refused }
	require.Eventually(t, func() bool { return guesses() >= 10 }, time.Minute, time.Millisecond)
	before := guesses()
	require.NoError(t, from("127.0.0.7", s, password))
	require.Less(t, guesses()-before, uint64(10), "it was answered before all that wait")
	time.Sleep(time.Second)
	cancel()
	guessing.Wait()
	few := 24 + time.Since(began)/(8*time.Second) // after eight refusals and more one waits so long
	require.LessOrEqual(t, guesses(), uint64(few), "ten at once, ten that had queued by then, then ever fewer")
}

// Clients of today log in with algorithms that count as strong; older ones, which have
// no others, only where that is wanted.
func TestAlgorithms(t *testing.T) {
	client := sftptest.Program(t, "ssh")
	n, strong := start(t)
	legacy, err := sshd.ListenWith(n, "127.0.0.1:0", sshd.Options{Legacy: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, legacy.Close()) })
	askpass := filepath.Join(t.TempDir(), "askpass")
	require.NoError(t, os.WriteFile(askpass, []byte("#!/bin/sh\necho "+password+"\n"), 0o700))
	run := func(s *sshd.Server, options ...string) (string, error) {
		host, port, err := net.SplitHostPort(s.Addr().String())
		require.NoError(t, err)
		args := []string{"-F", "none", "-p", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"}
		for _, o := range options {
			args = append(args, "-o", o)
		}
		cmd := exec.Command(client, append(args, "admin@"+host, "show version active")...)
		cmd.Env = append(os.Environ(), "SSH_ASKPASS="+askpass, "SSH_ASKPASS_REQUIRE=force")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, s := range []*sshd.Server{strong, legacy} {
		out, err := run(s)
		require.NoError(t, err, out)
		require.Contains(t, out, "Active Master Version")
	}
	const oldest = "KexAlgorithms=diffie-hellman-group14-sha1"
	for _, old := range [][]string{
		{oldest}, {"KexAlgorithms=diffie-hellman-group1-sha1"}, {"KexAlgorithms=diffie-hellman-group-exchange-sha1"},
		{"Ciphers=aes128-cbc"}, {"Ciphers=3des-cbc"}, {"Ciphers=aes128-ctr", "MACs=hmac-sha1"},
		{"Ciphers=aes128-ctr", "MACs=hmac-sha1-96"}, {"HostKeyAlgorithms=ssh-rsa"},
		{oldest, "Ciphers=3des-cbc", "MACs=hmac-sha1", "HostKeyAlgorithms=ssh-rsa"},
	} {
		out, err := run(strong, old...)
		require.Error(t, err, "%v", old)
		require.Contains(t, out, "no matching", "%v", old)
		out, err = run(legacy, old...)
		require.NoError(t, err, "%v: %s", old, out)
		require.Contains(t, out, "Active Master Version")
	}
}

// trap is a clock that breaks once, where it is set to.
type trap struct {
	fixedClock
	set atomic.Bool
}

func (c *trap) Now() time.Time {
	if c.set.CompareAndSwap(true, false) {
		panic("the clock broke")
	}
	return c.fixedClock.Now()
}

// A panic in a command is told to who typed it, and the login goes on.
func TestPanicInACommand(t *testing.T) {
	clock := &trap{}
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits, cfg.Password = clock, testkeys.NewPool(1), 1024, password
	c, err := cucm.New(cfg)
	require.NoError(t, err)
	s, err := sshd.Listen(c.Publisher(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	client, err := login(t, s, "admin", password)
	require.NoError(t, err)
	run := func() (string, error) {
		session, err := client.NewSession()
		require.NoError(t, err)
		defer session.Close()
		session.Stdin = strings.NewReader("yes\n")
		out, err := session.Output("set cert regen TVS")
		return string(out), err
	}
	clock.set.Store(true)
	out, err := run()
	require.Error(t, err)
	require.Contains(t, out, "fault of the program itself: the clock broke, in itlsim/sshd_test")
	require.Contains(t, strings.Join(c.Publisher().Log(), "\n"), "ProgramFault")
	_, err = run()
	require.NoError(t, err)
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"itlsim/cucm/testkeys"
	"itlsim/internal/sftptest"
	"itlsim/internal/sshtest"
)

const servedPassword = "geheim"

// served is a running command that says in a ready file where everything is.
type served struct {
	t    *testing.T
	cmd  *exec.Cmd
	file string // the ready file
	out  bytes.Buffer
	ready
}

// serve starts `itlsim serve` on loopback addresses of its own.
func serve(t *testing.T, flags ...string) *served {
	t.Helper()
	address := fmt.Sprintf("127.%d.%d.2", 20+rand.IntN(200), rand.IntN(250))
	return up(t, append([]string{"serve", "--address", address, "--port-offset", fmt.Sprint(10000 + rand.IntN(14000)),
		"--admin-password", servedPassword, "--key-bits", "1024"}, flags...)...)
}

// up starts a command, and waits until it is ready.
func up(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{t: t, file: filepath.Join(t.TempDir(), "ready.json")}
	s.cmd = exec.Command("itlsim", append(args, "--ready-file", s.file)...) // found where testscript.Main puts it
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	require.NoError(t, s.cmd.Start())
	t.Cleanup(func() { s.kill() })
	data := awaitFile(t, s.file)
	if data == nil {
		s.kill()
		t.Fatalf("itlsim %s is not ready: %s", args[0], s.out.String())
	}
	require.NoError(t, json.Unmarshal(data, &s.ready))
	return s
}

// awaitFile waits for a file, and reads it; nil where it does not come.
func awaitFile(t *testing.T, name string) []byte {
	t.Helper()
	for range 12_000 { // two minutes
		if data, err := os.ReadFile(name); err == nil {
			return data
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

// kill ends it as a power failure does.
func (s *served) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// login opens an SSH connection to a node.
func (s *served) login(node int) *ssh.Client {
	s.t.Helper()
	client, err := s.dial(node, s.Admin.Password)
	require.NoError(s.t, err)
	return client
}

func (s *served) dial(node int, password string) (*ssh.Client, error) {
	return ssh.Dial("tcp", s.Nodes[node].SSH, &ssh.ClientConfig{
		User: s.Admin.User, Auth: []ssh.AuthMethod{ssh.Password(password)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 2 * time.Minute,
	})
}

// run types a command on a node, and answers.
func (s *served) run(client *ssh.Client, line string, answers ...string) (string, error) {
	session, err := client.NewSession()
	if err != nil {
		return "", err
	}
	defer session.Close()
	if len(answers) > 0 {
		session.Stdin = strings.NewReader(strings.Join(answers, "\n") + "\n")
	}
	out, err := session.Output(line)
	return string(out), err
}

// dialogue types at a node with OpenSSH's client.
func (s *served) dialogue(node int, steps ...string) (seen string) {
	s.t.Helper()
	return sshtest.Dialogue(s.t, s.Nodes[node].SSH, s.Admin.User, s.Admin.Password, steps...)
}

// transcript cuts a command's part out of what was seen: line by line, from the end of
// the line that was typed.
func transcript(t *testing.T, seen, command string) []string {
	t.Helper()
	_, text, found := strings.Cut(seen, "admin:"+command+"\n")
	require.True(t, found, "%q in:\n%s", command, seen)
	text, _, _ = strings.Cut(text, "admin:")
	return strings.Split(text, "\n")
}

// folded folds white space and drops rules of dashes, as listings are compared.
func folded(text []string) (lines []string) {
	for _, line := range text {
		if line = strings.Join(strings.Fields(line), " "); strings.Trim(line, "- ") != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func golden(t *testing.T, name, command string) []string {
	t.Helper()
	data, err := os.ReadFile("../../testdata/golden/" + name)
	require.NoError(t, err)
	return transcript(t, string(data), command)
}

// Every transcript of the golden files, as OpenSSH's client sees it on a running
// cluster: names, digests and lengths aside, and in listings white space.
func TestGoldenTranscriptsBySSH(t *testing.T) {
	s := serve(t)
	key, err := testkeys.NewPool(5).Key(2048)
	require.NoError(t, err)
	for name, start := range map[string]func(*testing.T) *sftptest.Server{
		"SFTP server within the test": func(t *testing.T) *sftptest.Server {
			return sftptest.Start(t, sftptest.Password, key, "")
		},
		"OpenSSH": func(t *testing.T) *sftptest.Server {
			return sftptest.StartOpenSSH(t, sftptest.Password, key, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			s := &served{t: t, ready: s.ready}
			const restart, localkey = "utils service restart Cisco Tftp", "utils itl reset localkey"
			remotekey := fmt.Sprintf("utils itl reset remotekey %s %s %s/ITLRecovery.p12",
				server.Address(), server.User, server.Dir)
			get := "file get tftp ITLRecovery.p12"
			seen := s.dialogue(0,
				"admin:", restart,
				"STARTED]", "show itl",
				"verified successfully.", get,
				"[y/n]? ", "y", "server IP: ", server.Host, "port [22]: ", server.Port,
				"User ID: ", server.User, "Password: ", server.Password, "directory: ", server.Dir,
				"(yes/no)? ", "yes",
				"Downloading file:", remotekey,
				"Sftp password :", server.Password, "Administrator password :", servedPassword,
				"restarted on host test10sub", localkey,
				"Administrator password :", servedPassword,
				"restarted on host test10sub", "show itl",
				"verified successfully.", "exit")

			require.Equal(t, []string{
				" Don't press Ctrl-c while the service is getting RESTARTED." +
					"If Service has not Restarted Properly, execute the same Command Again",
				"Service Manager is running",
				"Cisco Tftp[STOPPING]  ", "Cisco Tftp[STARTING]  ", "Cisco Tftp[STARTED]  ", "Cisco Tftp[STARTED]  ", "",
			}, transcript(t, seen, restart))
			want := golden(t, "utils-itl-reset-localkey.txt", localkey)
			require.Empty(t, cmp.Diff(want, transcript(t, seen, localkey)))
			want = golden(t, "utils-itl-reset-remotekey.txt",
				"utils itl reset remotekey joemar2-server.cisco.com joemar2 /home/joemar2/ITLRecovery.p12")
			require.Empty(t, cmp.Diff(want, transcript(t, seen, remotekey)))

			row := regexp.MustCompile(`^[0-9a-f]{1,2}( [0-9a-f]{1,2}){7}$`) // of a signature; the golden dump lacks one
			mask := func(lines []string, patterns string) string {
				lines = slices.DeleteFunc(lines, row.MatchString)
				return regexp.MustCompile(patterns).ReplaceAllString(strings.Join(lines, "\n"), "#")
			}
			same := func(file, command, seen, patterns string) {
				want, got := folded(golden(t, file, command)), folded(transcript(t, seen, command))
				require.Empty(t, cmp.Diff(mask(want, patterns), mask(got, patterns)))
			}
			same("file-get-tftp-itlrecovery.txt", get, seen, `(?m)(Bytes|Kbytes): [0-9.]+|([0-9a-f]{2}:){15}[0-9a-f]{2}|`+
				`^SFTP server IP: \S+|port \[22\]:.*|User ID: .*|Password: \*+|Download directory: .*|host '\S+ \([0-9.]+\)'`)

			const dump = `(?m)^(\S+ )*[0-9a-f]{32,}\(|modified on .*|([0-9A-F]{2}[: ]){15,}[0-9A-F]{2}|` +
				`ITLRECOVERY_[a-z0-9.]*|CAPF-[0-9a-f]{8}|\b\d{2,4}\b`
			same("show-itl-before-reset.txt", "show itl", seen, dump)
			same("show-itl-after-reset.txt", "show itl", seen[strings.LastIndex(seen, "admin:show itl"):], dump)
		})
	}

	t.Run("set cert regen", func(t *testing.T) {
		s := &served{t: t, ready: s.ready}
		seen := s.dialogue(0, "admin:", "set cert regen CallManager", "(yes|no)? ", "yes",
			"to become active.", "set cert regen TVS", "later time", "exit")
		for _, command := range []string{"set cert regen CallManager", "set cert regen TVS"} {
			require.Empty(t, cmp.Diff(golden(t, "set-cert-regen.txt", command), transcript(t, seen, command)))
		}
	})
}

// Without a terminal: a command with answers on standard input, and its exit
// status; a wrong password is refused and entered into the log.
func TestServeWithoutATerminal(t *testing.T) {
	s := serve(t, "--release", "12.5")
	client := s.login(0)
	defer client.Close()
	out, err := s.run(client, "show version active")
	require.NoError(t, err)
	require.Contains(t, out, "12.5.1")
	out, err = s.run(client, "set cert regen tomcat", "yes")
	require.NoError(t, err, out)
	out, err = s.run(client, "set cert regen ipsec", "yes")
	var status *ssh.ExitError
	require.ErrorAs(t, err, &status)
	require.Equal(t, 1, status.ExitStatus())
	require.Contains(t, out, "tomcat certificate was modified in the last 5 minutes")

	_, err = s.dial(0, "guess")
	require.Error(t, err)
	out, err = s.run(client, "file view activelog syslog/CiscoSyslog")
	require.NoError(t, err)
	require.Regexp(t, `(?m)^\w{3} [ \d]\d \d\d:\d\d:\d\d test10pub local7 4 : 0: test10pub\.joemar2\.lab: .* UTC :  `+
		`%UC_LOGIN-4-AuthenticationFailed: `, out)
	out, err = s.run(client, "utils service list")
	require.NoError(t, err)
	require.Contains(t, out, "\nCisco Tftp[STARTED]\n")
	require.True(t, strings.HasSuffix(out, "\nPrimary Node =true\n"), out)

	// An interrupt ends it cleanly.
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait(), s.out.String())
}

// A cluster that signs with SHA-512 serves phones of newer firmware; one that takes
// known phones only rejects all.
func TestServeDigestAndAutoRegistration(t *testing.T) {
	boot := func(s *served) (r phonesReport) {
		var out, errs bytes.Buffer
		phones(&out, &errs, "--tftp", s.Nodes[0].TFTP, "--phones", "2", "--from", "127.2.7.1", "--model", "8861,7962",
			"--json", "-")
		require.NoError(t, json.Unmarshal(out.Bytes(), &r), errs.String())
		return r
	}
	r := boot(serve(t, "--digest", "SHA-512"))
	require.Equal(t, map[string]int{"none": 0, "trusted": 1, "locked": 1, "untrusted": 0}, r.States)
	require.Equal(t, map[string]int{
		"ITLSEP<MAC>.tlv refused: signed with SHA-512, which this firmware does not know": 1,
	}, r.Refusals)
	require.Zero(t, r.ByDefault, "all are entered, and have their own configuration")

	r = boot(serve(t, "--no-auto-registration"))
	require.Equal(t, map[string]int{"": 2}, r.Registered)
	require.Equal(t, 2, r.ByDefault)
}

// A cluster that is kept stays what it is, and who asks for another is told.
func TestServeKeepsTheRelease(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, "--release", "14", "--state", dir)
	s.kill()
	require.NotContains(t, s.out.String(), "is of release")
	s = serve(t, "--state", dir)
	s.kill()
	require.NotContains(t, s.out.String(), "is of release", "none was asked for")
	s = serve(t, "--release", "12.5", "--state", dir)
	printed, err := s.run(s.login(0), "show version active")
	require.NoError(t, err)
	require.Contains(t, printed, "Active Master Version: 14.0.")
	s.kill()
	require.Contains(t, s.out.String(), "the cluster kept in "+dir+" is of release 14; --release is for a new one")
}

// Serving where something else does is an error that says what to do.
// A copy of a state directory that lost its links is refused, and comes up by the
// generation that the refusal names.
func TestServeStateWithoutLinks(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, "--state", dir)
	s.kill()
	require.NoError(t, os.Remove(filepath.Join(dir, "current")))
	var out bytes.Buffer
	refused := exec.Command("itlsim", "serve", "--state", dir)
	refused.Stdout, refused.Stderr = &out, &out
	var exit *exec.ExitError
	require.ErrorAs(t, refused.Run(), &exit, out.String())
	require.Equal(t, exitBroken, exit.ExitCode())
	require.Contains(t, out.String(), "no link current that says which is in force")
	require.Contains(t, out.String(), "generation 0000000001 is whole: to go on from it start with --state-generation 1\n")
	again := serve(t, "--state", dir, "--state-generation", "1")
	require.Equal(t, s.Nodes[0].Name, again.Nodes[0].Name)
}

func TestServePortTaken(t *testing.T) {
	var out, errs bytes.Buffer
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	var p int
	_, err = fmt.Sscan(port, &p)
	require.NoError(t, err)
	serve := func(args ...string) int { return run(append([]string{"serve"}, args...), streams{&out, &errs}) }
	code := serve("--key-bits", "1024", "--address", "127.0.0.1", "--port-offset", fmt.Sprint(p-2445))
	require.Equal(t, exitBroken, code)
	require.Contains(t, errs.String(), "--port-offset")
	require.NotContains(t, errs.String(), "--boots", "which serve does not have")

	// With an API it is one of two addresses, and each has its own advice.
	errs.Reset()
	code = serve("--key-bits", "1024", "--address", "127.0.0.1", "--port-offset", fmt.Sprint(p-2445), "--api",
		"127.0.0.1:0")
	require.Equal(t, exitBroken, code)
	require.Contains(t, errs.String(), "--port-offset")
	errs.Reset()
	code = serve("--key-bits", "1024", "--address", "127.2.9.20", "--port-offset", "12345", "--api", l.Addr().String())
	require.Equal(t, exitBroken, code)
	require.Contains(t, errs.String(), "API: "+l.Addr().String())
	require.Contains(t, errs.String(), "or choose another")
	require.NotContains(t, errs.String(), "--port-offset")
	for _, bad := range [][]string{
		{"--address", "localhost"}, {"--key-bits", "512"}, {"--port-offset", "-1"}, {"--release", "9"}, {"--digest", "MD5"},
		{"--api", "8080"},
	} {
		require.Equal(t, exitUsage, serve(bad...), bad)
	}
}

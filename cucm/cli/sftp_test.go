package cli_test

import (
	"crypto/rsa"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/itl"
)

// servers are the SFTP servers that the tests run against.
var servers = map[string]func(testing.TB, sftptest.Auth, *rsa.PrivateKey, string) *sftptest.Server{
	"within the test": sftptest.Start,
	"OpenSSH":         sftptest.StartOpenSSH,
}

// M8, M15, M16: the recovery key goes to a real server and comes back from it,
// in the words of the transcripts.
func TestFileGetAndRemotekey(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			s := start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
			out, err := l.Fetch(l.Pub, s, "yes")
			require.NoError(t, err, out)
			mask := regexp.MustCompile(`\d+(\.\d+)?$|([0-9a-f]{2}:){15}[0-9a-f]{2}|joemar2-server\.cisco\.com|` +
				`172\.18\.172\.254|127\.0\.0\.1|joemar2|/home/\S+|\*+| \[22\]: \d+`)
			masked := func(text string) string {
				var out []string
				for line := range strings.SplitSeq(text, "\n") {
					line = strings.ReplaceAll(line, s.Dir, "/home/joemar2/")
					line = strings.ReplaceAll(line, "User ID: "+s.User, "User ID: joemar2")
					line = strings.ReplaceAll(line, "SFTP server port [22]: "+s.Port, "SFTP server port [22]:")
					out = append(out, mask.ReplaceAllString(line, "#"))
				}
				return strings.Join(out, "\n")
			}
			want := golden(t, "file-get-tftp-itlrecovery.txt", "file get tftp ITLRecovery.p12")
			cucmtest.SamePrinted(t, masked(want), masked(out))
			saved, err := os.ReadFile(filepath.Join(s.Dir, "ITLRecovery.p12"))
			require.NoError(t, err)
			require.Contains(t, out, fmt.Sprintf("Total size in Bytes: %d\n", len(saved)))
			entries, err := os.ReadDir(s.Dir)
			require.NoError(t, err)
			require.Len(t, entries, 1, "and nothing half-written")

			// The publisher loses its key; the saved one gets it back. The host key is
			// known by now.
			lost := l.Pub.Certificate(cucm.ITLRecovery)
			l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
			require.NotEqual(t, lost.Certificate.Raw, l.Pub.Certificate(cucm.ITLRecovery).Certificate.Raw)
			out, err = l.Remotekey(s, s.Password, password)
			require.NoError(t, err, out)
			const typed = "utils itl reset remotekey joemar2-server.cisco.com joemar2 /home/joemar2/ITLRecovery.p12"
			cucmtest.SamePrinted(t, golden(t, "utils-itl-reset-remotekey.txt", typed), out)
			require.Equal(t, lost.Certificate.Raw, l.Pub.Certificate(cucm.ITLRecovery).Certificate.Raw)
			for _, n := range l.Nodes() {
				require.NoError(t, n.ITL().VerifySelf())
				require.True(t, n.ITL().Signer.Same(itl.IdentityOf(lost.Certificate)))
			}
			require.Equal(t, l.Pub.ITL(), l.Sub.ITL())
			l.Must(l.Pub, "utils itl reset localkey", password)
		})
	}
}

// M8: the .p12's record replaces that of the list, also where the list holds
// the lost key's successor.
func TestRemotekeyReplacesTheRecord(t *testing.T) {
	l := newLab(t)
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	_, err := l.Fetch(l.Pub, s, "yes")
	require.NoError(t, err)
	saved := l.Pub.Certificate(cucm.ITLRecovery).Certificate
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	l.Must(l.Pub, "utils service restart Cisco Tftp")
	records := len(l.Pub.ITL().Records)
	_, err = l.Remotekey(s, s.Password, password)
	require.NoError(t, err)
	require.Len(t, l.Pub.ITL().Records, records)
	require.True(t, l.Pub.ITL().Records[4].Holds(saved.Raw))
	// A rebuild keeps it, as does the next start.
	l.Wait(cucmtest.Guard)
	l.Must(l.Sub, "set cert regen TVS", "yes")
	require.True(t, l.Pub.ITL().Records[4].Holds(saved.Raw))
	require.True(t, l.Sub.ITL().Records[4].Holds(saved.Raw))
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	require.True(t, l.Sub.ITL().Records[4].Holds(saved.Raw))
}

// M22 and the other failures of SFTP: each says what is wrong, and nothing has
// changed on any node.
func TestSFTPFailuresChangeNothing(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			keys := cucmtest.HostKeys(t, 2)
			l := newLab(t)
			s := start(t, sftptest.Password, keys[0], "")
			_, err := l.Fetch(l.Pub, s, "yes")
			require.NoError(t, err)
			before := l.Snapshot()
			unchanged := func(t *testing.T, err, reason error) {
				t.Helper()
				require.ErrorIs(t, err, reason)
				require.Empty(t, cmp.Diff(before, l.Snapshot()))
			}
			t.Run("wrong password", func(t *testing.T) {
				_, err := l.Remotekey(s, "wrong", password)
				unchanged(t, err, cli.ErrSFTPPassword)
			})
			t.Run("wrong CCM Administrator password", func(t *testing.T) {
				_, err := l.Remotekey(s, s.Password, "wrong")
				unchanged(t, err, cli.ErrPassword)
			})
			for _, auth := range []sftptest.Auth{sftptest.KeyboardInteractive, sftptest.PublicKey} {
				t.Run(string(auth)+" only", func(t *testing.T) {
					other := start(t, auth, keys[0], "")
					_, err := l.Remotekey(other, other.Password, "yes", password)
					unchanged(t, err, cli.ErrSFTPAuthentication)
					_, err = l.Fetch(l.Pub, other, "yes")
					unchanged(t, err, cli.ErrSFTPAuthentication)
				})
			}
			t.Run("missing file", func(t *testing.T) {
				gone := *s
				gone.Dir += "/nowhere"
				_, err := l.Remotekey(&gone, s.Password, password)
				unchanged(t, err, cli.ErrSFTPFile)
				_, err = l.Fetch(l.Pub, &gone)
				unchanged(t, err, cli.ErrSFTPFile)
			})
			t.Run("garbage", func(t *testing.T) {
				for _, garbage := range [][]byte{nil, []byte("no p12"), make([]byte, 100_000)} {
					dir := filepath.Join(s.Dir, fmt.Sprint(len(garbage)))
					require.NoError(t, os.Mkdir(dir, 0o755))
					require.NoError(t, os.WriteFile(filepath.Join(dir, "ITLRecovery.p12"), garbage, 0o644))
					other := *s
					other.Dir = dir
					_, err := l.Remotekey(&other, s.Password, password)
					require.Error(t, err)
					require.Empty(t, cmp.Diff(before, l.Snapshot()))
				}
			})
			t.Run("host key declined", func(t *testing.T) {
				other := start(t, sftptest.Password, keys[1], "")
				_, err := l.Fetch(l.Pub, other, "no")
				unchanged(t, err, cli.ErrHostKeyDeclined)
			})
			t.Run("host key changed", func(t *testing.T) {
				// A server of another key in the place of one that is known.
				first := start(t, sftptest.Password, keys[0], "")
				_, err := l.Fetch(l.Pub, first, "yes")
				require.NoError(t, err)
				before = l.Snapshot()
				proxied := start(t, sftptest.Password, keys[1], "")
				l.Divert(first.Address(), proxied.Address())
				_, err = l.Remotekey(first, first.Password, password)
				unchanged(t, err, cli.ErrHostKeyChanged)
				_, err = l.Fetch(l.Pub, first, "yes")
				unchanged(t, err, cli.ErrHostKeyChanged)
			})
		})
	}
}

// A cluster of another security password cannot use the file, nor can one whose
// CallManager key is longer than the recovery key.
func TestRemotekeyRefusesTheFile(t *testing.T) {
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	first := newLab(t)
	_, err := first.Fetch(first.Pub, s, "yes")
	require.NoError(t, err)

	other := newLab(t, func(c *cucm.Config) { c.Security = "another" })
	before := other.Snapshot()
	out, err := other.Remotekey(s, s.Password, "yes", password)
	require.ErrorIs(t, err, cucm.ErrP12Password)
	require.Contains(t, out, "another cluster security password")
	require.Empty(t, cmp.Diff(before, other.Snapshot()))

	upgraded := newLab(t, func(c *cucm.Config) {
		c.Nodes[0].KeyBits = map[cucm.Unit]int{cucm.CallManager: 2048}
	})
	before = upgraded.Snapshot()
	var size *cucm.KeySizeError
	_, err = upgraded.Remotekey(s, s.Password, "yes", password)
	require.ErrorAs(t, err, &size)
	_, err = upgraded.Types(upgraded.Pub, "utils itl reset localkey", password)
	require.ErrorAs(t, err, &size)
	require.Equal(t, cucm.KeySizeError{Recovery: 1024, CallManager: 2048}, *size)
	require.Empty(t, cmp.Diff(before, upgraded.Snapshot()))

	_, err = first.Types(first.Sub, "utils itl reset remotekey "+s.Address()+" u p", s.Password)
	require.ErrorIs(t, err, cucm.ErrNotPublisher)
}

// A server that is no SSH server, or is not there, costs a message.
func TestSFTPServerThatIsNone(t *testing.T) {
	l := newLab(t)
	before := l.Snapshot()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
			conn.Close()
		}
	}()
	address := listener.Addr().String()
	says := func(server, words string) {
		t.Helper()
		_, err := l.Types(l.Pub, "utils itl reset remotekey "+server+" u p", "x")
		require.ErrorIs(t, err, cli.ErrSFTPUnreachable)
		require.EqualError(t, err, words)
	}
	says(address, address+" does not answer as an SSH server: no SSH session: "+
		"the connection was closed without an answer")
	listener.Close()
	says(address, "The SFTP server "+address+" cannot be reached: connection refused")
	says("127.0.0.1:sftpp", `The SFTP server 127.0.0.1:sftpp cannot be reached: there is no port "sftpp"`)
	require.Empty(t, cmp.Diff(before, l.Snapshot()))
}

// M15: on a subscriber there is no such file.
func TestFileGetOnASubscriber(t *testing.T) {
	l := newLab(t)
	out, err := l.Types(l.Sub, "file get tftp ITLRecovery.p12", "y")
	require.ErrorContains(t, err, "not found")
	require.NotContains(t, out, "proceed")
	require.Contains(t, l.Must(l.Pub, "file list tftp *"), "ITLRecovery.p12\n")
	require.NotContains(t, l.Must(l.Sub, "file list tftp *"), "ITLRecovery.p12")
}

// M17: openssl opens the file with the derived password, which a shell derives.
func TestOpenSSLOpensTheFile(t *testing.T) {
	openssl := sftptest.Program(t, "openssl")
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	l := newLab(t, func(c *cucm.Config) { c.Security = "s3curity pass" })
	derive := `printf %s "$1" | ` + openssl + ` dgst -sha256 -hmac ITLRecovery.p12 -r | cut -c1-32`
	derived, err := exec.Command("sh", "-c", derive, "sh", "s3curity pass").Output()
	require.NoError(t, err)
	require.Equal(t, cucm.P12Password("s3curity pass"), strings.TrimSpace(string(derived)))
	open := func(password string) (string, error) {
		file := filepath.Join(s.Dir, "ITLRecovery.p12")
		out, err := exec.Command(openssl, "pkcs12", "-in", file, "-passin", "pass:"+password, "-nodes").CombinedOutput()
		return string(out), err
	}
	_, err = l.Fetch(l.Pub, s, "yes")
	require.NoError(t, err)
	out, err := open(cucm.P12Password("s3curity pass"))
	require.NoError(t, err, out)
	require.Contains(t, out, "ITLRECOVERY_test10pub")
	require.Contains(t, out, "PRIVATE KEY")
	out, err = open("wrong")
	require.Error(t, err, out)

	// Another security password protects the local file only.
	l.Must(l.Pub, "set password user security", "s3curity pass", "changed", "changed")
	_, err = open(cucm.P12Password("s3curity pass"))
	require.NoError(t, err, "the copy is as it was")
	_, err = l.Remotekey(s, s.Password, password)
	require.ErrorIs(t, err, cucm.ErrP12Password)
	_, err = l.Fetch(l.Pub, s)
	require.NoError(t, err)
	_, err = open(cucm.P12Password("changed"))
	require.NoError(t, err)
}

// A server whose rename replaces nothing has the new file in the end, and nothing else.
func TestGetToAServerThatReplacesNothing(t *testing.T) {
	files := sftp.InMemHandler()
	files.FileCmd = struct{ sftp.FileCmder }{files.FileCmd} // without posix-rename
	server := sftptest.StartAs(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "", func(channel io.ReadWriteCloser) {
		s := sftp.NewRequestServer(channel, files)
		_ = s.Serve()
		s.Close()
	})
	l := newLab(t)
	get := func() {
		out, err := l.Types(l.Pub, "file get tftp ITLRecovery.p12", "y", server.Host, server.Port, server.User,
			server.Password, "/", "yes")
		require.NoError(t, err, out)
	}
	get()
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	get()
	listed, err := files.FileList.Filelist(sftp.NewRequest("List", "/"))
	require.NoError(t, err)
	infos := make([]os.FileInfo, 8)
	n, _ := listed.ListAt(infos, 0)
	require.Equal(t, 1, n)
	require.Equal(t, "ITLRecovery.p12", infos[0].Name())
}

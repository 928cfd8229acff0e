package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"itlsim/cucm"
	"itlsim/internal/bounded"
	"itlsim/internal/cause"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// An SFTPError is an SFTP server that did not do what was asked. Err is one of
// the reasons below, or wraps one.
type SFTPError struct {
	Server string // host:port
	Words  string
	Err    error
}

func (e *SFTPError) Error() string { return e.Words }
func (e *SFTPError) Unwrap() error { return e.Err }

// Why SFTP fails.
var (
	ErrSFTPUnreachable = errors.New("no SFTP server answers")
	ErrSFTPPassword    = errors.New("wrong user or password")
	// ErrSFTPAuthentication is a server that offers other kinds of authentication
	// than "password" only: keyboard-interactive or public keys. It is this
	// project's reading of CSCun19112 (M22), of which only the title is known.
	ErrSFTPAuthentication = errors.New("wrong kind of authentication")
	ErrHostKeyChanged     = errors.New("the host key has changed")
	ErrHostKeyDeclined    = errors.New("the host key was not accepted")
	ErrSFTPFile           = errors.New("no such file or directory")
	ErrSFTPTransfer       = errors.New("the transfer failed")
)

// sftpPatience bounds each stretch of work with a server in which nobody is
// asked anything.
const sftpPatience = 30 * time.Second

const sshPort = "22"

// maxP12 is more than any ITLRecovery.p12 has.
const maxP12 = 64 << 10

// maxSFTP is more than all that a server says while the certificates of a dozen large
// clusters are consolidated, in bytes: lists of files and the files.
const maxSFTP = 8 << 20

// talkative is a connection to a server that may say more than there is room for.
type talkative struct {
	net.Conn
	bounded io.Reader
	over    atomic.Bool // there was more than there is room for
}

func (c *talkative) Read(p []byte) (int, error) {
	n, err := c.bounded.Read(p)
	if errors.As(err, new(*bounded.TooLargeError)) {
		c.over.Store(true) // the packages above know no more than that the connection is lost
	}
	return n, err
}

// why says why something failed on the connection.
func (c *talkative) why(err error) string {
	if c != nil && c.over.Load() {
		return fmt.Sprintf("the server says more than %d bytes", maxSFTP)
	}
	return cause.OfPeer(err)
}

// sftpLogin says where to log in.
type sftpLogin struct{ host, port, user, password string }

func (l sftpLogin) address() string { return net.JoinHostPort(l.host, l.port) }

// unreachable is the failure of a server that does not answer as it should.
func (l sftpLogin) unreachable(err error, format string) error {
	return l.failed(fmt.Errorf("%w: %w", ErrSFTPUnreachable, err), format, l.address(), cause.OfPeer(err))
}

func (l sftpLogin) failed(reason error, format string, args ...any) error {
	return &SFTPError{l.address(), fmt.Sprintf(format, args...), reason}
}

// An sftpSession is a login at an SFTP server.
type sftpSession struct {
	*sftp.Client
	sftpLogin
	conn *ssh.Client
	said *talkative
	key  string // the server's host key
}

func (s *sftpSession) hostKey() cucm.ServerKey {
	return cucm.ServerKey{Server: s.address(), Key: s.key}
}

func (s *sftpSession) close() {
	s.Client.Close()
	s.conn.Close()
}

// dialSFTP logs in with a password, the only kind of authentication that CUCM
// uses here. The administrator is asked about a host key that the node does not
// know. The node remembers it only once all has gone well.
func dialSFTP(n *cucm.Node, t Terminal, l sftpLogin) (*sftpSession, error) {
	conn, err := n.Cluster().Dial(l.address())
	if err != nil {
		return nil, l.unreachable(err, "The SFTP server %s cannot be reached: %s")
	}
	said := &talkative{Conn: conn, bounded: bounded.Reader(conn, maxSFTP)}
	conn = said
	_ = conn.SetDeadline(time.Now().Add(sftpPatience)) // of the network, not of the cluster
	s := &sftpSession{sftpLogin: l, said: said}
	var asked bool
	var declined error
	sshConn, channels, requests, err := ssh.NewClientConn(conn, l.address(), &ssh.ClientConfig{
		User: l.user,
		Auth: []ssh.AuthMethod{ssh.PasswordCallback(func() (string, error) {
			asked = true
			return l.password, nil
		})},
		HostKeyAlgorithms: hostKeyAlgorithms,
		HostKeyCallback: func(_ string, remote net.Addr, key ssh.PublicKey) error {
			s.key = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
			_ = conn.SetDeadline(time.Time{}) // a person may take time
			declined = checkHostKey(n, t, l, remote, key, s.key)
			_ = conn.SetDeadline(time.Now().Add(sftpPatience))
			return declined
		},
	})
	if err != nil {
		conn.Close()
		switch {
		case declined != nil:
			return nil, declined
		case s.key == "":
			return nil, l.unreachable(err, "%s does not answer as an SSH server: %s")
		case asked:
			return nil, l.failed(ErrSFTPPassword, "The SFTP server %s refuses the user or the password", l.address())
		}
		return nil, l.failed(ErrSFTPAuthentication,
			"The SFTP server %s does not offer authentication by password, and no other kind is supported", l.address())
	}
	s.conn = ssh.NewClient(sshConn, channels, requests)
	if s.Client, err = sftp.NewClient(s.conn); err != nil {
		s.conn.Close()
		return nil, l.failed(ErrSFTPTransfer, "The server %s offers no SFTP: %s", l.address(), cause.OfPeer(err))
	}
	return s, nil
}

// hostKeyAlgorithms has RSA first: CUCM shows the fingerprint of an RSA key.
var hostKeyAlgorithms = []string{
	ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
	ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoED25519,
}

// checkHostKey compares the server's key with the one known, or asks.
func checkHostKey(n *cucm.Node, t Terminal, l sftpLogin, remote net.Addr, key ssh.PublicKey, line string) error {
	known, ok := n.KnownHost(l.address())
	if ok && known == line {
		return nil
	}
	fingerprint := ssh.FingerprintLegacyMD5(key)
	if ok {
		return l.failed(ErrHostKeyChanged,
			"The host key of %s has changed: its fingerprint is now %s. The connection is refused", l.address(), fingerprint)
	}
	ip, _, err := net.SplitHostPort(remote.String())
	if err != nil {
		ip = remote.String()
	}
	fmt.Fprintf(t, "The authenticity of host '%s (%s)' can't be established.\n\n%s key fingerprint is %s.\n\n",
		l.host, ip, keyKind(key), fingerprint)
	err = confirm(t, "", "Are you sure you want to continue connecting (yes/no)? ")
	if err == ErrDeclined {
		return l.failed(ErrHostKeyDeclined, "Host key verification failed.")
	}
	return err
}

func keyKind(key ssh.PublicKey) string {
	switch key.Type() {
	case ssh.KeyAlgoRSA:
		return "RSA"
	case ssh.KeyAlgoED25519:
		return "ED25519"
	}
	return "ECDSA"
}

// opened is a file that a server was asked for. The sftp package takes a bare success for
// an answer, and has no file then.
func opened(f *sftp.File, err error) (*sftp.File, error) {
	if f == nil && err == nil {
		err = errors.New("the server opens nothing")
	}
	return f, err
}

// put stores a file in a directory of the server, whole or not at all.
func (s *sftpSession) put(dir, name string, data []byte) error {
	target := path.Join(dir, name)
	part := target + ".part"
	fail := func(err error) error {
		_ = s.Remove(part)
		if errors.Is(err, fs.ErrNotExist) {
			return s.failed(ErrSFTPFile, "The directory %s does not exist on %s", dir, s.address())
		}
		return s.failed(fmt.Errorf("%w: %w", ErrSFTPTransfer, err),
			"The transfer of %s to %s failed: %s", target, s.address(), s.said.why(err))
	}
	f, err := opened(s.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC))
	if err != nil {
		return fail(err)
	}
	_, err = io.Copy(f, bytes.NewReader(data))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fail(err)
	}
	if s.PosixRename(part, target) == nil {
		return nil
	}
	if err := s.replace(part, target); err != nil {
		return fail(err)
	}
	return nil
}

// replace renames a file, on a server whose rename replaces nothing: the earlier file
// is set aside until the new one has its name.
func (s *sftpSession) replace(part, target string) error {
	if _, err := s.Lstat(target); err != nil {
		return s.Rename(part, target)
	}
	aside := part + "~"
	_ = s.Remove(aside) // which a session left that was cut off
	if err := s.Rename(target, aside); err != nil {
		return err
	}
	if err := s.Rename(part, target); err != nil {
		_ = s.Rename(aside, target)
		return err
	}
	_ = s.Remove(aside)
	return nil
}

// list are the names of the files in a directory.
func (s *sftpSession) list(dir string) (names []string, err error) {
	infos, err := s.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, s.failed(ErrSFTPFile, "The directory %s does not exist on %s", dir, s.address())
	case err != nil:
		return nil, s.failed(fmt.Errorf("%w: %w", ErrSFTPTransfer, err),
			"The directory %s on %s cannot be read: %s", dir, s.address(), s.said.why(err))
	}
	for _, info := range infos {
		names = append(names, info.Name())
	}
	return names, nil
}

// get fetches a file of at most so many bytes.
func (s *sftpSession) get(name string, most int64) ([]byte, error) {
	f, err := opened(s.Open(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.failed(ErrSFTPFile, "The file %s does not exist on %s", name, s.address())
	}
	var data []byte
	if err == nil {
		defer f.Close()
		data, err = io.ReadAll(bounded.Reader(f, most))
	}
	if errors.As(err, new(*bounded.TooLargeError)) {
		return nil, s.failed(ErrSFTPTransfer,
			"The file %s on %s is larger than %d bytes", name, s.address(), most)
	}
	if err != nil {
		return nil, s.failed(fmt.Errorf("%w: %w", ErrSFTPTransfer, err),
			"The transfer of %s from %s failed: %s", name, s.address(), s.said.why(err))
	}
	return data, nil
}

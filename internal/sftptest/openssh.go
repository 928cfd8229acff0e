package sftptest

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// StartOpenSSH runs Debian's sshd with a throw-away configuration. Its account
// is a throw-away, too: ITLSIM_SFTP_USER and ITLSIM_SFTP_PASSWORD name it, which
// .ci/run sets. Logging in with a password needs root.
func StartOpenSSH(t testing.TB, auth Auth, hostKey *rsa.PrivateKey, port string) *Server {
	t.Helper()
	sshd := Program(t, "sshd")
	s := &Server{
		Host: "127.0.0.1", Port: port,
		User: os.Getenv("ITLSIM_SFTP_USER"), Password: os.Getenv("ITLSIM_SFTP_PASSWORD"),
	}
	if s.User == "" || os.Getuid() != 0 {
		Missing(t, "no account for sshd: set ITLSIM_SFTP_USER and ITLSIM_SFTP_PASSWORD, as root")
	}
	account, err := user.Lookup(s.User)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if s.Port == "" {
		l, err := net.Listen("tcp", s.Host+":0")
		must(err)
		_, s.Port, _ = net.SplitHostPort(l.Addr().String())
		l.Close()
	}
	s.Dir, err = os.MkdirTemp(account.HomeDir, "sftp-")
	must(err)
	t.Cleanup(func() { os.RemoveAll(s.Dir) })
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	must(os.Chown(s.Dir, uid, gid))
	must(os.MkdirAll("/run/sshd", 0o755)) // for its separation of privileges

	conf := t.TempDir()
	key := filepath.Join(conf, "host_key")
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(hostKey)}
	must(os.WriteFile(key, pem.EncodeToMemory(block), 0o600))
	yes := func(a Auth) string {
		if a == auth {
			return "yes"
		}
		return "no"
	}
	config := filepath.Join(conf, "sshd_config")
	const settings = `ListenAddress %s
Port %s
HostKey %s
PidFile none
UsePAM no
AllowUsers %s
Subsystem sftp internal-sftp
PasswordAuthentication %s
KbdInteractiveAuthentication %s
PubkeyAuthentication %s
`
	must(os.WriteFile(config, fmt.Appendf(nil, settings,
		s.Host, s.Port, key, s.User, yes(Password), yes(KeyboardInteractive), yes(PublicKey)), 0o600))
	var log bytes.Buffer
	cmd := exec.Command(sshd, "-D", "-e", "-f", config)
	cmd.Stderr = &log
	must(cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("sshd: %s", log.String())
		}
	})
	for range 2400 { // a minute
		conn, err := net.Dial("tcp", s.Address())
		if err == nil {
			conn.Close()
			return s
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatal("sshd does not listen")
	return nil
}

// Package sftptest starts SFTP servers for tests: one within the test, which
// runs anywhere, and Debian's OpenSSH, the real thing. Both listen on loopback,
// and end with the test.
package sftptest

import (
	"os"
	"os/exec"
	"testing"
)

// Auth is the one kind of authentication that a server offers.
type Auth string

// The kinds, by their names in SSH.
const (
	Password            Auth = "password"
	KeyboardInteractive Auth = "keyboard-interactive"
	PublicKey           Auth = "publickey"
)

// Server is where a test may log in, and the directory that it may use there.
type Server struct {
	Host, Port     string
	User, Password string
	Dir            string
}

// Address is the server's host:port.
func (s *Server) Address() string { return s.Host + ":" + s.Port }

// Program finds a program that a test needs. Without it the test is skipped by
// the program's name, or fails where ITLSIM_REQUIRE_PROGRAMS is set, as .ci/run
// does.
func Program(t testing.TB, name string) string {
	t.Helper()
	for _, name := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, name+" is not installed")
	return ""
}

// Missing skips a test for want of something, or fails it where that must be
// there.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("ITLSIM_REQUIRE_PROGRAMS") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

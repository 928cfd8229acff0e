package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/pkg/sftp"

	"itlsim/internal/bounded"
)

// A server's answers, whatever they are: a file of at most so many bytes comes back, a
// list that is no longer than what was said, or an SFTPError with one of its reasons.
func FuzzSFTPAnswers(f *testing.F) {
	const version = "\x00\x00\x00\x05\x02\x00\x00\x00\x03"
	handle := "\x00\x00\x00\x0a\x66\x00\x00\x00\x01\x00\x00\x00\x01h"
	data := "\x00\x00\x00\x0d\x67\x00\x00\x00\x02\x00\x00\x00\x04data"
	status := func(id, code string) string {
		return "\x00\x00\x00\x11\x65\x00\x00\x00" + id + "\x00\x00\x00" + code + strings.Repeat("\x00", 8)
	}
	name := "\x00\x00\x00\x1f\x68\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x03a.b\x00\x00\x00\x03a.b\x00\x00\x00\x00\x00\x00\x00\x00"
	f.Add([]byte(version+handle+data+status("\x03", "\x01")), false)
	f.Add([]byte(version+handle+name+status("\x03", "\x01")), true)
	f.Add([]byte(version+status("\x01", "\x02")), false)
	f.Add([]byte(version+"\xff\xff\xff\xff\x67"), false)
	f.Add([]byte("\x00\x00\x00\x00"), true)
	f.Fuzz(func(t *testing.T, answers []byte, list bool) {
		client, err := sftp.NewClientPipe(bounded.Reader(bytes.NewReader(answers), maxSFTP), discard{})
		if err != nil {
			return
		}
		defer client.Close()
		s := &sftpSession{Client: client, sftpLogin: sftpLogin{host: "a", port: "22"}}
		const most = 100
		var got int
		if list {
			var names []string
			names, err = s.list("/")
			got = len(strings.Join(names, ""))
		} else {
			var file []byte
			file, err = s.get("/a", most)
			if got = len(file); got > most {
				t.Fatalf("%d bytes of at most %d", got, most)
			}
		}
		var failed *SFTPError
		switch {
		case err == nil && got > len(answers):
			t.Fatalf("%d bytes out of %d", got, len(answers))
		case err == nil:
		case !errors.As(err, &failed), !errors.Is(err, ErrSFTPFile) && !errors.Is(err, ErrSFTPTransfer), failed.Words == "":
			t.Fatalf("%T: %v", err, err)
		}
	})
}

// discard takes what a client says.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (discard) Close() error                { return nil }

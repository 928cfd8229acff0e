package cause_test

import (
	"bufio"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/smtp"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"software.sslmate.com/src/go-pkcs12"

	"itlsim/internal/cause"
	"itlsim/internal/cause/causetest"
)

// serving listens at a port of this machine and behaves so.
func serving(t *testing.T, behave func(net.Conn)) (address string) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			behave(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func saying(words string) func(net.Conn) {
	return func(conn net.Conn) {
		io.WriteString(conn, words)
		io.Copy(io.Discard, conn)
	}
}

// nobody is an address at which nobody listens.
func nobody(t *testing.T) string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	return l.Addr().String()
}

func handshake(t *testing.T, address string) error {
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	return tls.Client(conn, &tls.Config{ServerName: "tvs"}).Handshake()
}

func session(t *testing.T, address string) error {
	_, err := ssh.Dial("tcp", address, &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	return err
}

// Failures are provoked, and users read of them in words that they know.
func TestNetwork(t *testing.T) {
	taken := serving(t, saying(""))
	for want, fail := range map[string]func() error{
		"connection refused": func() error {
			_, err := net.Dial("tcp", nobody(t))
			return err
		},
		"no answer in time": func() error {
			conn, err := net.Dial("tcp", serving(t, saying("")))
			require.NoError(t, err)
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(time.Millisecond))
			_, err = conn.Read(make([]byte, 1))
			return err
		},
		"the connection was closed without an answer": func() error {
			conn, err := net.Dial("tcp", serving(t, func(net.Conn) {}))
			require.NoError(t, err)
			defer conn.Close()
			_, err = conn.Read(make([]byte, 1))
			return err
		},
		"interrupted": func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx.Err()
		},
		"asking tvs1: no answer in time": func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 0)
			defer cancel()
			return fmt.Errorf("asking tvs1: %w", ctx.Err())
		},
		taken + ": the address is taken by another program": func() error {
			_, err := net.Listen("tcp4", taken)
			return err
		},
		"192.0.2.1:69: this machine has no such address": func() error {
			_, err := net.ListenPacket("udp4", "192.0.2.1:69")
			return err
		},
		`there is no port "99999"`: func() error {
			_, err := net.Listen("tcp", "127.0.0.1:99999")
			return err
		},
		`there is no port "tftpp"`: func() error {
			_, err := net.Dial("udp", "127.0.0.1:tftpp")
			return err
		},
		`"127.0.0.1" lacks a port`: func() error {
			_, err := net.Dial("udp", "127.0.0.1")
			return err
		},
		"the other side does not speak TLS": func() error {
			return handshake(t, serving(t, saying("220 mail.joemar2.lab ESMTP\r\n")))
		},
		`TLS failed: the other side says "handshake failure"`: func() error {
			return handshake(t, serving(t, saying("\x15\x03\x03\x00\x02\x02\x28"))) // RFC 5246, 7.2
		},
		"no SSH session: SSH failed: overflow reading version string": func() error {
			return session(t, serving(t, saying(strings.Repeat("no SSH", 100))))
		},
		`what came is not HTTP: "SSH-2.0-other"`: func() error {
			_, err := http.ReadResponse(bufio.NewReader(strings.NewReader("SSH-2.0-other\r\n")), nil)
			return err
		},
		`the HTTP is not as it should be: malformed status code "OK"`: func() error {
			_, err := http.ReadResponse(bufio.NewReader(strings.NewReader("HTTP/1.1 OK\r\n")), nil)
			return err
		},
		"the server answers 554 no mail from you": func() error {
			_, err := smtp.Dial(serving(t, saying("554 no mail from you\r\n")))
			return err
		},
	} {
		t.Run(want, func(t *testing.T) {
			err := fail()
			require.Equal(t, want, cause.OfPeer(err), "%v", err)
			causetest.Plain(t, cause.OfPeer(err))
		})
	}
}

// said is an error, and what users read of it.
type said struct {
	err  error
	want string
}

func plainly(t *testing.T, all []said) {
	t.Helper()
	for _, c := range all {
		require.Equal(t, c.want, cause.Of(c.err), "%v", c.err)
		causetest.Plain(t, cause.Of(c.err))
	}
}

func second(_ any, err error) error { return err }

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	forbidden := &os.PathError{Op: "open", Path: "/etc/shadow", Err: syscall.EACCES} // tests may run as root
	plainly(t, []said{
		{second(os.Open(dir + "/x")), dir + "/x cannot be opened: no such file or directory"},
		{second(os.Open(file + "/x")), file + "/x cannot be opened: not a directory"},
		{second(os.ReadFile(dir)), dir + " cannot be read: is a directory"},
		{fmt.Errorf("state: %w", second(os.Create(dir))), "state: " + dir + " cannot be opened: is a directory"},
		{os.Mkdir(file, 0o777), file + " cannot be made: file exists"},
		{os.Remove(dir), dir + " cannot be removed: directory not empty"},
		{os.Rename(file, dir), dir + " cannot be written: file exists"},
		{forbidden, "/etc/shadow cannot be opened: permission denied"},
		{exec.Command("no-such-browser").Start(), "there is no program no-such-browser"},
		{exec.Command(file).Start(), file + " cannot be started: permission denied"},
	})
}

func TestSignaturesAndFormats(t *testing.T) {
	modulus := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 1023), big.NewInt(1))
	key := &rsa.PublicKey{N: modulus, E: 65537}
	verify := rsa.VerifyPKCS1v15(key, crypto.SHA1, make([]byte, 20), make([]byte, 128))
	_, _, p12 := pkcs12.Decode([]byte("no DER"), "")
	object := func(data string) error { return json.Unmarshal([]byte(data), new(struct{ Phones int })) }
	device := func(data string) error {
		return xml.Unmarshal([]byte(data), &struct {
			XMLName xml.Name `xml:"device"`
		}{})
	}
	plainly(t, []said{
		{verify, "another key made the signature, or the content was changed"},
		{second(x509.ParseCertificate([]byte("no DER"))),
			"the certificate or key is not usable: malformed certificate"},
		{second(x509.ParsePKCS8PrivateKey([]byte("no DER"))), "it is not encoded in DER as it should be"},
		{p12, "it is not a PKCS #12 file"},
		{object(`{"a"`), "the JSON ends too early"},
		{object("hello"), "the JSON is broken at byte 1: invalid character 'h' looking for beginning of value"},
		{object(`[]`), "the JSON has a value of the wrong kind (array)"},
		{object(`{"Phones":"x"}`), "the JSON has a value of the wrong kind (string) at Phones"},
		{device("<device>"), "the XML is broken: it ends too early"},
		{device("<phone/>"), "the XML is not as it should be: expected element type <device> but have <phone>"},
		{second(csv.NewReader(strings.NewReader("a,b\nc\n")).ReadAll()),
			"the CSV is broken in line 2, column 1: wrong number of fields"},
		{second(strconv.Atoi("x")), `"x" is not a number`},
		{second(strconv.Atoi("99999999999999999999")), `"99999999999999999999" is too large a number`},
		{second(io.ReadFull(strings.NewReader("a"), make([]byte, 2))), "it ends too early"},
		{errors.Join(fmt.Errorf("list: %w", io.EOF), fmt.Errorf("state: %w", syscall.ECONNREFUSED)),
			"list: it ends too early\nstate: connection refused"},
	})
}

// What others have said in plain words already stays as it is.
func TestWordsStay(t *testing.T) {
	refused := &textproto.Error{Code: 550, Msg: "no"}
	for _, inner := range []error{io.EOF, syscall.ECONNREFUSED, rsa.ErrVerification, refused} {
		once := &worded{cause.Of(inner), inner}
		require.Equal(t, once.words, cause.Of(once))
		require.Equal(t, once.words, cause.Of(&worded{cause.Of(once), once}))
	}
	require.Equal(t, "the list is too long", cause.Of(errors.New("the list is too long")))
}

// worded is an error with words of its own.
type worded struct {
	words string
	err   error
}

func (w *worded) Error() string { return w.words }
func (w *worded) Unwrap() error { return w.err }

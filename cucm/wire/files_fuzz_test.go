package wire

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
)

// fixedClock stands still, so that what is signed is the same each time.
type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC) }

// A request is read as net/http reads it, and gets the very file that TFTP serves by the
// path's name.
func FuzzFilesByHTTP(f *testing.F) {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits = fixedClock{}, testkeys.NewPool(1), 1024
	cluster, err := cucm.New(cfg)
	if err != nil {
		f.Fatal(err)
	}
	node := cluster.Publisher()
	service := &httpFiles{find: node.File}
	for _, line := range []string{
		"GET /ITLFile.tlv HTTP/1.1", "HEAD /ITLFile.tlv HTTP/1.0", "GET /XMLDefault.cnf.xml.sgn HTTP/1.1",
		"GET /ITLSEP001122334455.tlv HTTP/1.1", "POST /ITLFile.tlv HTTP/1.1", "GET //ITLFile.tlv HTTP/1.1",
		"GET /%49TLFile.tlv HTTP/1.1", "GET /../ITLFile.tlv HTTP/1.1", "GET /ITLRecovery.p12 HTTP/1.1",
		"GET http://a/ITLFile.tlv?x HTTP/1.1", "CONNECT ITLFile.tlv:80 HTTP/1.1", "OPTIONS * HTTP/1.1",
	} {
		f.Add([]byte(line + "\r\nHost: 127.0.0.2:6970\r\n\r\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var b scratch
		head, err := b.readHead(bytes.NewReader(data))
		if err != nil {
			return
		}
		r := parseRequest(head)
		if r.problem != 0 {
			return
		}
		theirs, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
		if err != nil {
			return // by a header that is of no account here
		}
		if r.method != theirs.Method || r.method != http.MethodConnect && r.path != theirs.URL.Path {
			t.Fatalf("%q: %s %q, and net/http: %s %q", head, r.method, r.path, theirs.Method, theirs.URL.Path)
		}
		_, file := service.answer(r, nil)
		want, err := node.File(strings.TrimPrefix(r.path, "/"))
		if err != nil || r.method != http.MethodGet {
			want = nil
		}
		if !bytes.Equal(file, want) || bytes.Contains(file, []byte("PRIVATE KEY")) {
			t.Fatalf("%q: %d bytes, and by TFTP %d", head, len(file), len(want))
		}
	})
}

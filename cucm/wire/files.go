package wire

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/tftp"
)

// fileService is a node's Cisco Tftp: its files by TFTP, and by HTTP on the
// port that belongs to it (6970 beside 69).
type fileService struct {
	tftp *tftp.Server
	http *accept.HTTPServer

	files, bytes, notFound atomic.Uint64 // by HTTP
}

// listenFiles binds both ports. A block that is not acknowledged is sent again after
// timeout.
func listenFiles(n *cucm.Node, at netip.AddrPort, timeout time.Duration) (*fileService, error) {
	l, err := net.Listen("tcp4", behind(at, tftp.HTTPOffset))
	if err != nil {
		return nil, fmt.Errorf("HTTP: %w", err)
	}
	f := &fileService{}
	if f.tftp, err = tftp.Listen(at.String(), tftp.ServerConfig{Files: n.File, Timeout: timeout}); err != nil {
		l.Close()
		return nil, err
	}
	f.http = accept.ServeHTTP(l, accept.Usual, nil, f.handler(n.File))
	return f, nil
}

// handler serves files with the headers that a 7821 saw: Content-Length,
// Cache-Control: no-store, Content-Type: */*.
func (f *fileService) handler(files tftp.FileFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Date"] = nil
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		data, err := files(strings.TrimPrefix(r.URL.Path, "/"))
		switch {
		case errors.Is(err, tftp.ErrNotFound):
			f.notFound.Add(1)
			w.WriteHeader(http.StatusNotFound)
			return
		case err != nil:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(data)))
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "*/*")
		f.files.Add(1)
		f.bytes.Add(uint64(len(data)))
		if r.Method == http.MethodGet {
			w.Write(data)
		}
	})
}

// stats counts what came by HTTP.
func (f *fileService) stats() cucm.HTTPStats {
	return cucm.HTTPStats{Files: f.files.Load(), Bytes: f.bytes.Load(), NotFound: f.notFound.Load()}
}

// Addr is where the files are served by TFTP.
func (f *fileService) Addr() netip.AddrPort { return f.tftp.Addr() }

// Close ends both.
func (f *fileService) Close() error {
	return errors.Join(f.http.Close(), f.tftp.Close())
}

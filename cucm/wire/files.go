package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/internal/tcp"
	"itlsim/tftp"
)

// fileService is a node's Cisco Tftp: its files by TFTP, and by HTTP on the
// port that belongs to it (6970 beside 69).
type fileService struct {
	tftp *tftp.Server
	http *httpFiles
}

// listenFiles binds both ports. A block that is not acknowledged is sent again after
// timeout.
func listenFiles(n *cucm.Node, at netip.AddrPort, timeout time.Duration) (*fileService, error) {
	l, err := tcp.Listen(behind(at, tftp.HTTPOffset))
	if err != nil {
		return nil, fmt.Errorf("HTTP: %w", err)
	}
	f := &fileService{}
	if f.tftp, err = tftp.Listen(at.String(), tftp.ServerConfig{
		Files: contained(n, "TFTP"), Timeout: timeout, Dropped: func() { n.RequestsDropped(tftp.MaxTransfers) },
	}); err != nil {
		l.Close()
		return nil, err
	}
	f.http = serveFiles(l, accept.Usual, contained(n, "HTTP"), func(err error) { n.Fault("HTTP", err) })
	return f, nil
}

// Addr is where the files are served by TFTP.
func (f *fileService) Addr() netip.AddrPort { return f.tftp.Addr() }

// Close ends both.
func (f *fileService) Close() error {
	return errors.Join(f.http.Close(), f.tftp.Close())
}

// Package cucmtest puts a cluster up for tests: that of Cisco document 117598,
// with small keys, a clock that tests move, and a network that only notes which
// phones are reset.
package cucmtest

import (
	"crypto/sha1"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	"itlsim/cucm/wire"
	"itlsim/internal/cause/causetest"
	"itlsim/internal/sftptest"
	"itlsim/sip"
)

// Password is the administrator's.
const Password = "secret"

// Guard is how long the five-minute guard holds.
const Guard = 5 * time.Minute

// A Clock is a cluster's clock that tests move, while servers look at it.
type Clock struct{ nanoseconds atomic.Int64 } // since 1970

// Now is what the clock shows.
func (c *Clock) Now() time.Time { return time.Unix(0, c.nanoseconds.Load()).UTC() }

// Set has the clock show another time.
func (c *Clock) Set(t time.Time) { c.nanoseconds.Store(t.UnixNano()) }

// A Lab is a cluster, and what tests need around it. It is its cluster's network.
type Lab struct {
	*cucm.Cluster
	Config   cucm.Config
	Clock    *Clock
	Pub, Sub *cucm.Node
	Resets   [][]string // devices of each reset that the cluster asked for
	// Files are the cluster's whole state; where nil, what is kept on disk.
	Files func(*cucm.Cluster) (map[string][]byte, error)

	t        *testing.T
	dir      string
	diverted map[string]string
}

// New installs a cluster that is kept nowhere.
func New(t *testing.T, change ...func(*cucm.Config)) *Lab {
	l := prepare(t, change...)
	c, err := cucm.New(l.Config)
	require.NoError(t, err)
	l.use(c)
	return l
}

// Open brings up the cluster that is kept in a directory, or installs it there.
func Open(t *testing.T, dir string, change ...func(*cucm.Config)) *Lab {
	l := prepare(t, change...)
	c, err := cucm.Open(dir, l.Config)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	l.dir = dir
	l.use(c)
	return l
}

func prepare(t *testing.T, change ...func(*cucm.Config)) *Lab {
	l := &Lab{
		Clock: &Clock{},
		t:     t, diverted: make(map[string]string),
	}
	cfg := cucm.Cisco117598()
	l.Clock.Set(time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC))
	cfg.Clock, cfg.Keys, cfg.KeyBits, cfg.Password = l.Clock, testkeys.NewPool(1), 1024, Password
	cfg.Dial = func(network, address string) (net.Conn, error) {
		if to, ok := l.diverted[address]; ok {
			address = to
		}
		return net.Dial(network, address)
	}
	cfg.SendMail = wire.Mailer(nil)
	for _, f := range change {
		f(&cfg)
	}
	l.Config = cfg
	return l
}

func (l *Lab) use(c *cucm.Cluster) {
	l.Cluster = c
	l.Connect(l, func(*cucm.Node, cucm.Service) string { return "" })
	l.Pub, l.Sub = l.Nodes()[0], l.Nodes()[len(l.Nodes())-1]
}

// Start and Stop do nothing: no service has an address.
func (l *Lab) Start(*cucm.Node, cucm.Service) error { return nil }
func (l *Lab) Stop(*cucm.Node, cucm.Service) error  { return nil }

// Reset notes which phones were told to boot again. They register at once.
func (l *Lab) Reset(phones []cucm.RegisteredPhone, _ sip.Action, told func(int, error)) {
	var devices []string
	for i, p := range phones {
		told(i, nil)
		devices = append(devices, p.Device)
		l.Pub.Register(p.Device, false)
	}
	if len(devices) > 0 {
		l.Resets = append(l.Resets, devices)
	}
}

// Types types a command and returns what is seen, and the command's error.
func (l *Lab) Types(n *cucm.Node, line string, answers ...string) (string, error) {
	s := &cli.Script{Answers: answers}
	err := cli.Run(n, s, line)
	causetest.Plain(l.t, s.Output.String())
	return s.Output.String(), err
}

// Must types a command that succeeds.
func (l *Lab) Must(n *cucm.Node, line string, answers ...string) string {
	l.t.Helper()
	out, err := l.Types(n, line, answers...)
	require.NoError(l.t, err, "admin:%s", line)
	return out
}

// Fetch types `file get tftp ITLRecovery.p12` with answers for a server.
func (l *Lab) Fetch(n *cucm.Node, s *sftptest.Server, more ...string) (string, error) {
	answers := append([]string{"y", s.Host, s.Port, s.User, s.Password, s.Dir}, more...)
	return l.Types(n, "file get tftp ITLRecovery.p12", answers...)
}

// Remotekey types `utils itl reset remotekey` for the file on a server.
func (l *Lab) Remotekey(s *sftptest.Server, answers ...string) (string, error) {
	line := fmt.Sprintf("utils itl reset remotekey %s %s %s/ITLRecovery.p12", s.Address(), s.User, s.Dir)
	return l.Types(l.Pub, line, answers...)
}

// Wait lets time pass.
func (l *Lab) Wait(d time.Duration) { l.Clock.nanoseconds.Add(int64(d)) }

// Days lets days pass, and the cluster do what is due.
func (l *Lab) Days(n int) {
	l.t.Helper()
	for range n {
		l.Wait(24 * time.Hour)
		require.NoError(l.t, l.Tick())
	}
}

// Register has phones in the database and registered.
func (l *Lab) Register(names ...string) {
	for _, name := range names {
		l.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.Nodes()})
		l.Pub.Register(name, false)
	}
}

// Divert leads what the cluster dials elsewhere.
func (l *Lab) Divert(from, to string) { l.diverted[from] = to }

// Alarms are the entries of the publisher's log that name one.
func (l *Lab) Alarms(name string) []string {
	var found []string
	for _, entry := range l.Pub.Log() {
		if strings.Contains(entry, "-"+name+": ") {
			found = append(found, entry)
		}
	}
	return found
}

// Snapshot is all of a cluster that a command may change, each part by its digest.
func (l *Lab) Snapshot() map[string]string {
	l.t.Helper()
	sums := make(map[string]string)
	for name, data := range l.files() {
		sums[name] = fmt.Sprintf("%x", sha1.Sum(data))
		if name == "cluster.json" {
			sums[name] = string(data)
		}
	}
	for _, n := range l.Nodes() {
		sums["ITL of "+n.Name()] = fmt.Sprintf("%x", n.ITL().SHA1())
		sums["log of "+n.Name()] = fmt.Sprint(len(n.Log()))
	}
	sums["resets"] = fmt.Sprint(len(l.Resets))
	return sums
}

func (l *Lab) files() map[string][]byte {
	if l.Files != nil {
		files, err := l.Files(l.Cluster)
		require.NoError(l.t, err)
		return files
	}
	require.NotEmpty(l.t, l.dir, "a snapshot needs a cluster that is kept")
	files := make(map[string][]byte)
	root := os.DirFS(filepath.Join(l.dir, "current"))
	require.NoError(l.t, fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	}))
	return files
}

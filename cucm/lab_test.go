package cucm_test

import (
	"crypto/sha1"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	"itlsim/cucm/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a cluster's clock that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// lab is the cluster of Cisco document 117598 with small keys and no network.
type lab struct {
	*cucm.Cluster
	config   cucm.Config
	t        *testing.T
	clock    *clock
	pub, sub *cucm.Node
	resets   [][]string // devices of each reset that the cluster asked for
	diverted map[string]string
}

const cucmGuard = 5 * time.Minute

const password = "secret"

func newLab(t *testing.T, change ...func(*cucm.Config)) *lab {
	l := &lab{t: t, clock: &clock{time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC)}, diverted: make(map[string]string)}
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits, cfg.Password = l.clock, testkeys.NewPool(1), 1024, password
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
	l.config = cfg
	var err error
	l.Cluster, err = cucm.New(cfg)
	require.NoError(t, err)
	l.connect()
	l.pub, l.sub = l.Nodes()[0], l.Nodes()[len(l.Nodes())-1]
	return l
}

// connect makes the lab its cluster's network: services have no addresses, and
// phones that are reset register again at once.
func (l *lab) connect() {
	l.Connect(l, func(*cucm.Node, cucm.Service) string { return "" })
}

func (l *lab) Start(*cucm.Node, cucm.Service) error { return nil }
func (l *lab) Stop(*cucm.Node, cucm.Service) error  { return nil }

// Reset notes which phones were told to boot again.
func (l *lab) Reset(phones []cucm.RegisteredPhone, told func(int, error)) {
	var devices []string
	for i, p := range phones {
		told(i, nil)
		devices = append(devices, p.Device)
		l.pub.Register(p.Device, false)
	}
	if len(devices) > 0 {
		l.resets = append(l.resets, devices)
	}
}

// types a command and returns what is seen, and the command's error.
func (l *lab) types(n *cucm.Node, line string, answers ...string) (string, error) {
	s := &cli.Script{Answers: answers}
	err := cli.Run(n, s, line)
	return s.Output.String(), err
}

// must type a command that succeeds.
func (l *lab) must(n *cucm.Node, line string, answers ...string) string {
	l.t.Helper()
	out, err := l.types(n, line, answers...)
	require.NoError(l.t, err, "admin:%s", line)
	return out
}

func (l *lab) wait(d time.Duration) { l.clock.now = l.clock.now.Add(d) }

// golden is a transcript without its prompt line, white space folded and rules
// of dashes dropped, as testdata/golden/README.md says to compare it.
func golden(t *testing.T, name, command string) []string {
	data, err := os.ReadFile("../testdata/golden/" + name)
	require.NoError(t, err)
	_, text, found := strings.Cut(string(data), "admin:"+command)
	require.True(t, found)
	text, _, _ = strings.Cut(text, "admin:")
	return fold(text)
}

func fold(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); strings.Trim(line, "- ") != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func (l *lab) register(names ...string) {
	for _, name := range names {
		l.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.Nodes()})
		l.pub.Register(name, false)
	}
}

// settingsIn reads the settings out of a configuration that a node serves.
func settingsIn(t *testing.T, payload []byte) cnf.Settings {
	cfg, err := cnf.Parse(payload)
	require.NoError(t, err)
	return cfg.Settings
}

// divert leads what the cluster dials elsewhere.
func (l *lab) divert(from, to string) { l.diverted[from] = to }

// snapshot is all of a cluster that a command may change, each part by its
// digest.
func (l *lab) snapshot() map[string]string {
	l.t.Helper()
	files, err := cucm.StateFiles(l.Cluster)
	require.NoError(l.t, err)
	sums := make(map[string]string)
	for name, data := range files {
		sums[name] = hexSum(sha1.Sum(data))
		if name == "cluster.json" {
			sums[name] = string(data)
		}
	}
	for _, n := range l.Nodes() {
		sums["ITL of "+n.Name()] = hexSum(n.ITL().SHA1())
		sums["log of "+n.Name()] = fmt.Sprint(len(n.Log()))
	}
	sums["resets"] = fmt.Sprint(len(l.resets))
	return sums
}

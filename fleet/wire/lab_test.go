package wire

import (
	"flag"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/tftp"
)

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // they wait more than they work
	goleak.VerifyTestMain(m)
}

// A lab is a cluster on sockets and a fleet. Phones load their files through a
// TFTP server of the lab's own, so that tests can meddle with the publisher's.
type lab struct {
	t       testing.TB
	clock   *clock
	cluster *cucm.Cluster
	pub     *cucm.Node
	sockets *cucmwire.Sockets
	tftp    string // the lab's own server
	fleet   *Fleet

	mu   sync.Mutex
	file func(name string, data []byte) []byte // what becomes of a file on its way; it may block
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// patient are limits that no busy machine reaches. A test in which somebody gives
// no answer shortens the one that it is about, with hurry.
var patient = fleet.Limits{
	Boots: 8, TFTPRetries: 240, TVSTimeout: time.Minute, HTTPTimeout: time.Minute, SIPTimeout: time.Minute,
}

// hurry changes the limits of a fleet that is at rest; restore ends that.
func (l *lab) hurry(change func(*fleet.Limits)) (restore func()) {
	limits := &l.fleet.config.Limits
	before := *limits
	change(limits)
	return func() { *limits = before }
}

// silence is how long tests wait for what does not answer. What answers has the
// same time to do so, and needs far less.
const silence = 5 * time.Second

// labs counts them: each has addresses of its own, so that a port which a test
// gives up for a while is not given to another.
var labs atomic.Uint32

// newLab has a cluster of so many nodes, each with TFTP and TVS.
func newLab(t testing.TB, nodes int, limits fleet.Limits) *lab {
	l := &lab{t: t, clock: &clock{now: time.Unix(1393439067, 0)}}
	cfg := cucm.Cisco117598()
	cfg.Nodes = cfg.Nodes[:nodes]
	cfg.Clock, cfg.Keys = l.clock, testkeys.NewPool(1)
	var err error
	l.cluster, err = cucm.New(cfg)
	require.NoError(t, err)
	l.pub = l.cluster.Publisher()
	net := fmt.Sprintf("127.1.%d.", labs.Add(1))
	l.sockets, err = cucmwire.Listen(l.cluster, []string{net + "2", net + "3"})
	require.NoError(t, err)
	config := tftp.ServerConfig{Files: l.serve, Timeout: 100 * time.Millisecond, Retries: 100}
	server, err := tftp.Listen(net+"4:0", config)
	require.NoError(t, err)
	for server.Addr().Port() > 65535-tftp.HTTPOffset { // there is no port for its HTTP
		other, err := tftp.Listen(net+"4:0", config)
		require.NoError(t, err)
		require.NoError(t, server.Close())
		server = other
	}
	l.tftp = server.Addr().String()
	l.fleet, err = New(Config{Clock: l.clock, Limits: limits})
	require.NoError(t, err)
	t.Cleanup(func() {
		l.fleet.Close()
		server.Hurry() // phones of a closed fleet take no file
		require.NoError(t, server.Close())
		require.NoError(t, l.sockets.Close())
	})
	return l
}

func (l *lab) serve(name string) ([]byte, error) {
	data, err := l.pub.File(name)
	l.mu.Lock()
	meddle := l.file
	l.mu.Unlock()
	if err == nil && meddle != nil {
		data = meddle(name, data)
	}
	return data, err
}

func (l *lab) meddle(file func(name string, data []byte) []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.file = file
}

// add adds phones, which ask the servers (the lab's own, where none are given).
func (l *lab) add(phones int, servers ...string) {
	if servers == nil {
		servers = []string{l.tftp}
	}
	library := &phone.Library{}
	for i := range phones {
		name := fmt.Sprintf("SEP0011AABB%04X", i)
		l.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.cluster.Nodes()})
		l.fleet.Add(phone.New(phone.Setup{
			Name: name, IP: netip.AddrFrom4([4]byte{127, 17, byte(i >> 8), byte(i)}), Profile: phone.Profiles()[0],
			Servers: servers, Library: library,
		}))
	}
}

func (l *lab) settle() { require.NoError(l.t, l.fleet.Settle(l.t.Context())) }

// boot sends an event and waits until all phones are done with it.
func (l *lab) boot(ev phone.Event) {
	l.fleet.Send(ev, nil)
	l.settle()
}

// only is the lab's only phone.
func (l *lab) only() fleet.View {
	phones := l.fleet.Phones()
	require.Len(l.t, phones, 1)
	return phones[0]
}

// bootedLab has one phone, which has booted and is trusted.
func bootedLab(t *testing.T, nodes int) *lab {
	l := newLab(t, nodes, patient)
	l.add(1)
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.Trusted, l.only().State)
	return l
}

package cucm

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/sip"
)

// A keep-alive that comes between the word that the clock will jump and the jump
// does not undo what was carried over.
func TestAKeepAliveBeforeAJump(t *testing.T) {
	now := then
	c := clocked(t, &now)
	comes := func(name string) {
		c.Publisher().RegisterOver(name, Registration{Session: name, Contact: "sip:x@127.0.0.1:1"}, sip.Granted)
	}
	comes("SEP00000000000A")
	comes("SEP00000000000B")
	c.CarryOver(time.Hour, func(device string) bool { return device == "SEP00000000000A" })
	comes("SEP00000000000A")
	now = now.Add(time.Hour)
	require.Equal(t, 1, c.Registered())
	now = now.Add(2*sip.Granted + 1)
	require.Zero(t, c.Registered())
}

// A phone that registers without SIP after a silence is heard of again, and its silence
// is none of the others', who share the registration.
func TestRegisteringAfterASilence(t *testing.T) {
	now := then
	c := clocked(t, &now)
	c.Publisher().Register("SEP00000000000A", false)
	c.Publisher().Register("SEP00000000000B", false)
	c.FallSilent("SEP00000000000A")
	c.Publisher().Register("SEP00000000000A", true)
	now = now.Add(time.Hour)
	require.Equal(t, 2, c.Registered())
}

// The reset of the administration page does not reach phones of a node that is cut off.
func TestResetsOfANodeThatIsCutOff(t *testing.T) {
	c, err := New(small())
	require.NoError(t, err)
	pub, sub := c.nodes[0], c.nodes[1]
	pub.Register("SEP00000000000A", false)
	sub.Register("SEP00000000000B", false)
	require.NoError(t, pub.Part(sub))
	c.ResetPhones()
	require.Nil(t, c.CallManagerOf("SEP00000000000A"))
	require.Equal(t, sub, c.CallManagerOf("SEP00000000000B"))
	require.ErrorContains(t, pub.Part(pub), "only the publisher and a subscriber")
}

// The alarms of a phone's registrations have their parameters in CUCM's order, those
// of EndPointUnregistered as in a log. Its severity is lowered where the phone was
// reset, or reset itself.
func TestEndPointAlarms(t *testing.T) {
	c, err := New(small())
	require.NoError(t, err)
	pub := c.Publisher()
	const name = "SEP001122334455"
	c.AddDevice(Device{Name: name, Model: "7962", Group: c.Nodes()})
	comes := func(session string) {
		at := netip.MustParseAddrPort("127.0.0.9:1")
		pub.RegisterOver(name, Registration{Session: session, Contact: "sip:x@127.0.0.9:1", At: at}, sip.Granted)
	}
	number := regexp.MustCompile(`^.* UTC :  `)
	last := func() string {
		lines := pub.Log()
		return number.ReplaceAllString(lines[len(lines)-1], "")
	}
	const tail = "[AppID=Cisco CallManager][ClusterID=StandAloneCluster][NodeID=test10pub]: "
	gone := func(severity, reason, signal string) string {
		return "%UC_CALLMANAGER-" + severity + "-EndPointUnregistered: %[DeviceName=" + name + "][IPAddress=127.0.0.9]" +
			"[Protocol=SIP][DeviceType=404][Description=" + name + "][Reason=" + reason + "][IPAddrAttributes=0]" +
			"[LastSignalReceived=" + signal + "]" + tail + "An endpoint has unregistered"
	}
	comes("1")
	require.Equal(t, "%UC_CALLMANAGER-6-EndPointRegistered: %[DeviceName="+name+"][IPAddress=127.0.0.9][Protocol=SIP]"+
		"[Description="+name+"][PerfMonObjType=2][DeviceType=404][IPAddrAttributes=0]"+tail+"Endpoint registered", last())
	for why, want := range map[Reason]string{
		KeepAliveTimeout:     gone("3", "13", "SIPStationDPrimaryLineTimeout"),
		ConnectivityError:    gone("3", "6", "SIPConnControlInd"),
		DeviceUnregistered:   gone("3", "10", "SIPRegisterInd"),
		CallManagerReset:     gone("6", "9", "SIPRegisterInd"),
		DeviceInitiatedReset: gone("6", "8", "SIPRegisterInd"),
	} {
		comes("1")
		pub.Unregister(name, why)
		require.Equal(t, want, last())
	}
	comes("2")
	c.ResetPhones()
	lines := pub.Log()
	require.Equal(t, "%UC_CALLMANAGER-6-EndPointResetInitiated: %[DeviceName="+name+"][ProductType=Cisco 7962]"+
		"[DeviceType=404]"+tail+"Endpoint reset initiated on the specified endpoint",
		number.ReplaceAllString(lines[len(lines)-2], ""))
	require.Equal(t, gone("6", "9", "SIPRegisterInd"), last())
	cfg := small()
	cfg.Release = Release14
	later, err := New(cfg)
	require.NoError(t, err)
	later.Publisher().Register(name, false)
	later.ResetPhones()
	lines = later.Publisher().Log()
	require.Contains(t, lines[len(lines)-1], "[LastSignalReceived=SIPRegisterInd][CallState=][AppID=Cisco CallManager]")
	// A phone of a model that the cluster does not know.
	c.AddDevice(Device{Name: "SEP001122334456", Group: c.Nodes()})
	pub.Register("SEP001122334456", false)
	require.Contains(t, last(), "[IPAddress=][Protocol=SIP][Description=SEP001122334456]"+
		"[PerfMonObjType=2][DeviceType=255]")
}

// slow is a network in which phones do something before the cluster hears what came
// of telling them to boot again.
type slow struct {
	Network
	meanwhile func()
	came      error
}

func (s slow) Reset(phones []RegisteredPhone, _ sip.Action, told func(int, error)) {
	s.meanwhile()
	for i := range phones {
		told(i, s.came)
	}
}

// What a phone does that is being told to boot again is a consequence, however late
// the cluster hears its answer; what it does later is not.
func TestAPhoneIsFasterThanItsAnswer(t *testing.T) {
	const name = "SEP001122334455"
	refused := errors.New("400")
	for what, tc := range map[string]struct {
		meanwhile func(n *Node, comes func(session string))
		came      error
		registers []string // afterwards, in these sessions
		reasons   []string
	}{
		"says that it goes": {func(n *Node, _ func(string)) { n.Unregister(name, DeviceInitiatedReset) }, nil, nil,
			[]string{"9"}},
		"goes without a why": {func(n *Node, _ func(string)) { n.Unregister(name, DeviceUnregistered) }, nil, nil,
			[]string{"9"}},
		"is back": {func(_ *Node, comes func(string)) { comes("2") }, nil, nil, []string{"9"}},
		"is back, and boots by itself": {func(_ *Node, comes func(string)) { comes("2"); comes("3") }, nil, nil,
			[]string{"9", "8"}},
		"was gone, and is back": {func(n *Node, comes func(string)) { n.Unregister(name, DeviceInitiatedReset); comes("2") },
			nil, []string{"3"}, []string{"9", "8"}},
		"is back without SIP": {func(n *Node, _ func(string)) { n.Register(name, false) }, nil, nil, []string{"9"}},
		"is back, and told anew": {func(n *Node, comes func(string)) {
			comes("2")
			n.cluster.toReset(nil)
		}, nil, []string{"3", "4"}, []string{"9", "9", "8"}},
		"renews, and refuses": {func(_ *Node, comes func(string)) { comes("1") }, refused, []string{"2"}, []string{"8"}},
		"its call manager stops": {func(n *Node, _ func(string)) { n.ForgetPhones() }, nil, []string{"2", "3"},
			[]string{"8"}},
		"was malformed": {func(n *Node, _ func(string)) { n.Unregister(name, MalformedRegisterMsg) }, nil, nil,
			[]string{"11"}},
	} {
		t.Run(what, func(t *testing.T) {
			c, err := New(small())
			require.NoError(t, err)
			n := c.Publisher()
			comes := func(session string) {
				n.RegisterOver(name, Registration{Session: session, Contact: "sip:x@127.0.0.1:1"}, sip.Granted)
			}
			c.Connect(slow{meanwhile: func() { tc.meanwhile(n, comes) }, came: tc.came},
				func(*Node, Service) string { return "" })
			comes("1")
			c.ResetPhones()
			for _, session := range tc.registers {
				comes(session)
			}
			require.Equal(t, tc.reasons, reasons(n))
		})
	}
}

// reasons are why registrations with a node ended, by its log.
func reasons(n *Node) (all []string) {
	for _, line := range n.Log() {
		if _, why, ok := strings.Cut(line, "[Reason="); ok {
			why, _, _ = strings.Cut(why, "]")
			all = append(all, why)
		}
	}
	return all
}

package wire

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sip"
)

// A peer is a call manager in the place of a node's: it notes what comes, and
// answers as the test says.
type peer struct {
	mu   sync.Mutex
	seen []string
}

// peers puts one in the place of a node. answer gives the answer; a code of 0 is
// none.
func (l *lab) peers(n *cucm.Node, answer func(r *sip.Message) sip.Reply) *peer {
	p := &peer{}
	require.NoError(l.t, l.sockets.Stop(n, cucm.CallManagerService))
	listener, err := net.Listen("tcp4", n.Address(cucm.CallManagerService))
	require.NoError(l.t, err)
	s := sip.Serve(listener, sip.ServerConfig{Handle: func(x *sip.Exchange) {
		said := x.Request.Method
		if said == sip.REGISTER {
			said += " " + x.Request.Header("Expires")
		}
		p.mu.Lock()
		p.seen = append(p.seen, said)
		p.mu.Unlock()
		if reply := answer(x.Request); reply.Code != 0 {
			x.Answer(reply)
		}
	}})
	l.t.Cleanup(func() { s.Close() })
	return p
}

// saw is what came since it was last asked.
func (p *peer) saw() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := p.seen
	p.seen = nil
	return seen
}

// yes answers everything as a call manager does.
func yes(r *sip.Message) sip.Reply {
	if r.Method == sip.REFER {
		return sip.Reply{Code: 202}
	}
	return sip.Reply{Code: 200, Expires: new(sip.Granted)}
}

// Alarms and REGISTER go out together: that an alarm is refused, or is not answered
// at all, keeps no phone from being registered.
func TestAlarmsKeepNoPhoneFromRegistering(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	refers := 0
	p := l.peers(l.pub, func(r *sip.Message) sip.Reply {
		if r.Method != sip.REFER || refers == 2 {
			return yes(r)
		}
		refers++
		return []sip.Reply{{}, {Code: 403}}[refers-1]
	})
	defer l.hurry(func(limits *fleet.Limits) { limits.SIPTimeout = silence })()
	l.boot(phone.Reset{})
	require.Equal(t, []string{"REGISTER 0", "REFER", "REGISTER 3600"}, p.saw()[:3])
	require.NotEmpty(t, l.only().CallManager)
	require.Equal(t, 1, l.only().StoredAlarms)
	require.Equal(t, []string{"REFER with an alarm: no answer in time"}, l.failed("SIP"))

	// Of several alarms those are kept that were not taken.
	refers = 1
	l.boot(phone.Reset{})
	require.Equal(t, 1, l.only().StoredAlarms, "the first of two")
	l.boot(phone.KeepAlive{})
	require.Zero(t, l.only().StoredAlarms)
}

// failed is what phones did not get by a protocol.
func (l *lab) failed(protocol string) (what []string) {
	for _, f := range l.fleet.Failures() {
		if f.Protocol == protocol {
			what = append(what, f.What)
		}
	}
	return what
}

// A phone renews as often as its call manager wants, but for one that wants it too
// often: there it unregisters, and tries again after the time that it asked for.
func TestLifetimesOfForeignCallManagers(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	var reply sip.Reply
	p := l.peers(l.pub, func(r *sip.Message) sip.Reply {
		if r.Method == sip.REFER {
			return sip.Reply{Code: 202}
		}
		own := reply
		contact, _ := r.Contact()
		own.Contact = contact.String() + own.Contact
		return own
	})
	s := l.fleet.all()[0]
	for _, tc := range []struct {
		sip.Reply
		next time.Duration
	}{
		{sip.Reply{Code: 200, Expires: new(sip.Granted)}, 115 * time.Second},
		{sip.Reply{Code: 200, Expires: new(time.Hour), Contact: ";expires=600"}, 595 * time.Second},
		{sip.Reply{Code: 200}, time.Hour - sip.Early},
	} {
		reply = tc.Reply
		l.boot(phone.Reset{})
		require.NotEmpty(t, l.only().CallManager)
		require.InDelta(t, tc.next, time.Until(s.due), float64(time.Minute))
	}
	p.saw()
	reply = sip.Reply{Code: 200, Expires: new(30 * time.Second)}
	l.boot(phone.Reset{})
	require.Empty(t, l.only().CallManager)
	require.Equal(t, []string{"REGISTER 0", "REFER", "REGISTER 3600", "REGISTER 0"}, p.saw())
	require.InDelta(t, sip.Asked, time.Until(s.due), float64(time.Minute))
	require.Equal(t, []string{"registers for 30s; a phone wants 1m5s or more"}, l.failed("SIP"))
}

// A registered phone keeps the next call manager of its group informed, which does
// not take it for gone.
func TestStandby(t *testing.T) {
	t.Parallel()
	l := whole(t, 2, 1)
	p := l.peers(l.node(1), yes)
	l.boot(phone.KeepAlive{})
	require.Equal(t, []string{"REGISTER 0"}, p.saw())
	require.Equal(t, 1, l.cluster.Registered())
	require.Equal(t, l.node(0).Address(cucm.CallManagerService), l.only().CallManager)
}

// A phone that boots again says so where it is registered, whoever had it boot; one
// that loses its power cannot.
func TestPhonesSayThatTheyGo(t *testing.T) {
	for name, tc := range map[string]struct {
		does func(l *lab)
		why  string
	}{
		"reset at the phone":     {func(l *lab) { l.boot(phone.Reset{}) }, "8"},
		"factory reset":          {func(l *lab) { l.boot(phone.FactoryReset{}) }, "8"},
		"another TFTP server":    {func(l *lab) { l.boot(phone.AlternateTFTP{Servers: []string{l.tftp}}) }, "8"},
		"its lists are erased":   {func(l *lab) { l.boot(phone.EraseLists{}) }, "8"},
		"reset by its cluster":   {func(l *lab) { l.cluster.ResetPhones(); l.settle() }, "9"},
		"a lost certificate":     {func(l *lab) { require.NoError(t, l.pub.Regenerate(cucm.CallManager)); l.settle() }, "9"},
		"power, off and on":      {func(l *lab) { l.boot(phone.PowerOff{}); l.boot(phone.PowerOn{}) }, "8"},
		"power, off for a while": {func(l *lab) { l.boot(phone.PowerOff{}); l.clock.advance(time.Hour); l.boot(phone.PowerOn{}) }, "13"},
	} {
		for _, own := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, own cluster %v", name, own), func(t *testing.T) {
				t.Parallel()
				l := whole(t, 1, 1)
				l.fleet.config.OwnClusters = own
				tc.does(l)
				require.Equal(t, 1, l.cluster.Registered())
				require.Equal(t, []string{tc.why}, l.reasons())
			})
		}
	}
}

// M21. A phone that moves registers with the other cluster, and the old one lets go
// of it at once.
func TestMovedPhones(t *testing.T) {
	t.Parallel()
	a, b := whole(t, 1, 1), newLab(t, 1, patient)
	name := a.only().Name
	b.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: b.cluster.Nodes()})
	a.boot(phone.UseServers{Servers: []string{b.pub.Address(cucm.TFTPService)}})
	a.boot(phone.EraseLists{})
	require.Equal(t, b.pub.Address(cucm.CallManagerService), a.only().CallManager)
	require.Zero(t, a.cluster.Registered())
	require.Equal(t, 1, b.cluster.Registered())
	require.Equal(t, []string{"8"}, a.reasons())
	a.cluster.ResetPhones()
	require.EqualValues(t, 2, a.fleet.Tally().Boots.Load(), "which is no business of its phones any more")
	b.cluster.ResetPhones()
	a.settle()
	require.EqualValues(t, 3, a.fleet.Tally().Boots.Load())
}

// A phone whose CallManager Group is changed learns of it by its next configuration,
// and is registered with one node only.
func TestPhonesOfAnotherGroup(t *testing.T) {
	for name, tc := range map[string]struct {
		does func(l *lab)
		why  string
	}{
		"reset by its cluster": {func(l *lab) { l.cluster.ResetPhones(); l.settle() }, "9"},
		"reset at the phone":   {func(l *lab) { l.boot(phone.Reset{}) }, "8"},
		"restarted":            {func(l *lab) { l.boot(phone.Reset{Restart: true}) }, "8"},
		"told of a new version": {func(l *lab) {
			data, err := l.pub.File(l.only().Name + ".cnf.xml")
			require.NoError(t, err)
			l.boot(phone.CheckVersion{Stamp: cnf.VersionStamp(data)})
		}, "8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := whole(t, 2, 1)
			l.cluster.AddDevice(cucm.Device{Name: l.only().Name, Model: "8861", Group: []*cucm.Node{l.node(1), l.node(0)}})
			tc.does(l)
			require.Equal(t, l.node(1).Address(cucm.CallManagerService), l.only().CallManager)
			require.Same(t, l.node(1), l.cluster.CallManagerOf(l.only().Name))
			require.Equal(t, 1, l.cluster.Registered())
			require.Equal(t, []string{tc.why}, l.reasons())
		})
	}
}

// Whatever is no NOTIFY does nothing, and is answered.
func TestOtherRequestsToPhones(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	at := netip.AddrPortFrom(l.only().IP, l.fleet.sip.Addr().Port()).String()
	conn, err := (&sip.Client{Timeout: time.Minute}).Dial(t.Context(), at)
	require.NoError(t, err)
	defer conn.Close()
	for method, code := range map[string]int{
		"OPTIONS": 200, "REGISTER": 405, "MESSAGE": 405, "PRACK": 405, "INVITE": 501, "SUBSCRIBE": 501,
	} {
		id := method + "@host"
		answer := conn.Ask(sip.Request{Method: method, CallID: id, Bytes: fmt.Appendf(nil, "%s sip:%s SIP/2.0\r\n"+
			"Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\nFrom: <sip:127.0.0.1>;tag=1\r\nTo: <sip:x@%s>\r\n"+
			"Call-ID: %s\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n", method, at, at, id, method)})
		require.NotNil(t, answer.Message, method)
		require.Equal(t, code, answer.StatusCode, method)
	}
	l.settle()
	require.EqualValues(t, 1, l.fleet.Tally().Boots.Load())
}

// NOTIFYs without end are not kept without end: a phone that has yet to do what the first
// ones say lets nobody tell it more.
func TestNotifiesWithoutEnd(t *testing.T) {
	t.Parallel()
	limits := patient
	limits.Boots = 1
	l := newLab(t, 1, limits)
	l.add(2)
	l.boot(phone.PowerOn{})
	busy, blocked, release := l.fleet.all()[0], make(chan struct{}), make(chan struct{})
	var once sync.Once
	l.meddle(func(_ string, data []byte) []byte {
		once.Do(func() { close(blocked) })
		<-release
		return data
	})
	l.fleet.send(busy, phone.Reset{})
	<-blocked

	told := l.fleet.all()[1]
	me := l.fleet.caller(told.phone, told.phone.Boots())
	contact := fmt.Sprintf("sip:%s@%s", me.Number, me.Address)
	conn, err := (&sip.Client{Timeout: time.Minute}).Dial(t.Context(), me.Address.String())
	require.NoError(t, err)
	defer conn.Close()
	answers, manager := make(map[int]int), &sip.CallManager{Address: me.Address.String()}
	for i := range 5 * maxPending {
		notify := manager.Notify(sip.Notice{
			Action: "reset", Contact: contact, Session: me.RegisterCallID(), Number: uint64(i),
		}, time.Now())
		answer := conn.Ask(notify)
		require.NotNil(t, answer.Message)
		answers[answer.StatusCode]++
	}
	require.Equal(t, map[int]int{200: maxPending, 480: 4 * maxPending}, answers)
	close(release)
	l.settle()
	require.Equal(t, 2, l.cluster.Registered())
}

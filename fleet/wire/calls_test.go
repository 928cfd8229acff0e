package wire

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tftp"
)

// whole is a lab whose phones load their files from the nodes themselves, by
// HTTP too.
func whole(t *testing.T, nodes, phones int) *lab {
	l := newLab(t, nodes, patient)
	var servers []string
	for _, n := range l.cluster.Nodes() {
		servers = append(servers, n.Address(cucm.TFTPService))
	}
	l.add(phones, servers...)
	l.boot(phone.PowerOn{})
	require.Equal(t, fleet.States{phone.Trusted: phones}, l.fleet.States())
	return l
}

func (l *lab) node(i int) *cucm.Node { return l.cluster.Nodes()[i] }

var unregistered = regexp.MustCompile(`%UC_CALLMANAGER-[36]-EndPointUnregistered: .*\[Reason=(\d+)\]`)

// reasons are the numbers of the unregistrations in the cluster's log.
func (l *lab) reasons() (reasons []string) {
	for _, n := range l.cluster.Nodes() {
		for _, entry := range n.Log() {
			if m := unregistered.FindStringSubmatch(entry); m != nil {
				reasons = append(reasons, m[1])
			}
		}
	}
	return reasons
}

func TestFilesByHTTPFirst(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 3)
	traffic := l.sockets.Traffic()
	require.EqualValues(t, 2*3, traffic.HTTP.Files)
	require.EqualValues(t, 3, traffic.HTTP.NotFound, "no CTL")
	require.EqualValues(t, 3, traffic.TFTP.NotFound, "which TFTP is then asked for")
	require.Zero(t, traffic.TFTP.Files)

	answer, err := http.Get("http://" + tftp.HTTPAddress(l.pub.Address(cucm.TFTPService)) + "/ITLFile.tlv")
	require.NoError(t, err)
	data, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	require.NoError(t, err)
	require.Equal(t, l.pub.ITL().Bytes(), data)
	require.Equal(t, http.Header{
		"Content-Length": {fmt.Sprint(len(data))}, "Cache-Control": {"no-store"}, "Content-Type": {"*/*"},
	}, answer.Header)
}

// M4, M13: only registered phones get a cluster's reset.
func TestUnregisteredPhonesMissAReset(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 4)
	off := l.fleet.Phones()[0].Name
	l.fleet.Send(phone.PowerOff{}, func(p *phone.Phone) bool { return p.Name() == off })
	l.settle()
	require.NoError(t, l.pub.Regenerate(cucm.CallManager)) // which resets the phones
	l.settle()
	for _, v := range l.fleet.Phones() {
		require.Equal(t, v.Name != off, v.Flash.Lists.ITL.SHA1() == l.pub.ITL().SHA1(), v.Name)
		require.Equal(t, v.Name != off, v.CallManager != "")
	}
	require.ElementsMatch(t, []string{"9", "9", "9", "6"}, l.reasons(), "three were reset, one was not to be reached")
	require.Equal(t, 3, l.cluster.Registered())
	statuses := l.cluster.ITLStatuses()
	require.Len(t, statuses[cucm.ITLMatch], 3)
	require.Equal(t, []string{off}, statuses[cucm.ITLUnknown])
}

// M19: the cluster compares what phones report with what its nodes serve.
func TestITLStatuses(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 3)
	require.Len(t, l.cluster.ITLStatuses()[cucm.ITLMatch], 3)
	l.clock.advance(time.Second)
	require.NoError(t, l.pub.Restart(cucm.TFTPService)) // a new signature, which no phone has loaded
	require.Len(t, l.cluster.ITLStatuses()[cucm.ITLMismatch], 3)
	l.cluster.AddDevice(cucm.Device{Name: "SEP00000000000A", Group: l.cluster.Nodes()})
	require.Equal(t, []string{"SEP00000000000A"}, l.cluster.ITLStatuses()[cucm.ITLUnknown])
	l.cluster.Publisher().Register("SEP00000000000A", false)
	l.cluster.Alarm(sip.DeviceTLInfo{Device: "SEP00000000000A"})
	require.Equal(t, []string{"SEP00000000000A"}, l.cluster.ITLStatuses()[cucm.ITLNotInstalled])
	l.cluster.ResetPhones()
	l.settle()
	require.Len(t, l.cluster.ITLStatuses()[cucm.ITLMatch], 3)
}

func TestRegistrationLapsesWithoutKeepAlives(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 2)
	require.Equal(t, 2, l.cluster.Registered())
	l.boot(phone.KeepAlive{})
	l.clock.advance(200 * time.Second)
	l.boot(phone.KeepAlive{})
	l.clock.advance(200 * time.Second)
	require.Equal(t, 2, l.cluster.Registered())
	require.Empty(t, l.reasons())
	l.clock.advance(time.Hour)
	require.Zero(t, l.cluster.Registered())
	require.Equal(t, []string{"13", "13"}, l.reasons(), "KeepAliveTimeout")
}

func TestFailOverAndBack(t *testing.T) {
	t.Parallel()
	l := whole(t, 2, 1)
	require.Equal(t, l.node(0).Address(cucm.CallManagerService), l.only().CallManager)
	require.NoError(t, l.sockets.Stop(l.node(0), cucm.CallManagerService))
	require.Zero(t, l.cluster.Registered(), "its registrations went with it")
	l.boot(phone.KeepAlive{})
	require.Equal(t, l.node(1).Address(cucm.CallManagerService), l.only().CallManager)
	require.Len(t, l.only().NotRegistered, 1)
	require.NoError(t, l.sockets.Start(l.node(0), cucm.CallManagerService))
	l.boot(phone.KeepAlive{})
	require.Equal(t, l.node(0).Address(cucm.CallManagerService), l.only().CallManager)
	require.Empty(t, l.only().NotRegistered)
	require.Contains(t, l.reasons(), "16", "registered with another node")
}

// An alarm is kept until a call manager answers 202.
func TestAlarmsAreKept(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	require.NoError(t, l.sockets.Stop(l.pub, cucm.CallManagerService))
	l.boot(phone.Reset{})
	l.boot(phone.Reset{})
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, 2, l.only().StoredAlarms)
	require.EqualValues(t, 1, l.cluster.Counts().Alarms)
	require.NoError(t, l.sockets.Start(l.pub, cucm.CallManagerService))
	l.boot(phone.KeepAlive{})
	require.Zero(t, l.only().StoredAlarms)
	require.EqualValues(t, 3, l.cluster.Counts().Alarms)
}

// peerSIP listens in the call manager's place.
func (l *lab) peerSIP(handle func(*sip.Exchange)) *sip.Server {
	require.NoError(l.t, l.sockets.Stop(l.pub, cucm.CallManagerService))
	listener, err := net.Listen("tcp4", l.pub.Address(cucm.CallManagerService))
	require.NoError(l.t, err)
	s := sip.Serve(listener, sip.ServerConfig{Handle: handle})
	l.t.Cleanup(func() { s.Close() })
	return s
}

func TestCallManagersThatRefuse(t *testing.T) {
	for name, tc := range map[string]struct {
		handle  func(*sip.Exchange)
		failure string
	}{
		"404":     {func(x *sip.Exchange) { x.Answer(sip.Reply{Code: 404}) }, "REGISTER answered with 404 Not Found"},
		"nothing": {func(*sip.Exchange) {}, "no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := whole(t, 1, 1)
			l.peerSIP(tc.handle)
			defer l.hurry(func(limits *fleet.Limits) { limits.SIPTimeout = silence })()
			l.boot(phone.Reset{})
			require.Equal(t, phone.Trusted, l.only().State, "trust is another matter")
			require.Empty(t, l.only().CallManager)
			require.Equal(t, 1, l.only().StoredAlarms)
			var failed []string
			for _, failure := range l.fleet.Failures() {
				if failure.Protocol == "SIP" {
					failed = append(failed, failure.What)
				}
			}
			require.Contains(t, failed, tc.failure)
		})
	}
}

// M5: the directory opens while its certificate can be authenticated.
func TestDirectory(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	l.boot(phone.OpenDirectory{})
	require.Equal(t, phone.DirectoryTitle, l.only().Screen, l.only().ScreenReason)
	require.EqualValues(t, 1, l.sockets.Traffic().TVS.Verifies)

	// TVS has another certificate meanwhile, and what it said has run out.
	l.boot(phone.PowerOff{})
	require.NoError(t, l.pub.Regenerate(cucm.CallManager))
	l.clock.advance(25 * time.Hour)
	require.NoError(t, l.pub.Regenerate(cucm.TVSUnit))
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.Untrusted, l.only().State)
	l.boot(phone.OpenDirectory{})
	require.Equal(t, phone.HostNotFound, l.only().Screen)
	require.ErrorContains(t, l.only().ScreenReason, "every TVS shows a certificate that is not in the stored ITL")

	require.NoError(t, l.sockets.Stop(l.pub, cucm.TomcatService))
	l.boot(phone.OpenDirectory{})
	require.Equal(t, phone.HostNotFound, l.only().Screen)
	require.ErrorContains(t, l.only().ScreenReason, "refused")
}

// A phone that is asked again at once has a connection of its own each time.
func TestDirectoryAgainAndAgain(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	for range 100 {
		l.boot(phone.OpenDirectory{})
		require.Equal(t, phone.DirectoryTitle, l.only().Screen, l.only().ScreenReason)
	}
}

func TestDirectoryShowsTheTomcatCertificate(t *testing.T) {
	t.Parallel()
	l := whole(t, 2, 1)
	for _, n := range l.cluster.Nodes() {
		conn, err := tls.Dial("tcp", n.Address(cucm.TomcatService), &tls.Config{InsecureSkipVerify: true})
		require.NoError(t, err)
		require.Equal(t, n.Certificate(cucm.Tomcat).Certificate.Raw, conn.ConnectionState().PeerCertificates[0].Raw)
		conn.Close()
	}
}

// page fetches a page of a phone's web server; "" where nobody listens.
func (l *lab) page(v fleet.View, path string) string {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(fmt.Sprintf("http://%s:%d%s", v.IP, l.fleet.WebPort(), path))
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	require.NoError(l.t, err)
	if answer.StatusCode != http.StatusOK {
		return answer.Status
	}
	return string(data)
}

// M5, M6: the pages are there while the configuration in force says so; a phone
// without trust does not notice that they were switched off.
func TestWebPages(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 2)
	const messages = "/CGI/Java/Serviceability?adapter=device.settings.status.messages"
	require.Empty(t, l.page(l.fleet.Phones()[0], messages), "web access is off by default")
	settings := l.cluster.Settings()
	settings.WebAccess = true
	l.cluster.Configure(settings)
	l.boot(phone.Reset{})
	for _, v := range l.fleet.Phones() { // each at its own address, by one listener
		require.Contains(t, l.page(v, "/DeviceInformationX"), "<HostName>"+v.Name+"</HostName>")
	}
	v := l.fleet.Phones()[1]
	require.Contains(t, l.page(v, messages), "]\n ITL installed</B>")
	require.Contains(t, l.page(v, "/CGI/Java/Serviceability?adapter=device.statistics.device"),
		"<TR><TD><B> MAC address</B></TD><td width=20></TD><TD><B>"+strings.TrimPrefix(v.Name, "SEP")+"</B></TD></TR>")
	require.Contains(t, l.page(v, "/CGI/Java/Serviceability?adapter=device.trace.display.alarm"), "DeviceTLInfo")
	sum := sip.Checksum(l.pub.ITL().SHA1())
	require.Contains(t, l.page(v, "/NetworkConfiguration"),
		"<TD><B> ITL signature</B></TD><td width=20></TD><TD><B>"+sum.String()+"</B></TD>")
	host, _, err := net.SplitHostPort(l.pub.Address(cucm.CallManagerService))
	require.NoError(t, err)
	require.Contains(t, l.page(v, "/NetworkConfigurationX"), "<CallManager1>"+host+"  Active</CallManager1>")
	require.Contains(t, l.page(v, "/FS/messages.0"), "ITL installed")
	require.Equal(t, "404 Not Found", l.page(v, "/CGI/Java/Serviceability?adapter=nothing"))

	l.boot(phone.PowerOff{})
	require.Empty(t, l.page(v, messages), "a phone without power")
	require.NoError(t, l.pub.Regenerate(cucm.CallManager))
	l.clock.advance(6 * time.Minute)
	require.NoError(t, l.pub.Regenerate(cucm.TVSUnit))
	settings.WebAccess = false
	l.cluster.Configure(settings)
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.Untrusted, l.fleet.Phones()[1].State)
	require.Contains(t, l.page(v, messages), "Trust List update failed", "the change did not apply")
	require.NoError(t, cli.Run(l.pub, &cli.Script{Answers: []string{""}}, "utils itl reset localkey"))
	l.boot(phone.Reset{})
	require.Empty(t, l.page(v, messages))
}

// M21: a phone of one cluster, pointed at another, refuses its list before and
// after that cluster's reset. It is locked, not untrusted: its own TVS says no.
func TestAnotherClustersResetMovesNoPhone(t *testing.T) {
	t.Parallel()
	a, b := whole(t, 1, 1), newLab(t, 1, patient)
	held := a.only().Flash.Lists
	name := a.only().Name
	b.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: b.cluster.Nodes()})
	require.NoError(t, b.sockets.Stop(b.pub, cucm.CallManagerService))
	pointed := phone.UseServers{Servers: []string{b.pub.Address(cucm.TFTPService)}}
	a.fleet.Send(pointed, nil)
	for range 2 {
		a.boot(phone.Reset{})
		require.Equal(t, phone.Locked, a.only().State)
		require.ErrorContains(t, a.only().Refusal, "does not vouch")
		require.Equal(t, held, a.only().Flash.Lists)
		require.Equal(t, a.pub.Address(cucm.CallManagerService), a.only().CallManager, "it still registers with its own")
		require.NoError(t, cli.Run(b.pub, &cli.Script{Answers: []string{""}}, "utils itl reset localkey"))
	}
	// With its own TVS off it cannot know better.
	require.NoError(t, a.sockets.Stop(a.pub, cucm.TVSService))
	a.boot(phone.Reset{})
	require.Equal(t, phone.Locked, a.only().State)
}

// Phones whose servers are on another machine ask from whatever address the
// system chooses.
func TestPhonesFromAnywhere(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	f, err := New(Config{Clock: l.clock, Limits: patient, Anywhere: true})
	require.NoError(t, err)
	defer f.Close()
	l.cluster.AddDevice(cucm.Device{Name: "SEP0011AABB0000", Group: l.cluster.Nodes()})
	f.Add(phone.New(phone.Setup{
		Name: "SEP0011AABB0000", IP: netip.MustParseAddr("192.0.2.1"), Profile: phone.Profiles()[0],
		Servers: []string{l.pub.Address(cucm.TFTPService)},
	}))
	f.Send(phone.PowerOn{}, nil)
	require.NoError(t, f.Settle(t.Context()))
	require.Equal(t, fleet.States{phone.Trusted: 1}, f.States())
	require.Equal(t, 1, l.cluster.Registered())
}

func TestPeersMayNotSendResetsElsewhere(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	v := l.only()
	victim, err := net.Listen("tcp4", "127.0.0.9:0")
	require.NoError(t, err)
	defer victim.Close()
	me := sip.Phone{Device: v.Name, Number: "1", Address: victim.Addr().(*net.TCPAddr).AddrPort(), UserAgent: "x"}
	client := sip.Client{Local: netip.MustParseAddr("127.66.0.1"), Timeout: time.Minute}
	conn, err := client.Dial(t.Context(), l.pub.Address(cucm.CallManagerService))
	require.NoError(t, err)
	require.NoError(t, conn.Ask(me.Register("x", 1, time.Now(), nil)).Err)
	conn.Close()
	l.cluster.ResetPhones()
	victim.(*net.TCPListener).SetDeadline(time.Now().Add(50 * time.Millisecond))
	_, err = victim.Accept()
	require.Error(t, err, "the contact's host is not believed")
}

// A fleet that ends waits for no page of a service that says nothing.
func TestEndDuringAService(t *testing.T) {
	l := newLab(t, 1, patient)
	l.add(1)
	s := l.fleet.all()[0]
	near, far := net.Pipe()
	defer far.Close()
	s.conn = tls.Client(near, &tls.Config{InsecureSkipVerify: true})
	done := make(chan phone.Event, 1)
	go func() { done <- l.fleet.readService(s, phone.ReadService{URL: "https://127.0.0.2:8443/x"}) }()
	_, err := io.ReadFull(far, make([]byte, 1)) // it is asked
	require.NoError(t, err)
	l.fleet.cancel()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Error("it waits on")
		s.conn.Close()
		<-done
	}
}

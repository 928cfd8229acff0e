package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/internal/cucmtest"
	"itlsim/sip"
)

// A client of SIP that knows nothing of this project: it sends text and reads text.
type client struct {
	testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func dial(t testing.TB, n *cucm.Node) *client { return dialFrom(t, "127.0.0.1", n) }

func dialFrom(t testing.TB, address string, n *cucm.Node) *client {
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	conn, err := from.Dial("tcp4", n.Address(cucm.CallManagerService))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	return &client{t, conn, bufio.NewReader(conn)}
}

// message reads one message: its first line, its headers, its body.
func (c *client) message() (first string, h textproto.MIMEHeader, body string) {
	first, err := c.in.ReadString('\n')
	require.NoError(c, err)
	h, err = textproto.NewReader(c.in).ReadMIMEHeader()
	require.NoError(c, err)
	length, err := strconv.Atoi(h.Get("Content-Length"))
	require.NoError(c, err)
	b := make([]byte, length)
	_, err = io.ReadFull(c.in, b)
	require.NoError(c, err)
	return strings.TrimRight(first, "\r\n"), h, string(b)
}

// register sends a REGISTER with a contact and more headers, and gives the final
// answer, which 100 Trying comes before.
func (c *client) register(contact string, headers ...string) (status string, h textproto.MIMEHeader, body string) {
	fmt.Fprintf(c.conn, "REGISTER sip:cm SIP/2.0\r\nVia: SIP/2.0/TCP %s;branch=z9hG4bK1\r\n"+
		"From: <sip:2001@cm>;tag=1\r\nTo: <sip:2001@cm>\r\nCall-ID: 1@host\r\nCSeq: 1 REGISTER\r\n"+
		"Contact: <sip:7514c56a-1034@%s;transport=tcp>%s\r\n%sContent-Length: 0\r\n\r\n",
		c.conn.LocalAddr(), c.conn.LocalAddr(), contact, strings.Join(headers, ""))
	trying, _, _ := c.message()
	require.Equal(c, "SIP/2.0 100 Trying", trying)
	return c.message()
}

// answer answers a request with 200.
func (c *client) answer(h textproto.MIMEHeader) {
	fmt.Fprintf(c.conn, "SIP/2.0 200 OK\r\nVia: %s\r\nFrom: %s\r\nTo: %s;tag=1\r\nCall-ID: %s\r\nCSeq: %s\r\nContent-Length: 0\r\n\r\n",
		h.Get("Via"), h.Get("From"), h.Get("To"), h.Get("Call-ID"), h.Get("CSeq"))
}

// registrations puts up a cluster of a release with a phone in its database.
func registrations(t *testing.T, hosts string, release cucm.Release) *cucmtest.Lab {
	l := cucmtest.New(t, func(c *cucm.Config) { c.Release = release })
	sockets, err := wire.Listen(l.Cluster, []string{hosts + "2", hosts + "3"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sockets.Close()) })
	l.AddDevice(cucm.Device{Name: device, Model: "8861", Group: l.Nodes()})
	return l
}

const device = "SEP001122334455"

const named = `;+u.sip!devicename.ccm.cisco.com="` + device + `"`

// What CUCM answers to a REGISTER: who it is and what it supports by release, its
// time, and x-cisco-newreg for a registration that is new to it.
func TestAnswersToREGISTER(t *testing.T) {
	for release, want := range map[cucm.Release][2]string{
		cucm.Release10:  {"Cisco-CUCM10.0", "X-cisco-srtp-fallback,X-cisco-sis-6.0.0"},
		cucm.Release115: {"Cisco-CUCM11.5", "X-cisco-srtp-fallback,X-cisco-sis-8.0.0"},
		"12.0":          {"Cisco-CUCM12.0", "X-cisco-srtp-fallback,X-cisco-sis-9.0.0"},
		cucm.Release125: {"Cisco-CUCM12.5", "X-cisco-srtp-fallback,X-cisco-sis-9.1.0"},
		cucm.Release14:  {"Cisco-CUCM14.0", "X-cisco-srtp-fallback,X-cisco-sis-10.0.0"},
	} {
		t.Run(string(release), func(t *testing.T) {
			l := registrations(t, "127.4.2.", release)
			c := dial(t, l.Pub)
			contact := "<sip:7514c56a-1034@" + c.conn.LocalAddr().String() + ";transport=tcp>" + named
			supported := "Supported: replaces,X-cisco-srtp-fallback\r\n"
			status, h, body := c.register(named, "Expires: 3600\r\n", supported)
			require.Equal(t, "SIP/2.0 200 OK", status)
			require.Regexp(t, `^<sip:2001@cm>;tag=[0-9]+$`, h.Get("To"))
			require.Equal(t, want[0], h.Get("Server"))
			require.Equal(t, want[1], h.Get("Supported"))
			require.Equal(t, "Wed, 26 Feb 2014 18:24:27 GMT", h.Get("Date"), "the cluster's")
			require.Equal(t, "120", h.Get("Expires"))
			require.Equal(t, contact+";x-cisco-newreg", h.Get("Contact"))
			require.Empty(t, body)

			// The same session again: nothing is new, or the phone would think that the
			// call manager has restarted.
			_, h, _ = c.register(named, "Expires: 3600\r\n")
			require.Equal(t, contact, h.Get("Contact"))
			require.Equal(t, strings.TrimPrefix(want[1], "X-cisco-srtp-fallback,"), h.Get("Supported"),
				"as it was not asked for more")

			// It has restarted.
			require.NoError(t, l.Pub.Restart(cucm.CallManagerService))
			_, h, _ = dial(t, l.Pub).register(named, "Expires: 3600\r\n")
			require.Contains(t, h.Get("Contact"), ";x-cisco-newreg")
			require.Equal(t, 1, l.Registered())
		})
	}
}

// The expires parameter of the contact counts before Expires, and the answer tells
// one time only.
func TestLifetimeOfRegistrations(t *testing.T) {
	for name, tc := range map[string]struct {
		contact, header string
		granted         int
	}{
		"more than is granted":      {";expires=7200", "", 120},
		"less":                      {";expires=60", "", 60},
		"the contact counts":        {";expires=60", "Expires: 3600\r\n", 60},
		"though it asks for more":   {";expires=90", "Expires: 30\r\n", 90},
		"nothing":                   {"", "", 120},
		"what cannot be understood": {";expires=soon", "Expires: later\r\n", 120},
	} {
		t.Run(name, func(t *testing.T) {
			l := registrations(t, "127.4.3.", cucm.Release125)
			_, h, _ := dial(t, l.Pub).register(named+tc.contact, tc.header)
			require.Equal(t, strconv.Itoa(tc.granted), h.Get("Expires"))
			require.NotContains(t, h.Get("Contact"), "expires")
			l.Wait(2*time.Duration(tc.granted)*time.Second - time.Second)
			require.Equal(t, 1, l.Registered())
			l.Wait(2 * time.Second)
			require.Zero(t, l.Registered())
			require.Contains(t, l.Alarms("EndPointUnregistered")[0], "[Reason=13]")
		})
	}
}

// Nothing is asked for of the node where the phone is registered: it is gone. Of
// another node, its standby, that keeps it informed. Why it went depends on
// whether the phone tells of a boot.
func TestExpiresZero(t *testing.T) {
	for name, tc := range map[string]struct {
		headers []string
		contact string
		why     string
	}{
		"Expires":     {[]string{"Expires: 0\r\n"}, "", "10"},
		"the contact": {[]string{"Expires: 3600\r\n"}, ";expires=0", "10"},
		"before it boots again": {[]string{"Expires: 0\r\n",
			`Reason: SIP;cause=200;text="cisco-alarm:22 Name=x Last=y"` + "\r\n"}, "", "8"},
	} {
		t.Run(name, func(t *testing.T) {
			l := registrations(t, "127.4.4.", cucm.Release125)
			c := dial(t, l.Pub)
			c.register(named, "Expires: 3600\r\n")
			_, h, _ := dial(t, l.Sub).register(named+tc.contact, tc.headers...)
			require.Equal(t, "0", h.Get("Expires"))
			require.NotContains(t, h.Get("Contact"), "newreg")
			require.Equal(t, 1, l.Registered(), "it is registered elsewhere")
			status, h, _ := c.register(named+tc.contact, tc.headers...)
			require.Equal(t, "SIP/2.0 200 OK", status)
			require.Equal(t, "0", h.Get("Expires"))
			require.Zero(t, l.Registered())
			require.Contains(t, l.Alarms("EndPointUnregistered")[0], "[Reason="+tc.why+"]")
		})
	}
}

// Who registers: as the contact says, or by its MAC address, or by the user.
func TestWhoRegisters(t *testing.T) {
	instance := `;+sip.instance="<urn:uuid:00000000-0000-0000-0000-001122334455>"`
	for name, tc := range map[string]struct{ contact, status string }{
		"by the device's name": {named, "SIP/2.0 200 OK"},
		"by its MAC address":   {instance, "SIP/2.0 200 OK"},
		"by its user":          {"", "SIP/2.0 200 OK"},
		"nobody that is known": {`;+u.sip!devicename.ccm.cisco.com="SEP000000000000"`, "SIP/2.0 404 Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			l := registrations(t, "127.4.5.", cucm.Release125)
			if tc.contact == "" {
				l.AddDevice(cucm.Device{Name: "2001", Group: l.Nodes()})
			}
			status, h, _ := dial(t, l.Pub).register(tc.contact)
			require.Equal(t, tc.status, status)
			require.Equal(t, "Cisco-CUCM12.5", h.Get("Server"))
			w := l.Registrations()[0]
			if name == "nobody that is known" {
				require.Equal(t, []any{"SEP000000000000", cucm.Rejected, l.Pub}, []any{w.Device.Name, w.Status, w.Node})
			} else {
				require.Equal(t, cucm.Registered, w.Status)
			}
		})
	}
}

// A phone that keeps its connection gets its reset over that: as CUCM sends it, with
// the Call-ID of its own REGISTER. What it says before it boots is a consequence.
func TestResetOfAForeignPhone(t *testing.T) {
	l := registrations(t, "127.4.6.", cucm.Release125)
	c := dial(t, l.Pub)
	c.register(named, "Expires: 3600\r\n")
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.ResetPhones()
	}()
	first, h, body := c.message()
	host, _, _ := net.SplitHostPort(l.Pub.Address(cucm.CallManagerService))
	own, _, _ := net.SplitHostPort(c.conn.LocalAddr().String())
	require.Equal(t, "NOTIFY sip:2001@"+c.conn.LocalAddr().String()+" SIP/2.0", first)
	require.Regexp(t, `^<sip:`+host+`>;tag=[0-9]+$`, h.Get("From"))
	require.Equal(t, "<sip:2001@"+own+">", h.Get("To"))
	require.Equal(t, "Cisco-CUCM12.5", h.Get("User-Agent"))
	require.Equal(t, "<sip:"+l.Pub.Address(cucm.CallManagerService)+";transport=tcp>", h.Get("Contact"))
	require.Equal(t, "action=reset\r\nRegisterCallId={1@host}\r\n", body)
	status, _, _ := c.register(named, "Expires: 0\r\n", `Reason: SIP;cause=200;text="cisco-alarm:22 x"`+"\r\n")
	require.Equal(t, "SIP/2.0 200 OK", status)
	c.answer(h)
	<-done
	require.Zero(t, l.Registered())
	require.Len(t, l.Alarms("EndPointUnregistered"), 1)
	require.Contains(t, l.Alarms("EndPointUnregistered")[0], "[Reason=9]")
}

// `set date` makes nobody's keep-alive late, in whichever direction it moves the
// clock: a client has no way to know.
func TestSetDateEndsNoRegistration(t *testing.T) {
	l := registrations(t, "127.4.7.", cucm.Release125)
	c := dial(t, l.Pub)
	c.register(named, "Expires: 3600\r\n")
	l.Must(l.Pub, "set date 18:24:27 02/26/24")
	require.Equal(t, 1, l.Registered())
	l.Must(l.Pub, "set date 18:24:27 02/26/04")
	require.Equal(t, 1, l.Registered())
	l.Wait(sip.Granted)
	_, h, _ := c.register(named, "Expires: 3600\r\n")
	require.NotContains(t, h.Get("Contact"), "newreg", "the call manager still knows it")
	require.Empty(t, l.Alarms("EndPointUnregistered"))
	// One that stays away is gone in time, by whatever clock.
	l.Wait(2*sip.Granted + time.Second)
	require.Zero(t, l.Registered())
	require.Contains(t, l.Alarms("EndPointUnregistered")[0], "[Reason=13]")
}

// A phone whose address changes goes on with its session over another connection:
// there is one registration, and its reset goes where the phone is now.
func TestAPhoneWithAnotherAddress(t *testing.T) {
	l := registrations(t, "127.4.8.", cucm.Release125)
	before, now := dial(t, l.Pub), dial(t, l.Pub)
	before.register(named, "Expires: 3600\r\n")
	_, h, _ := now.register(named, "Expires: 3600\r\n")
	require.NotContains(t, h.Get("Contact"), "newreg")
	require.Equal(t, 1, l.Registered())
	go l.ResetPhones()
	first, h, _ := now.message()
	require.Equal(t, "NOTIFY sip:2001@"+now.conn.LocalAddr().String()+" SIP/2.0", first)
	now.answer(h)
	require.Eventually(t, func() bool { return l.Registered() == 0 }, time.Minute, time.Millisecond)
	require.Contains(t, l.Alarms("EndPointUnregistered")[0], "[Reason=9]")
	before.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := before.in.ReadByte()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "nothing more came where it was")
}

// Thousands that ask something and stay keep no phone from registering.
func TestStrangersOfSIP(t *testing.T) {
	l := registrations(t, "127.4.9.", cucm.Release125)
	for range 1200 {
		c := dial(t, l.Pub)
		fmt.Fprintf(c.conn, "OPTIONS sip:cm SIP/2.0\r\nVia: SIP/2.0/TCP %s;branch=z9hG4bK1\r\n"+
			"From: <sip:2001@cm>;tag=1\r\nTo: <sip:2001@cm>\r\nCall-ID: 1@host\r\nCSeq: 1 OPTIONS\r\n"+
			"Content-Length: 0\r\n\r\n", c.conn.LocalAddr())
		c.message()
	}
	status, _, _ := dial(t, l.Pub).register(named, "Expires: 3600\r\n")
	require.Equal(t, "SIP/2.0 200 OK", status)
}

// What a registration would keep has a bound: a REGISTER beyond it is malformed, and
// enters nobody.
func TestLongNamesAreNotKept(t *testing.T) {
	l := cucmtest.New(t, func(c *cucm.Config) { c.AutoRegister = true })
	sockets, err := wire.Listen(l.Cluster, []string{"127.31.9.2", "127.31.9.3"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sockets.Close()) })
	c := dial(t, l.Pub)
	for _, long := range []struct{ number, id, host string }{
		{id: strings.Repeat("i", 256)}, {number: strings.Repeat("1", 256)}, {host: strings.Repeat("h", 256)}, {},
	} {
		fmt.Fprintf(c.conn, "REGISTER sip:cm SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"+
			"From: <sip:1@cm>;tag=1\r\nTo: <sip:1%s@cm>\r\nCall-ID: 1%s\r\nCSeq: 1 REGISTER\r\n"+
			"Contact: <sip:u@h%s>;+u.sip!devicename.ccm.cisco.com=\"%s\"\r\nContent-Length: 0\r\n\r\n",
			long.number, long.id, long.host, device)
		c.message()
		status, _, _ := c.message()
		_, entered := l.Device(device)
		if long.number+long.id+long.host != "" {
			require.Equal(t, "SIP/2.0 400 Bad Request", status)
			require.False(t, entered)
			continue
		}
		require.Equal(t, "SIP/2.0 200 OK", status)
		require.True(t, entered)
	}
}

// Where the database is nearly full, invented names of one address leave room for phones
// of others; a phone of the database registers whatever comes.
func TestRegistrationsInInventedNames(t *testing.T) {
	l := cucmtest.New(t, func(c *cucm.Config) { c.AutoRegister = true })
	sockets, err := wire.Listen(l.Cluster, []string{"127.31.9.2", "127.31.9.3"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sockets.Close()) })
	for i := range 40_000 - 10 {
		l.AddDevice(cucm.Device{Name: fmt.Sprintf("SEP%012X", i), Group: l.Nodes()})
	}
	registers := func(c *client, name string) bool {
		status, _, _ := c.register(`;+u.sip!devicename.ccm.cisco.com="` + name + `"`)
		return status == "SIP/2.0 200 OK"
	}
	stranger, phone := dialFrom(t, "127.6.6.6", l.Pub), dialFrom(t, "127.1.0.7", l.Pub)
	taken := 0
	for i := range 20 {
		if registers(stranger, fmt.Sprintf("SEPBAD%09X", i)) {
			taken++
		}
	}
	require.Equal(t, 6, taken, "one more than they leave")
	require.True(t, registers(phone, "SEPAAAAAAAAAAAA"))
	require.False(t, registers(stranger, "SEPBBBBBBBBBBBB"))
	require.True(t, registers(stranger, "SEP000000000001"))
	require.Contains(t, l.Must(l.Pub, "file view activelog syslog/CiscoSyslog"), "NumDevRegExceeded")
}

// A REGISTER names the firmware in the alarm of its Reason, in the words of new and of
// old phones. What is too long for a name is none.
func TestLoadsOfRegistration(t *testing.T) {
	for alarm, want := range map[string]sip.Loads{
		"cisco-alarm:25 Name=SEP001122334455 ActiveLoad=a.loads InactiveLoad=b.loads Last=initialized": {
			Active: "a.loads", Inactive: "b.loads"},
		"cisco-alarm:23 Name=SEP001122334455 Load=SIP42.9-3-1 Last=reset-reset": {Active: "SIP42.9-3-1"},
		"cisco-alarm:23 Load=SIP42.9-3-1":                                       {Active: "SIP42.9-3-1"},
		"cisco-alarm:23 Load=" + strings.Repeat("x", 256):                       {},
		"Load=a": {},
	} {
		t.Run(alarm[:min(len(alarm), 60)], func(t *testing.T) {
			l := registrations(t, "127.4.6.", cucm.Release125)
			c := dial(t, l.Pub)
			status, _, _ := c.register(named, "Reason: SIP;cause=200;text=\""+alarm+"\"\r\n")
			require.Equal(t, "SIP/2.0 200 OK", status)
			status, _, _ = c.register(named)
			require.Equal(t, "SIP/2.0 200 OK", status, "a keep-alive, which names none")
			all := l.Registrations()
			require.Len(t, all, 1)
			require.Equal(t, want, all[0].Loads)
			require.Equal(t, c.conn.LocalAddr().String(), all[0].At.String())
		})
	}
}

// A phone that is named is told what was asked of it, over its connection.
func TestRestartOfAForeignPhone(t *testing.T) {
	l := registrations(t, "127.4.6.", cucm.Release125)
	c := dial(t, l.Pub)
	c.register(named, "Expires: 3600\r\n")
	l.ResetDevices([]string{device}, sip.Restart)
	_, h, body := c.message()
	require.Equal(t, "action=restart\r\nRegisterCallId={1@host}\r\n", body)
	c.answer(h)
	require.Eventually(t, func() bool { return l.Registered() == 0 }, time.Minute, time.Millisecond)
}

package cucm

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
	"unique"

	"github.com/stretchr/testify/require"

	"itlsim/sip"
)

// What call managers know of a phone: since when it is registered, whatever keep-alives
// come; where, why and when it was gone, once it is.
func TestWhereabouts(t *testing.T) {
	now := then
	c := clocked(t, &now)
	pub, sub := c.nodes[0], c.nodes[1]
	const name, quiet = "SEP00000000000A", "SEP00000000000B"
	phone := Device{Name: name, Model: "8861", Group: c.Nodes()}
	quietPhone := Device{Name: quiet, Model: "8861", Group: c.Nodes()}
	c.AddDevice(phone)
	c.AddDevice(quietPhone)
	at := netip.MustParseAddrPort("127.0.0.9:1")
	loads := sip.Loads{Active: "sip88xx.14-1-1.loads", Inactive: "sip88xx.12-5-1.loads"}
	comes := func(n *Node, session string) {
		n.RegisterOver(name, Registration{
			Session: session, Contact: "sip:x@127.0.0.9:1", At: at, Loads: unique.Make(loads),
		}, sip.Granted)
	}
	require.Empty(t, c.Registrations(), "never seen")
	want := Whereabouts{Device: phone, Node: pub, At: at, Status: Registered, Since: now, Loads: loads,
		Httpd: HttpdUnknown}
	check := func(what string) {
		t.Helper()
		require.Equal(t, []Whereabouts{want}, c.Registrations(), what)
	}
	after := func(d time.Duration) time.Time { now = now.Add(d); return now }

	comes(pub, "1")
	check("registered")
	after(time.Minute)
	comes(pub, "1")
	check("a keep-alive")
	named := loads
	loads = sip.Loads{}
	comes(pub, "1")
	check("a keep-alive, which tells of no firmware")
	loads = named
	want.Since = after(time.Second)
	comes(pub, "2")
	check("a new boot")
	want.Since, want.Node = after(time.Second), sub
	comes(sub, "2")
	check("moved")
	was := want
	was.Node, was.Status, was.Reason = pub, UnRegistered, DuplicateReg
	require.Equal(t, []Whereabouts{want, was}, c.RegistrationsByNode(), "the other one knows it, too")
	want.Since, want.Status, want.Reason = after(time.Second), UnRegistered, DeviceUnregistered
	sub.Unregister(name, DeviceUnregistered)
	after(time.Second)
	check("gone")
	was, want.Since, want.Status, want.Reason, want.Node = want, now, Registered, 0, pub
	comes(pub, "3")
	check("back")
	require.Equal(t, []Whereabouts{want, was}, c.RegistrationsByNode(), "and gone from there")
	want.Since, want.Status, want.Reason = after(time.Hour), UnRegistered, KeepAliveTimeout
	check("found to have fallen silent")
	want.Since, want.Status, want.Reason = after(time.Second), StatusUnknown, 0
	comes(pub, "4")
	pub.ForgetPhones()
	check("its call manager stopped")
	loads = sip.Loads{}
	want.Since, want.Status = after(time.Second), Registered
	comes(pub, "4")
	check("a keep-alive after that, which tells of no firmware")
	want.Since, want.Loads = after(time.Second), loads
	comes(pub, "5")
	check("a new boot, which does not")

	pub.Register(quiet, false)
	without := Whereabouts{Device: quietPhone, Node: pub, Status: Registered, Httpd: HttpdUnknown}
	require.Equal(t, without, c.Registrations()[1], "without SIP")
	pub.Unregister(quiet, DeviceUnregistered)
	require.Len(t, c.Registrations(), 1, "nothing of a phone without SIP is kept")
}

// Phones that are not in the database are remembered with the nodes that rejected them, as
// many as there is room for, until they are.
func TestRejected(t *testing.T) {
	now := then
	c := clocked(t, &now)
	pub, sub := c.nodes[0], c.nodes[1]
	at := netip.MustParseAddrPort("127.0.0.9:1")
	name := func(i int) string { return fmt.Sprintf("SEP%012X", i) }
	rejected := func(n *Node, since time.Time) Whereabouts {
		return Whereabouts{Device: Device{Name: name(1), Model: "7821"}, Node: n, At: at, Status: Rejected, Since: since,
			Reason: NoEntryInDatabase, Httpd: HttpdUnknown}
	}
	pub.Rejects(name(1), "7821", at)
	pub.Rejects("no phone's name", "", at)
	now = now.Add(time.Minute)
	sub.Rejects(name(1), "7821", at)
	require.Equal(t, []Whereabouts{rejected(sub, now)}, c.Registrations(), "the latest")
	pub.Rejects(name(1), "7821", at)
	require.Equal(t, []Whereabouts{rejected(pub, then)}, c.Registrations(), "since it was first")
	require.Equal(t, []Whereabouts{rejected(sub, now), rejected(pub, then)}, c.RegistrationsByNode())
	for i := range maxRejected - 1 {
		pub.Rejects(name(i+2), "", at)
	}
	require.Len(t, c.RegistrationsByNode(), maxRejected)
	require.Equal(t, rejected(pub, then), c.RegistrationsByNode()[0], "who came first makes room")
	c.AddDevice(Device{Name: name(1), Model: "7821"})
	require.Len(t, c.Registrations(), maxRejected-1)
	pub.Rejects(name(1), "7821", at)
	require.Len(t, c.Registrations(), maxRejected-1, "it is in the database")
}

// The database as a list is made anew when it has changed, and only then.
func TestDevices(t *testing.T) {
	now := then
	cfg := small()
	cfg.Clock, cfg.AutoRegister = clock(func() time.Time { return now }), true
	c, err := New(cfg)
	require.NoError(t, err)
	names := func() (all []string) {
		devices, _ := c.Devices()
		for _, d := range devices {
			all = append(all, d.Name)
		}
		return all
	}
	revision := func() uint64 { _, r := c.Devices(); return r }
	require.Empty(t, names())
	for _, name := range []string{"SEP00000000000C", "SEP00000000000A"} {
		c.AddDevice(Device{Name: name, Model: "8861"})
	}
	before, _ := c.Devices()
	of := revision()
	c.Publisher().Register("SEP00000000000A", false)
	c.Alarm(sip.DeviceTLInfo{Device: "SEP00000000000E"})
	require.Equal(t, []string{"SEP00000000000C", "SEP00000000000A"}, names(), "not whoever is only heard of")
	require.Equal(t, of, revision())
	same, _ := c.Devices()
	require.Same(t, &before[0], &same[0])
	require.True(t, c.Publisher().Admits("SEP00000000000B", "8861", netip.Addr{}))
	require.Equal(t, []string{"SEP00000000000C", "SEP00000000000A", "SEP00000000000B"}, names())
	require.Greater(t, revision(), of)
	of = revision()
	c.AddDevice(Device{Name: "SEP00000000000C", Model: "7821"})
	devices, _ := c.Devices()
	require.Equal(t, "7821", devices[0].Model)
	require.Equal(t, "8861", before[0].Model, "what was given stays as it was")
	require.Greater(t, revision(), of)
	of = revision()
	c.issued("SEP00000000000C", nil)
	require.Greater(t, revision(), of)
}

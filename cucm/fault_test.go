package cucm

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/contain"
	"itlsim/sip"
)

// A panic that is contained leaves no lock behind, at whichever look at the clock it comes:
// what is done next goes on.
func TestPanicsLeaveNoLock(t *testing.T) {
	looks := 0 // until the clock panics; below 0: never
	cfg := small()
	cfg.AutoRegister = true
	now := then
	cfg.Clock = clock(func() time.Time {
		if looks--; looks == 0 {
			panic("a planted fault")
		}
		return now
	})
	c, err := New(cfg)
	require.NoError(t, err)
	pub, sub := c.Nodes()[0], c.Nodes()[1]
	const device = "SEP001122334455"
	at := netip.MustParseAddrPort("10.0.0.1:5060")
	over := func(n *Node) { n.RegisterOver(device, Registration{At: at, Session: "s"}, time.Hour) }
	planted := 0
	for name, do := range map[string]func(){
		"admits":     func() { pub.Admits(device, "8861", at.Addr()) },
		"registers":  func() { pub.Register(device, false) },
		"by SIP":     func() { over(pub) },
		"moves":      func() { over(pub); over(sub) },
		"leaves":     func() { over(pub); pub.Unregister(device, DeviceUnregistered) },
		"is silent":  func() { pub.Register(device, true); c.FallSilent(device); c.CallManagerOf(device) },
		"lapses":     func() { over(pub); now = now.Add(3 * time.Hour); c.Registered() },
		"is carried": func() { over(pub); c.CarryOver(time.Hour, func(string) bool { return true }) },
		"reports":    func() { c.Alarm(sip.DeviceTLInfo{Device: device}); c.ITLStatuses() },
		"is reset":   func() { over(pub); c.ResetPhones() },
		"is new":     func() { pub.Admits(device, "8861", at.Addr()); over(pub); _ = c.tick() },
		"resets":     func() { _, _ = pub.BeginReset() },
	} {
		for at := 1; ; at++ {
			looks = at
			err := contain.Do(do)
			through := looks > 0 // without a panic, be it one that is contained further in
			looks = -1
			if name == "resets" && err == nil {
				c.admin.Unlock()
			}
			// who told phones to boot again looks for the next first
			require.Eventually(t, c.Phones.mu.TryLock, time.Minute, time.Millisecond, "%s, at look %d", name, at)
			c.Phones.mu.Unlock()
			require.True(t, c.mu.TryLock(), "%s, at look %d", name, at)
			c.mu.Unlock()
			require.True(t, c.admin.TryLock(), "%s, at look %d", name, at)
			c.admin.Unlock()
			if through {
				break
			}
			planted++
		}
	}
	require.Greater(t, planted, 20)
}

package cucm

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/sip"
)

// patient is a network that takes a second for each phone.
type patient struct {
	Network
	mu    sync.Mutex
	told  []string
	by    map[string]sip.Action
	now   int
	most  int
	crash string // phone at which it panics
}

func (p *patient) Reset(phones []RegisteredPhone, action sip.Action, told func(int, error)) {
	p.count(len(phones))
	defer p.count(-len(phones))
	time.Sleep(time.Second)
	for i, phone := range phones {
		if phone.Device == p.crash {
			panic("a fault")
		}
		p.mu.Lock()
		p.told, p.by[phone.Device] = append(p.told, phone.Device), action
		p.mu.Unlock()
		told(i, nil)
	}
}

func (p *patient) count(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += n
	p.most = max(p.most, p.now)
}

// Resets of named phones are queued: whoever asks does not wait, and the phones are told
// in their order, so many at a time, once each, those that are registered by then.
func TestResetDevices(t *testing.T) {
	c, err := New(small())
	require.NoError(t, err)
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("SEP%012X", i))
		c.AddDevice(Device{Name: names[i], Model: "8861", Group: c.Nodes()})
		c.Publisher().Register(names[i], false)
	}
	c.AddDevice(Device{Name: "SEPABSENT", Model: "8861", Group: c.Nodes()})
	synctest.Test(t, func(t *testing.T) {
		net := &patient{crash: names[3], by: make(map[string]sip.Action)}
		c.Connect(net, func(*Node, Service) string { return "" })
		began := time.Now()
		c.ResetDevices([]string{"SEPABSENT", "SEPNOTTHERE"}, sip.Reset)
		c.ResetDevices(names, sip.Reset)
		for _, name := range names[:99] {
			c.ResetDevices([]string{name}, sip.Restart)
		}
		require.Zero(t, time.Since(began), "nobody waits")
		time.Sleep(time.Minute)
		synctest.Wait() // sleeping does not order what others wrote before what is read here
		slices.Sort(net.told)
		require.Equal(t, slices.Delete(slices.Clone(names), 3, 4), net.told, "one fault is one phone's")
		require.Equal(t, ResetsAtOnce, net.most)
		require.Equal(t, 1, c.Registered())
		require.Zero(t, c.resets.workers)
		require.Equal(t, sip.Restart, net.by[names[98]], "what was asked last")
		require.Equal(t, sip.Reset, net.by[names[99]])
	})
}

// deaf is a network in which the phones of an address do not answer.
type deaf struct {
	patient
	from netip.Addr
}

func (d *deaf) Reset(phones []RegisteredPhone, action sip.Action, told func(int, error)) {
	if phones[0].At.Addr() == d.from {
		d.count(1)
		defer d.count(-1)
		time.Sleep(10 * time.Second)
		told(0, &sip.NoAnswerError{Server: d.from.String(), Err: context.DeadlineExceeded})
		return
	}
	d.mu.Lock()
	d.told = append(d.told, phones[0].Device)
	d.mu.Unlock()
	told(0, nil)
}

// Phones of one address that do not answer keep those of others waiting no longer, be it as
// newcomers, by name or with all; of theirs as many are told at a time as that address leaves free.
func TestResetsOfTheDeaf(t *testing.T) {
	cfg := small()
	cfg.Clock, cfg.AutoRegister = clock(time.Now), true
	synctest.Test(t, func(t *testing.T) {
		c, err := New(cfg)
		require.NoError(t, err)
		n := c.Publisher()
		net := &deaf{patient{}, netip.MustParseAddr("10.0.0.1")}
		c.Connect(net, func(*Node, Service) string { return "" })
		enters := func(device, at string) {
			from := netip.MustParseAddrPort(at)
			require.True(t, n.Admits(device, "8861", from.Addr()))
			n.RegisterOver(device, Registration{At: from, Session: device}, time.Hour)
		}
		var strangers []string
		for i := range 100 {
			strangers = append(strangers, fmt.Sprintf("SEP%012X", i))
			enters(strangers[i], "10.0.0.1:5060")
		}
		enters("SEPFFFFFFFFFFFF", "10.0.0.2:5060")
		time.Sleep(2 * time.Second)
		began := time.Now()
		require.NoError(t, c.Tick())
		synctest.Wait()
		require.Equal(t, []string{"SEPFFFFFFFFFFFF"}, net.told)
		require.Equal(t, newcomerPatience, time.Since(began))

		enters("SEPFFFFFFFFFFFF", "10.0.0.2:5060")
		all := make(chan bool)
		go func() {
			defer close(all)
			c.ResetPhones()
		}()
		synctest.Wait()
		require.Len(t, net.told, 2)
		select {
		case <-all:
			t.Fatal("not all have been told")
		default:
		}

		enters("SEPFFFFFFFFFFFF", "10.0.0.2:5060")
		c.ResetDevices([]string{"SEPFFFFFFFFFFFF"}, sip.Restart)
		synctest.Wait()
		require.Len(t, net.told, 3)
		<-all
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Equal(t, ResetsAtOnce/2, net.most)
		require.Empty(t, c.resets.queued)
		require.Zero(t, c.resets.workers)
		require.Empty(t, c.resets.telling)
	})
}

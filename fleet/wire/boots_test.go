package wire

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/tftp"
)

// hold keeps a file back until release is called; asked is closed when a phone
// asks for it.
func (l *lab) hold(suffix string) (asked <-chan struct{}, release func()) {
	begun, released := make(chan struct{}), make(chan struct{})
	var once sync.Once
	l.meddle(func(name string, data []byte) []byte {
		if strings.HasSuffix(name, suffix) {
			once.Do(func() { close(begun) })
			<-released
		}
		return data
	})
	return begun, func() { close(released) }
}

func (l *lab) requireBoots(ended, cutShort int) {
	tally := l.fleet.Tally()
	require.EqualValues(l.t, ended, tally.Boots.Load())
	require.EqualValues(l.t, cutShort, tally.CutShort.Load())
	require.EqualValues(l.t, ended, l.cluster.Counts().Registrations)
}

// What happens to a phone while it waits for its list, in its first boot.
func TestInMidBoot(t *testing.T) {
	for _, tc := range []struct {
		name            string
		event           phone.Event
		state           phone.State
		on              bool
		ended, cutShort int
	}{
		{"a reset boots it anew", phone.Reset{}, phone.Trusted, true, 1, 1},
		{"so does a factory reset", phone.FactoryReset{}, phone.Trusted, true, 1, 1},
		{"power off ends the boot", phone.PowerOff{}, phone.None, false, 0, 1},
		{"power on changes nothing", phone.PowerOn{}, phone.Trusted, true, 1, 0},
		{"nor do servers for the next boot", phone.UseServers{Servers: []string{"127.0.0.9:69"}}, phone.Trusted, true, 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1, patient)
			l.add(1)
			asked, release := l.hold(".tlv")
			l.fleet.Send(phone.PowerOn{}, nil)
			<-asked
			l.fleet.Send(tc.event, nil)
			release()
			l.settle()
			require.Equal(t, tc.state, l.only().State)
			require.Equal(t, tc.on, l.only().On)
			l.requireBoots(tc.ended, tc.cutShort)
		})
	}
}

func TestPowerOffAndOnInMidBoot(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	l.add(1)
	asked, release := l.hold(".sgn")
	l.fleet.Send(phone.PowerOn{}, nil)
	<-asked
	l.fleet.Send(phone.PowerOff{}, nil)
	l.cluster.ResetPhones() // it is off, and misses it
	l.fleet.Send(phone.PowerOn{}, nil)
	release()
	l.settle()
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, phone.BySameFile, l.only().ListBy, "the first boot had stored it")
	l.requireBoots(1, 1)
}

func TestManyPhonesFewAtATime(t *testing.T) {
	t.Parallel()
	const phones, limit = 300, 8
	limited := patient
	limited.Boots = limit
	l := newLab(t, 1, limited)
	l.add(phones)
	var mu sync.Mutex
	begun, most := map[string]bool{}, 0
	l.meddle(func(name string, data []byte) []byte {
		if f, err := tftp.ParseName(name); err == nil && f.Kind == tftp.ITL {
			mu.Lock()
			begun[f.Device] = true
			most = max(most, len(begun)-int(l.cluster.Counts().Registrations))
			mu.Unlock()
		}
		return data
	})
	l.boot(phone.PowerOn{})
	l.requireBoots(phones, 0)
	require.Equal(t, fleet.States{phone.Trusted: phones}, l.fleet.States())
	require.Equal(t, phones, l.cluster.Registered())
	require.LessOrEqual(t, most, limit)
	require.Zero(t, l.fleet.Busy())
	times := l.fleet.BootTimes()
	require.True(t, 0 < times.P50 && times.P50 <= times.P99 && times.P99 <= times.Max)

	// An event can be for some phones only.
	l.fleet.Send(phone.PowerOff{}, func(p *phone.Phone) bool { return strings.HasSuffix(p.Name(), "7") })
	l.settle()
	// A jump of the clock carries the others over.
	l.clock.advance(time.Hour)
	l.cluster.CarryOver(time.Hour, func(device string) bool {
		server, _ := l.fleet.CallManager(device)
		return server != ""
	})
	require.Equal(t, phones-19, l.cluster.Registered())
}

func TestSettleGivesUp(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	l.add(10)
	asked, release := l.hold(".tlv")
	l.fleet.Send(phone.PowerOn{}, nil)
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.fleet.Settle(ctx), context.Canceled)
	require.Equal(t, 10, l.fleet.Busy())
	release()
	l.settle()
	l.requireBoots(10, 0)
}

func TestCloseOfABusyFleet(t *testing.T) {
	l := newLab(t, 1, patient)
	l.add(100)
	asked, release := l.hold(".sgn")
	l.fleet.Send(phone.PowerOn{}, nil)
	<-asked
	settled := make(chan error)
	go func() { settled <- l.fleet.Settle(t.Context()) }()
	l.fleet.Close()
	release()
	require.ErrorIs(t, <-settled, fleet.ErrClosed)
	require.NotZero(t, l.fleet.Busy(), "work was left")
	l.fleet.Send(phone.Reset{}, nil)
	require.ErrorIs(t, l.fleet.Settle(t.Context()), fleet.ErrClosed)
	l.fleet.Close()
}

// A phone that cannot even get a socket shows nothing of it; the run ends.
func TestNothingLeft(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	l.fleet.patience = 0
	l.fleet.Add(phone.New(phone.Setup{
		Name: "SEP0011AABBCCDD", IP: netip.MustParseAddr("192.0.2.1"), Profile: phone.Profiles()[0],
		Servers: []string{l.tftp},
	}))
	l.fleet.Send(phone.PowerOn{}, nil)
	err := l.fleet.Settle(t.Context())
	require.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	require.ErrorContains(t, err, "no descriptor, port or address left")
	v := l.only()
	require.Empty(t, v.Status())
	require.Equal(t, err, l.fleet.Settle(t.Context()))
}

package wire

import (
	"net"
	"net/netip"
	"strings"
	"time"

	sipmsg "github.com/emiago/sipgo/sip"

	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sip"
)

// retryAfter is how long after a registration in vain a phone tries again, which
// is this project's choice.
const retryAfter = 30 * time.Second

// register sends the stored alarms and registers, over one short connection
// from the phone's own address. Nothing of it stays open: what reaches the phone
// afterwards comes to its contact, at the port that all phones share.
func (f *Fleet) register(s *slot, a phone.Register) phone.Event {
	alarms := 0 // of the action's, that were answered 202
	err := f.patiently(func() error { return f.registerOnce(s, a, &alarms) })
	next := fleet.RenewAfter
	if err != nil {
		next = retryAfter
		f.failures.add("SIP", a.Server, s.phone.Name(), reason(err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due = time.Now().Add(next)
	return fleet.RegisterAnswer(a, alarms, err)
}

// registerOnce sends the alarms from the one after alarms on, and counts those
// that were taken; then it registers.
func (f *Fleet) registerOnce(s *slot, a phone.Register, alarms *int) error {
	p := s.phone
	client := sip.Client{Local: f.local(p), Timeout: f.config.Limits.SIPTimeout, Path: s.path}
	conn, err := client.Dial(f.ctx, a.Server)
	if err != nil {
		return err
	}
	defer conn.Close()
	me := sip.Phone{
		Device: p.Name(), Number: p.Number(), UserAgent: p.Profile().UserAgent(), DeviceType: p.Profile().DeviceType,
		Load: p.Profile().Load, Session: a.Boot, Address: netip.AddrPortFrom(p.IP(), f.sip.Addr().Port()),
	}
	if f.config.Anywhere {
		me.Address = conn.LocalAddr().(*net.TCPAddr).AddrPort()
	}
	host, _, _ := net.SplitHostPort(a.Server)
	now := f.config.Clock.Now()
	for _, alarm := range a.Alarms[*alarms:] {
		answer, err := conn.Ask(me.Refer(host, int(a.Seq)<<8+*alarms, now, alarm.XML()))
		if answer == nil {
			return err // nobody is there to register with
		}
		if answer.StatusCode != 202 {
			f.failures.add("SIP", a.Server, p.Name(), "REFER with an alarm: "+reason(err))
			break
		}
		*alarms++
	}
	_, err = conn.Ask(me.Register(host, a.Seq, now, a.Cause.String()))
	return err
}

// keepAlive makes phones register again when that is due.
func (f *Fleet) keepAlive() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case <-tick.C:
		}
		f.Pass(0)
	}
}

// Pass has so much time pass for the phones' keep-alives, over and above that of the
// wall clock. It does not wait for those that come due.
func (f *Fleet) Pass(d time.Duration) {
	now := time.Now()
	for _, s := range f.all() {
		s.mu.Lock()
		waits := !s.due.IsZero()
		if waits {
			s.due = s.due.Add(-d)
		}
		due := waits && now.After(s.due)
		if due {
			s.due = time.Time{}
		}
		s.mu.Unlock()
		if due {
			f.send(s, phone.KeepAlive{})
		}
	}
}

func (s *slot) registered() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fleet.Registered(s.phone)
}

// Registered reports whether a phone is on and registered. When the scenario clock
// jumps, such registrations are carried over.
func (f *Fleet) Registered(device string) bool {
	f.mu.Lock()
	s := f.byName[device]
	f.mu.Unlock()
	return s != nil && s.registered()
}

// notified answers a request that comes to a phone. A NOTIFY with the event
// service-control resets or restarts it.
func (f *Fleet) notified(local, _ netip.AddrPort, r *sipmsg.Request) *sipmsg.Response {
	answer := func(code int, reason string) *sipmsg.Response {
		return sipmsg.NewResponseFromRequest(r, code, reason, nil)
	}
	s := f.at(local.Addr())
	switch {
	case s == nil || !s.registered():
		return answer(480, "Temporarily Unavailable")
	case r.Method == sipmsg.OPTIONS:
		return answer(200, "OK")
	case r.Method != sipmsg.NOTIFY:
		return answer(501, "Not Implemented")
	}
	event := r.GetHeader("Event")
	if event == nil || !strings.EqualFold(event.Value(), "service-control") {
		return answer(489, "Bad Event")
	}
	for line := range strings.Lines(string(r.Body())) {
		switch action, ok := strings.CutPrefix(strings.TrimSpace(line), "action="); {
		case ok && action == "reset", ok && action == "restart":
			f.send(s, phone.Reset{Restart: action == "restart"})
		}
	}
	return answer(200, "OK")
}

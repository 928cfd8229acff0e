package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tvs"
)

// retryAfter is how long after a registration in vain a phone tries again, which
// is this project's choice.
const retryAfter = 30 * time.Second

// register sends the stored alarms and registers, over one short connection
// from the phone's own address. Nothing of it stays open: what reaches the phone
// afterwards comes to its contact, at the port that all phones share.
func (f *Fleet) register(s *slot, a phone.Register) phone.Event {
	var alarms phone.AlarmSet // of the action's, that were answered 202
	next := retryAfter
	err := f.patiently(func() (err error) {
		lifetime, err := f.registerOnce(s, a, &alarms)
		if err == nil {
			next = lifetime
		}
		return err
	})
	if err != nil {
		f.failures.add("SIP", a.Server, s.phone.Name(), reason(err))
		if _, short := errors.AsType[*sip.TooShortError](err); short {
			next = sip.Asked
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due = time.Now().Add(next)
	return fleet.RegisterAnswer(a, alarms, err)
}

// registerOnce sends the alarms that are not in alarms yet, and the REGISTER,
// without waiting in between. It adds those that were taken, and returns after what
// time the phone is to register again. A registration for too short a time it ends.
func (f *Fleet) registerOnce(s *slot, a phone.Register, alarms *phone.AlarmSet) (time.Duration, error) {
	defer f.place()()
	c, err := f.call(s, a.Server, a.Boot, a.TLS)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	now := f.config.Clock.Now()
	var requests []sip.Request
	var sent []int // the alarms of the requests
	for i, alarm := range a.Alarms {
		if !alarms.Has(i) {
			requests = append(requests, c.me.Refer(c.host, int(a.Seq)<<8+i, now, alarm.XML()))
			sent = append(sent, i)
		}
	}
	answers := c.AskAll(append(requests, c.me.Register(c.host, a.Seq, now, a.Cause.Reason()))...)
	registered := answers[len(sent)]
	for k, i := range sent {
		switch answer := answers[k]; {
		case answer.Message != nil && answer.StatusCode == 202:
			alarms.Add(i)
		case answer.Message != nil || registered.Message != nil: // else nobody answers at all
			f.failures.add("SIP", a.Server, c.me.Device, "REFER with an alarm: "+refused(answer))
		}
	}
	if registered.Err != nil {
		return 0, registered.Err
	}
	lifetime, err := c.me.Lifetime(a.Server, registered.Message)
	if err != nil {
		c.Ask(c.me.Unregister(c.host, a.Seq+1, now, nil))
	}
	return lifetime, err
}

// refused says what came of an alarm that was not answered 202.
func refused(a sip.Answer) string {
	if a.Err == nil {
		return fmt.Sprintf("answered with %d, not 202", a.StatusCode)
	}
	return reason(a.Err)
}

// unregister ends a phone's registration, or keeps its standby informed. Nothing
// depends on the answer: a call manager that does not hear of it finds out.
func (f *Fleet) unregister(
	s *slot, server string, boot uint32, by *phone.Secured, request func(*call) sip.Request,
) {
	f.patiently(func() error {
		defer f.place()()
		c, err := f.call(s, server, boot, by)
		if err != nil {
			return err
		}
		defer c.Close()
		return c.Ask(request(c)).Err
	})
}

// A call is a phone's connection to a call manager.
type call struct {
	*sip.Conn
	me   sip.Phone
	host string // of the call manager
}

// call connects to a call manager: over TCP, or by TLS where by says how.
func (f *Fleet) call(s *slot, server string, boot uint32, by *phone.Secured) (*call, error) {
	client := sip.Client{Local: f.local(s.phone), Timeout: f.config.Limits.SIPTimeout, Path: s.path}
	if by != nil {
		client.TLS = secured(by, s.phone.Profile().NewestTLS())
	}
	conn, err := client.Dial(f.ctx, server)
	if err != nil {
		return nil, err
	}
	c := &call{Conn: conn, me: f.caller(s.phone, boot)}
	c.me.TLS = by != nil
	c.host, _, _ = net.SplitHostPort(server)
	if f.config.Anywhere {
		c.me.Address = conn.LocalAddr().(*net.TCPAddr).AddrPort()
	}
	return c, nil
}

// secured is TLS as a phone speaks it with a call manager, whose certificate the
// phone judges in the handshake.
func secured(by *phone.Secured, newest uint16) *tls.Config {
	config := tvs.TLSConfig(0, newest)
	config.InsecureSkipVerify = true // VerifyPeerCertificate does it
	config.VerifyPeerCertificate = func(certificates [][]byte, _ [][]*x509.Certificate) error {
		return by.Authenticate(certificates[0])
	}
	if by.Own != nil {
		config.Certificates = []tls.Certificate{{
			Certificate: [][]byte{by.Own.Certificate.Raw}, PrivateKey: by.Own.Key, Leaf: by.Own.Certificate,
		}}
	}
	return config
}

// caller is a phone as its messages name it.
func (f *Fleet) caller(p *phone.Phone, boot uint32) sip.Phone {
	profile := p.Profile()
	return sip.Phone{
		Device: p.Name(), Number: p.Number(), UserAgent: profile.UserAgent(), DeviceType: profile.DeviceType,
		Load: profile.Load, OneLoad: profile.OneLoad, SIS: profile.SIS, SessionID: profile.SessionID,
		Session: boot, Address: netip.AddrPortFrom(f.reached(p), f.sip.Addr().Port()),
	}
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

// CallManager is where a phone of the fleet is registered ([fleet.Fleet]).
func (f *Fleet) CallManager(device string) (server string, ours bool) {
	f.mu.Lock()
	s := f.byName[device]
	f.mu.Unlock()
	if s == nil {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	server, _ = s.phone.RegisteredWith()
	return server, true
}

// notAllowed are the methods that phones know and do not take (SIPCC).
var notAllowed = []string{sip.REGISTER, sip.PRACK, sip.MESSAGE}

// notified answers a request that comes to a phone.
func (f *Fleet) notified(x *sip.Exchange) {
	s := f.asked(x)
	if f.config.At.IsValid() && !f.reaches(s, x) {
		x.Cut()
		return
	}
	switch {
	case s == nil || !s.registered() || f.swamped(s):
		x.Answer(sip.Reply{Code: 480})
	case x.Request.Method == sip.OPTIONS:
		x.Answer(sip.Reply{Code: 200})
	case x.Request.Method == sip.NOTIFY:
		f.control(s, x)
	case slices.Contains(notAllowed, x.Request.Method):
		x.Answer(sip.Reply{Code: 405})
	default:
		x.Answer(sip.Reply{Code: 501})
	}
}

// maxPending is how much a phone has yet to do when it lets nobody tell it more, as one
// that boots (this project's own choice): whoever knows a registration's Call-ID may go
// on sending NOTIFYs.
const maxPending = 16

func (f *Fleet) swamped(s *slot) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(s.pending) >= maxPending
}

// control has a phone judge a NOTIFY. It answers before it does what it was asked;
// who has seen the answer and has the fleet settle waits for that, too.
func (f *Fleet) control(s *slot, x *sip.Exchange) {
	s.mu.Lock()
	me := f.caller(s.phone, s.phone.Boots())
	s.mu.Unlock()
	reply, control := me.Notified(x.Request)
	reply.Server = me.UserAgent
	f.mu.Lock()
	f.busy++
	f.mu.Unlock()
	x.Answer(reply)
	if ev := fleet.ControlEvent(control); ev != nil {
		f.send(s, ev)
	}
	f.mu.Lock()
	f.idle()
	f.mu.Unlock()
}

package phone

import (
	"math/bits"
	"slices"
	"strings"
	"time"

	"itlsim/sip"
)

// Cause is why a phone last booted, by the names of the statistics screen's
// "Restart Cause" (8800 series' administration guide).
type Cause uint8

// The causes that a simulation has.
const (
	NeverBooted  Cause = iota
	Initialized        // power
	ResetReset         // as a call manager asked
	ResetRestart       // the same
	PhoneKeypad        // as somebody at the phone asked
)

// causes have their numbers from SIPCC. By the alarm catalogue's
// ReasonForOutOfService (error messages 14, out of service codes) 20 is a reset by
// the user, 22 and 23 are one and a restart by the call manager, and 25 says that
// registration succeeded.
var causes = [...]struct {
	name  string
	alarm int
}{
	Initialized: {"Initialized", 25}, ResetReset: {"Reset-Reset", 22},
	ResetRestart: {"Reset-Restart", 23}, PhoneKeypad: {"Phone-Keypad", 20},
}

func (c Cause) String() string { return causes[c].name }

// Reason is the cause as a REGISTER gives it; nil for NeverBooted.
func (c Cause) Reason() *sip.Reason {
	if c == NeverBooted {
		return nil
	}
	return &sip.Reason{Alarm: causes[c].alarm, Last: strings.ToLower(causes[c].name)}
}

// storedAlarms is how many alarms a phone keeps while no call manager answers; the
// oldest are dropped first. No document gives a real phone's number.
const storedAlarms = 8

// calls is what a phone has to tell its call managers, and what came of it.
type calls struct {
	alarms []sip.DeviceTLInfo // stored until one answers 202
	tried  []error            // what came of each that was asked

	asking   int // index of the call manager that is asked now
	booting  bool
	thenOpen bool // the directory
}

// calling is the phone's calls, made where there are none.
func (p *Phone) calling() *calls {
	if p.calls == nil {
		p.calls = &calls{}
	}
	return p.calls
}

// storeAlarm keeps an alarm until a call manager answers it with 202.
func (p *Phone) storeAlarm(a sip.DeviceTLInfo) {
	// A copy: the driver may hold the old slice.
	c := p.calling()
	c.alarms = append(slices.Clone(c.alarms[max(0, len(c.alarms)+1-storedAlarms):]), a)
	p.alarmAt, p.alarm = uint32(p.now.Unix()), a.Code
	p.do(RaiseAlarm{&c.alarms[len(c.alarms)-1]})
}

// An AlarmSet says which of a Register's alarms a call manager answered with 202:
// bit i stands for the i-th.
type AlarmSet uint8

// Has reports whether the i-th alarm is in the set.
func (s AlarmSet) Has(i int) bool { return s>>i&1 != 0 }

// Add puts the i-th alarm into the set.
func (s *AlarmSet) Add(i int) { *s |= 1 << i }

// Len is how many alarms are in the set.
func (s AlarmSet) Len() int { return bits.OnesCount8(uint8(s)) }

// sent removes the alarms that were answered.
func (c *calls) sent(answered AlarmSet) {
	if answered == 0 {
		return
	}
	var left []sip.DeviceTLInfo // the driver may hold the old slice
	for i, a := range c.alarms {
		if !answered.Has(i) {
			left = append(left, a)
		}
	}
	c.alarms = left
}

// register asks the call managers of the configuration in force, in order. It
// reports whether there is any.
func (p *Phone) register(booting bool) bool {
	if p.flash.Config == nil || len(p.flash.Config.CallManagers) == 0 {
		return false
	}
	c := p.calling()
	c.asking, c.booting, c.tried = 0, booting, nil
	p.askCallManager()
	return true
}

func (p *Phone) askCallManager() {
	r := Register{
		Seq: p.await(awaitsCallManager), Server: p.flash.Config.CallManagers[p.calls.asking],
		Alarms: p.calls.alarms, Boot: p.boots, TLS: p.Secured(),
	}
	if !p.known {
		r.Cause = p.cause
	}
	p.do(r)
}

func (p *Phone) registered(ev Registered) {
	c := p.calls
	c.sent(ev.Alarms)
	p.home, p.known = uint8(c.asking)+1, true
	if managers := p.flash.Config.CallManagers; !c.booting && int(p.home) < len(managers) {
		p.seq++
		p.do(StandBy{Seq: p.seq, Server: managers[p.home], Boot: p.boots, TLS: p.Secured()})
	}
	p.registrationEnds()
}

// notRegistered fails over to the next call manager.
func (p *Phone) notRegistered(ev NotRegistered) {
	c := p.calls
	c.sent(ev.Alarms)
	c.tried = append(c.tried, ev.Err)
	if c.asking++; c.asking < len(p.flash.Config.CallManagers) {
		p.askCallManager()
		return
	}
	p.home = 0
	p.registrationEnds()
}

func (p *Phone) registrationEnds() {
	c := p.calls
	if c.booting {
		c.booting = false
		p.do(Booted{p.state})
	}
	opens := c.thenOpen
	c.thenOpen = false
	if len(c.alarms) == 0 && len(c.tried) == 0 {
		p.calls = nil
	}
	if opens {
		p.openDirectory()
	}
}

// leave tells the call manager where the phone is registered that it goes, as
// firmware does before it boots again, whyever (SIPCC). A phone that loses its
// power cannot.
func (p *Phone) leave(why Cause, asked bool) {
	if p.home > 0 {
		p.seq++
		p.do(Unregister{
			Seq: p.seq, Server: p.flash.Config.CallManagers[p.home-1], Boot: p.boots, Cause: why, Asked: asked,
			TLS: p.Secured(),
		})
		p.home = 0
	}
}

// keepAlive registers again. Beginning with the first call manager is how a
// phone falls back to it.
func (p *Phone) keepAlive() {
	switch {
	case !p.on || p.boot != nil || p.awaits == awaitsCallManager:
	case p.awaits == awaitsNothing:
		p.register(false)
	default:
		p.directory = &directory{opening: p.directory.opening, screen: p.directory.screen, thenRegister: true}
	}
}

// RegisteredWith is the call manager that the phone is registered with,
// host:port; "" where it is not. The errors tell what became of the others that
// it asked. A cluster's resets reach registered phones only.
func (p *Phone) RegisteredWith() (server string, tried []error) {
	if p.home > 0 {
		server = p.flash.Config.CallManagers[p.home-1]
	}
	if p.calls != nil {
		tried = p.calls.tried
	}
	return server, tried
}

// StoredAlarms are the alarms that no call manager has answered with 202 yet.
func (p *Phone) StoredAlarms() []sip.DeviceTLInfo {
	if p.calls == nil || len(p.calls.alarms) == 0 {
		return nil
	}
	return p.calls.alarms
}

// LastAlarm is when the last alarm was raised, and what it said; zero where none was.
func (p *Phone) LastAlarm() (time.Time, sip.TLCode) {
	if p.alarmAt == 0 {
		return time.Time{}, 0
	}
	return time.Unix(int64(p.alarmAt), 0).UTC(), p.alarm
}

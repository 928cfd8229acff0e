package phone

import (
	"slices"
	"time"
)

// Cause is why a phone last booted, by the names of the statistics screen's
// "Restart Cause" (8800 series' administration guide).
type Cause string

// The causes that a simulation has.
const (
	Initialized  Cause = "Initialized" // power
	ResetReset   Cause = "Reset-Reset"
	ResetRestart Cause = "Reset-Restart"
	PhoneKeypad  Cause = "Phone-Keypad"
)

// storedAlarms bounds what a phone keeps for a call manager that does not
// answer; the oldest go first. No document tells a real phone's number.
const storedAlarms = 8

// storeAlarm keeps an alarm until a call manager answers it with 202.
func (p *Phone) storeAlarm(a DeviceTLInfo) {
	// A copy: the driver may hold the old slice.
	p.alarms = append(slices.Clone(p.alarms[max(0, len(p.alarms)+1-storedAlarms):]), a)
	p.alarmAt = uint32(p.now.Unix())
	p.do(RaiseAlarm{a})
}

// sent removes the alarms that were answered.
func (p *Phone) sent(n int) {
	p.alarms = p.alarms[min(max(n, 0), len(p.alarms)):]
	if len(p.alarms) == 0 {
		p.alarms = nil
	}
}

// registration is where a phone stands with its call managers.
type registration struct {
	server string  // registered with; "": none
	tried  []error // what came of each that was asked since

	asking  int // index of the call manager that is asked now
	booting bool
}

// register asks the call managers of the configuration in force, in order. It
// reports whether there is any.
func (p *Phone) register(booting bool) bool {
	if p.flash.Config == nil || len(p.flash.Config.CallManagers) == 0 {
		return false
	}
	r := &p.registration
	r.asking, r.booting, r.tried = 0, booting, nil
	p.askRegistrar()
	return true
}

func (p *Phone) askRegistrar() {
	server := p.flash.Config.CallManagers[p.registration.asking]
	p.do(Register{Seq: p.next(aRegistrar), Server: server, Alarms: p.alarms, Boot: p.boots, Cause: p.cause})
}

func (p *Phone) registered(ev Registered) {
	p.sent(ev.Alarms)
	p.registration.server = p.flash.Config.CallManagers[p.registration.asking]
	p.registrationEnds()
}

// notRegistered fails over to the next call manager.
func (p *Phone) notRegistered(ev NotRegistered) {
	p.sent(ev.Alarms)
	r := &p.registration
	r.tried = append(r.tried, ev.Err)
	if r.asking++; r.asking < len(p.flash.Config.CallManagers) {
		p.askRegistrar()
		return
	}
	r.server = ""
	p.registrationEnds()
}

func (p *Phone) registrationEnds() {
	if p.registration.booting {
		p.registration.booting = false
		p.do(Booted{p.state})
	}
}

// keepAlive registers again. Beginning with the first call manager is how a
// phone falls back to it.
func (p *Phone) keepAlive() {
	if p.on && p.boot == nil && p.wait == 0 {
		p.register(false)
	}
}

// RegisteredWith is the call manager that the phone is registered with,
// host:port; "" where it is not. The errors tell what became of the others that
// it asked. A cluster's resets reach registered phones only.
func (p *Phone) RegisteredWith() (server string, tried []error) {
	return p.registration.server, p.registration.tried
}

// StoredAlarms are the alarms that no call manager has answered with 202 yet.
func (p *Phone) StoredAlarms() []DeviceTLInfo { return p.alarms }

// LastAlarm is the alarm that was raised last, and when; the time is zero where
// none was.
func (p *Phone) LastAlarm() (DeviceTLInfo, time.Time) {
	if p.alarmAt == 0 {
		return DeviceTLInfo{}, time.Time{}
	}
	return p.alarm(), time.Unix(int64(p.alarmAt), 0).UTC()
}

// Servers are the TFTP servers that the phone asks, host:port.
func (p *Phone) Servers() []string {
	if p.alternate != nil {
		return p.alternate
	}
	return p.servers
}

// Cause is why the phone last booted.
func (p *Phone) Cause() Cause { return p.cause }

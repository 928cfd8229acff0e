package fleet

import (
	"net/netip"
	"time"

	"itlsim/phone"
	"itlsim/sip"
)

// A View is one phone as it was when it was looked at.
type View struct {
	Name    string
	Number  string
	IP      netip.Addr
	Servers []string // TFTP servers
	// AlternateTFTP: they were set at the phone.
	AlternateTFTP bool
	On            bool
	State         phone.State
	Profile       *phone.Profile
	Flash         phone.Flash
	phone.LastBoot

	Cause         phone.Cause // of the last boot
	CallManager   string      // where it is registered, host:port; "" if nowhere
	NotRegistered []error     // why other call managers did not register it
	StoredAlarms  int         // that were not answered with 202 yet
	Screen        string      // "" when idle
	ScreenReason  error       // why an HTTPS service did not open

	status    phone.StatusLog
	alarmAt   time.Time
	alarmCode sip.TLCode
}

// ViewOf looks at a phone.
func ViewOf(p *phone.Phone) (v View) {
	v.Look(p)
	return v
}

// Look makes it a view of a phone as that is now. Every judging of a fleet does this for
// every phone, so what few need is left to methods.
func (v *View) Look(p *phone.Phone) {
	v.Name, v.Number, v.IP, v.Servers, v.AlternateTFTP = p.Name(), p.Number(), p.IP(), p.Servers(), p.AlternateTFTP()
	v.On, v.State, v.Profile, v.Cause = p.On(), p.State(), p.Profile(), p.Cause()
	v.Flash, v.LastBoot = p.Flash(), p.LastBoot()
	v.StoredAlarms = len(p.StoredAlarms())
	v.status = p.StatusLog()
	v.alarmAt, v.alarmCode = p.LastAlarm()
	screen := p.Screen()
	v.Screen, v.ScreenReason = screen.Text, screen.Reason
	v.CallManager, v.NotRegistered = p.RegisteredWith()
}

// Status is the phone's status messages, oldest first.
func (v *View) Status() []phone.StatusLine { return v.status.Lines() }

// Ignored is what the phone has taken and does not act on, in words.
func (v *View) Ignored() []string { return v.Flash.Ignored(v.Profile) }

// Alarm is the alarm that was raised last, and when. The time is zero if there was
// none.
func (v *View) Alarm() (sip.DeviceTLInfo, time.Time) {
	if v.alarmAt.IsZero() {
		return sip.DeviceTLInfo{}, v.alarmAt
	}
	return phone.Alarm(v.Name, v.IP, v.Flash.Lists, v.alarmCode), v.alarmAt
}

// Registered reports whether a phone is on and registered.
func Registered(p *phone.Phone) bool {
	server, _ := p.RegisteredWith()
	return server != ""
}

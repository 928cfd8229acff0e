package fleet

import (
	"net/netip"
	"time"

	"itlsim/phone"
	"itlsim/sip"
)

// Parts are what of a phone a view shows. Of a million phones a look costs what it takes to
// reach their memory, and each part is at a place of its own.
type Parts uint8

// Basics are what every view shows, trust state and flash among it; these parts are the
// others. Fields of parts that a view does not show are zero.
const (
	Verdicts Parts = 1 << iota // LastBoot
	Messages                   // Status
	Calls                      // CallManager, NotRegistered, StoredAlarms
	Display                    // Screen, ScreenReason

	Basics Parts = 0
	Whole        = Verdicts | Messages | Calls | Display
)

// A View is one phone as it was when it was looked at.
type View struct {
	Name    string
	Number  string
	IP      netip.Addr // simulated: on sockets it may share that of others
	Servers []string   // TFTP servers
	// AlternateTFTP: they were set at the phone.
	AlternateTFTP bool
	On            bool
	State         phone.State
	Profile       *phone.Profile
	Flash         phone.Flash
	Cause         phone.Cause // of the last boot
	phone.LastBoot
	CallManager   string  // where it is registered, host:port; "" if nowhere
	NotRegistered []error // why other call managers did not register it
	StoredAlarms  int     // that were not answered with 202 yet
	Screen        string  // "" when idle
	ScreenReason  error   // why an HTTPS service did not open

	shows     Parts
	status    phone.StatusLog
	alarmAt   time.Time
	alarmCode sip.TLCode
}

// ViewOf looks at a phone, at all of it.
func ViewOf(p *phone.Phone) (v View) {
	v.Look(p, Whole)
	return v
}

// Look makes it a view of a phone as that is now, which shows these parts. Every judging
// of a fleet does this for every phone.
func (v *View) Look(p *phone.Phone, parts Parts) {
	if v.shows != parts {
		*v = View{shows: parts}
	}
	v.Name, v.Number, v.IP, v.Servers, v.AlternateTFTP = p.Name(), p.Number(), p.IP(), p.Servers(), p.AlternateTFTP()
	v.On, v.State, v.Profile, v.Cause = p.On(), p.State(), p.Profile(), p.Cause()
	v.Flash = p.Flash()
	v.alarmAt, v.alarmCode = p.LastAlarm()
	if v.Shows(Verdicts) {
		v.LastBoot = p.LastBoot()
	}
	if v.Shows(Messages) {
		v.status = p.StatusLog()
	}
	if v.Shows(Calls) {
		v.StoredAlarms = len(p.StoredAlarms())
		v.CallManager, v.NotRegistered = p.RegisteredWith()
	}
	if v.Shows(Display) {
		screen := p.Screen()
		v.Screen, v.ScreenReason = screen.Text, screen.Reason
	}
}

// Shows reports whether it shows all of these parts.
func (v *View) Shows(parts Parts) bool { return v.shows&parts == parts }

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

package fleet

import "itlsim/phone"

// An Observer is told what happens to phones, so that it need not ask for all of
// them again and again. Phones are numbered in the order of adding. Its methods
// are called by many goroutines at once, but for one phone in the order of what
// happens to it. That phone is locked meanwhile: they must return at once and not
// call the fleet.
type Observer interface {
	// Changed reports that a phone's condition may have changed.
	Changed(phone int, now Condition)
	// Judged reports the verdict on a file that a phone was offered.
	Judged(phone int, v phone.Verdict)
}

// A Condition is whether a phone is On, is Booting, and its trust state.
type Condition struct {
	On, Booting bool
	// Waiting: it has been told to boot, which has not reached it yet: others are at work, or
	// it is on its way.
	Waiting bool
	State   phone.State
}

// BeginsBoot reports whether an event may begin a boot.
func BeginsBoot(ev phone.Event) bool {
	switch ev.(type) {
	case phone.PowerOn, phone.Reset, phone.EraseLists, phone.FactoryReset, phone.AlternateTFTP:
		return true
	}
	return false
}

// Awaited reports whether a phone boots when an event reaches it, as far as is known: one that
// is off misses all but its power.
func Awaited(p *phone.Phone, ev phone.Event) bool {
	_, power := ev.(phone.PowerOn)
	return power || p.On() && BeginsBoot(ev)
}

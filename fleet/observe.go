package fleet

import "itlsim/phone"

// An Observer is told what happens to phones, so that it need not ask for all of
// them again and again. Phones are numbered in the order of adding. Its methods
// are called by many goroutines at once, but for one phone in the order of what
// happens to it. That phone is locked meanwhile: they must return at once and not
// call the fleet.
type Observer interface {
	// Changed reports that a phone's power, boot or trust state has changed.
	Changed(phone int, now Condition)
	// Judged reports the verdict on a file that a phone was offered.
	Judged(phone int, v phone.Verdict)
}

// A Condition is a phone's power, whether it boots, and its trust state.
type Condition struct {
	On, Booting bool
	State       phone.State
}

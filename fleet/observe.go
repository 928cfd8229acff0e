package fleet

import "itlsim/phone"

// An Observer watches phones, each by its place in the order of adding, without
// asking for all of them again and again. Its methods are called by many
// goroutines at once, for one phone in the order of what happens to it, and
// with that phone locked: they must return at once and not turn to the fleet.
type Observer interface {
	// Changed tells that a phone's power, boot or trust state is another.
	Changed(phone int, now Condition)
	// Judged tells what became of a file that a phone was offered.
	Judged(phone int, v phone.Verdict)
}

// A Condition is what can be seen of a phone from afar.
type Condition struct {
	On, Booting bool
	State       phone.State
}

package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Before a registration ends a phone renews it: Early before (timerRegisterDelta
// of its configuration, as CUCM writes it), and not more often than every Shortest
// (SIPCC).
const (
	Early    = 5 * time.Second
	Shortest = 60 * time.Second
)

// A TooShortError is a registration that a phone does not keep, because it would
// have to renew it too often.
type TooShortError struct {
	Server  string
	Granted time.Duration // by the call manager
}

func (e *TooShortError) Error() string {
	return fmt.Sprintf("SIP %s: registers for %v; a phone wants %v or more", e.Server, e.Granted, Shortest+Early)
}

// Lifetime is how long after a 200 to its REGISTER the phone registers again, as
// SIPCC reads it: the expires parameter of the phone's own contact counts, then
// the header Expires, each where it is shorter than what was asked for, else what
// was asked for. Its error is a [*TooShortError].
func (p *Phone) Lifetime(server string, answer *Message) (time.Duration, error) {
	granted, found := Asked, false
	host, user := p.Address.Addr().String(), p.User()
	for contact := range answer.contacts() {
		if contact.Host != host || contact.User != user && contact.User != p.Number {
			continue // another's
		}
		own, _ := contact.Param("expires")
		if d, ok := seconds(own); ok && 0 < d && d < granted {
			granted, found = d, true
			break
		}
	}
	if d, ok := seconds(answer.Header("Expires")); ok && !found && d < granted {
		granted = d
	}
	if granted-Early < Shortest {
		return 0, &TooShortError{server, granted}
	}
	return granted - Early, nil
}

// Wanted is how long a REGISTER asks to be registered for: the expires parameter
// of its contact counts before the header Expires (RFC 3261, 10.2.1.1). It is
// false where neither says so.
func Wanted(r *Message) (time.Duration, bool) {
	if contact, ok := r.Contact(); ok {
		own, _ := contact.Param("expires")
		if d, ok := seconds(own); ok {
			return d, true
		}
	}
	return seconds(r.Header("Expires"))
}

// seconds reads a number of seconds.
func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	return time.Duration(n) * time.Second, err == nil
}

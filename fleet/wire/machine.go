package wire

import (
	"net/netip"
	"strings"
	"time"

	"itlsim/fleet/network"
	"itlsim/phone"
	"itlsim/sip"
)

// reached is the address where a phone is reached.
func (f *Fleet) reached(p *phone.Phone) netip.Addr {
	if f.config.At.IsValid() {
		return f.config.At
	}
	return p.IP()
}

// answersTo notes what requests may call a phone that has no address of its own: the user of
// its contact, and its number. Phones may share a number. The caller holds the lock.
func (f *Fleet) answersTo(s *slot) {
	me := sip.Phone{Device: s.phone.Name(), Number: s.phone.Number()}
	for _, user := range [...]string{me.User(), me.Number} {
		user = strings.ToLower(user)
		f.byUser[user] = append(f.byUser[user], s)
	}
}

// asked is the phone that a request is for; nil where there is none. Of phones that share a
// number it is the one whose registration the request names.
func (f *Fleet) asked(x *sip.Exchange) *slot {
	if !f.config.At.IsValid() {
		return f.at(x.Local.Addr())
	}
	f.mu.Lock()
	called := f.byUser[strings.ToLower(x.Request.Target.User)]
	f.mu.Unlock()
	if len(called) > 1 {
		named := sip.ParseServiceControl(x.Request.Body).RegisterCallID
		for _, s := range called {
			if named != nil && f.session(s) == *named {
				return s
			}
		}
	}
	if len(called) == 0 {
		return nil
	}
	return called[0]
}

// session is the Call-ID of a phone's registrations since its last boot.
func (f *Fleet) session(s *slot) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	me := f.caller(s.phone, s.phone.Boots())
	return me.RegisterCallID()
}

// reaches reports whether a request to the machine gets to its phone, and waits for as long as
// the network holds it up. To a phone that is not registered none does: it would not listen.
func (f *Fleet) reaches(s *slot, x *sip.Exchange) bool {
	if s == nil || !s.registered() {
		return false
	}
	late := s.path.To(x.Remote.Addr().Unmap().String()).Question()
	if late > 0 {
		// where nothing arrives, it is not told either that nobody is there, for longer than anybody waits
		select {
		case <-time.After(min(late, 2*f.config.Limits.SIPTimeout)):
		case <-f.ctx.Done():
		}
	}
	return late != network.Never
}

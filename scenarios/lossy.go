package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"itlsim/phone"
)

// Lossy is about the phones, of those that are otherwise than expected, whose network
// loses some datagrams: chance may have decided about them, and not what the scenario did.
type Lossy struct {
	Network string `json:"network,omitzero"` // that of the first, and what it loses; "" if there is none
	Late    int    `json:"late,omitzero"`    // of which one sees that they waited for an answer in vain
}

// add counts a phone, if it is one of them.
func (l *Lossy) add(s *subject) {
	network, loss := "the network", s.Disturbance().Loss
	if loss == 0 {
		network, loss = "the network of "+s.member.Group, s.SiteDisturbance(s.member.Group).Loss
	}
	if loss == 0 || loss == 1 {
		return
	}
	if l.Network == "" {
		l.Network = fmt.Sprintf("%s loses %.3g%% of all datagrams", network, 100*loss)
	}
	if unanswered(s) {
		l.Late++
	}
}

// plus adds what is known of the phones that come next.
func (l *Lossy) plus(next Lossy) {
	l.Network, l.Late = cmp.Or(l.Network, next.Network), l.Late+next.Late
}

// unanswered reports whether a phone gave up waiting: for a file among its last status
// messages, for a TVS in its last boot, or for a call manager. Of one that another TFTP
// server helped, or whose earlier boot missed a list, nothing tells so.
func unanswered(s *subject) bool {
	errs := s.NotRegistered
	for _, r := range s.Refusals() {
		errs = append(errs[:len(errs):len(errs)], r)
	}
	late := func(err error) bool {
		var waited interface{ Timeout() bool }
		return errors.As(err, &waited) && waited.Timeout()
	}
	timeout := func(m phone.StatusLine) bool { return m.Message == phone.MsgTFTPTimeout }
	return slices.ContainsFunc(errs, late) || slices.ContainsFunc(s.Status(), timeout)
}

// blamed says of a failed expectation what of it may be the network's fault.
func (l *Lossy) blamed(err error) error {
	switch {
	case err == nil || l.Network == "":
		return err
	case l.Late == 0:
		return fmt.Errorf("%w; %s, which may be why", err, l.Network)
	}
	return fmt.Errorf("%w; %s, which may be why: so many of these phones gave up waiting for an answer: %d",
		err, l.Network, l.Late)
}

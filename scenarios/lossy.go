package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"itlsim/phone"
)

// lossy is about the phones, of those that are otherwise than expected, whose network
// loses some datagrams: chance may have decided about them, and not what the scenario did.
type lossy struct {
	network string // that of the first; "" if there is none
	late    int    // of which one sees that they waited for an answer in vain
}

// add counts a phone, if it is one of them.
func (l *lossy) add(s *subject) {
	network, loss := "the network", s.Disturbance().Loss
	if loss == 0 {
		network, loss = "the network of "+s.member.Group, s.SiteDisturbance(s.member.Group).Loss
	}
	if loss == 0 || loss == 1 {
		return
	}
	if l.network == "" {
		l.network = fmt.Sprintf("%s loses %.3g%% of all datagrams", network, 100*loss)
	}
	if unanswered(s) {
		l.late++
	}
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
func (l *lossy) blamed(err error) error {
	switch {
	case err == nil || l.network == "":
		return err
	case l.late == 0:
		return fmt.Errorf("%w; %s, which may be why", err, l.network)
	}
	return fmt.Errorf("%w; %s, which may be why: so many of these phones gave up waiting for an answer: %d",
		err, l.network, l.late)
}

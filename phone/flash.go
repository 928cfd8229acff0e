package phone

import (
	"time"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/sip"
)

// Flash is what a phone keeps through resets and power loss. A refused file
// changes nothing in it.
type Flash struct {
	Lists     Lists
	Config    *cnf.Config  // in force; nil: none was ever accepted
	ConfigSum sip.Checksum // of its plain file: what comes again is not parsed again
	Vouches   []Vouch      // what TVS said, each for its time to live
}

// vouchFor finds a TVS answer about a signer in one of the roles that has not
// expired.
func (f *Flash) vouchFor(signer itl.Identity, roles []itl.Role, now time.Time) *Vouch {
	for i := range f.Vouches {
		v := &f.Vouches[i]
		if v.of(signer) && v.holds(now) && overlap(v.Roles, roles) {
			return v
		}
	}
	return nil
}

// keepVouch stores an answer in place of earlier ones of the same signer, and
// drops what has expired. The old slice is not written to: others may hold it.
func (f *Flash) keepVouch(v *Vouched, expires, now time.Time) {
	kept := make([]Vouch, 0, len(f.Vouches)+1)
	for _, old := range f.Vouches {
		if old.holds(now) && !old.of(v.Signer) {
			kept = append(kept, old)
		}
	}
	f.Vouches = append(kept, Vouch{v, expires.UnixNano()})
}

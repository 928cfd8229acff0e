package phone

import (
	"hash/fnv"
	"strings"
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
	// ConfigStamp stands for the file's version stamp; 0 for none. It is kept small:
	// there may be a million phones.
	ConfigStamp uint32
	Vouches     []Vouch // what TVS said, each for its time to live
	// LSC is the Locally Significant Certificate that the cluster's CAPF gave the
	// phone, with its key; nil: none.
	LSC *itl.Signer
}

// maxVouches is how many of a TVS's answers a phone keeps (this project's own choice): a
// cluster of 21 nodes, the most that there are, has as many signers of configurations, and
// each may be regenerated twice while an answer holds. One takes some 2 kB, so all of them
// a tenth of what a list may.
const maxVouches = 64

// stampOf is a version stamp's stand-in, a hash. Braces around it do not count: a
// NOTIFY has them around each stamp, and the file maybe.
func stampOf(stamp string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(strings.Trim(stamp, "{}")))
	return h.Sum32()
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

// keepVouch stores an answer in place of earlier ones of the same signer, and drops what
// has expired, and the oldest where there are too many: a TVS may name another signer with
// each boot. The old slice is not written to: others may hold it.
func (f *Flash) keepVouch(v *Vouched, expires, now time.Time) {
	kept := make([]Vouch, 0, len(f.Vouches)+1)
	for _, old := range f.Vouches {
		if old.holds(now) && !old.of(v.Signer) {
			kept = append(kept, old)
		}
	}
	f.Vouches = append(kept[max(0, len(kept)+1-maxVouches):], Vouch{v, expires.UnixNano()})
}

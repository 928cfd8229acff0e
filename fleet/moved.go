package fleet

import "itlsim/phone"

// A Moved phone goes from one driver to another.
type Moved struct {
	*phone.Phone
	Interrupted bool          // it was in the middle of a boot, which has to begin anew
	Pending     []phone.Event // that have not reached it yet
}

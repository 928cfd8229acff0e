package phone

// A mutant is a fault that tests plant in the firmware, to see that checkers
// find it. Only this package's tests can.
type mutant uint8

const (
	sound          mutant = iota
	skipsSignature        // no signature is checked
	ignoresRole           // a record of any role may sign anything
	takesAnyTVS           // a TVS's certificate is not looked at
	keepsRefused          // a refused configuration is kept
	losesAlarm            // no alarm tells of a new list
)

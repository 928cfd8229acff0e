package phone

import "fmt"

// State is what a phone knows of its trust.
//
// Cisco says "locked" and "untrusted" of the same symptom, that neither ITL nor
// configuration is accepted any more. Here each word has a meaning of its own,
// by what the phone itself can know, because the two need different cures.
type State uint8

// The states, from best to worst but for None.
const (
	// None: no trust list, or the rollback list, of nothing but SAST and CAPF
	// entries. The next ITL is taken on faith.
	None State = iota
	// Trusted: the last boot authenticated the trust list and the configuration.
	Trusted
	// Locked: something was refused, but a trust point may still hold. Cured by
	// a TVS that answers, a good file, or whatever cures Untrusted.
	Locked
	// Untrusted: something was refused and every trust point is known to be
	// lost. Cured by a file signed by a key in the list (`utils itl reset`, a
	// restored backup), a TVS that shows its old certificate again, or erasing
	// the list.
	Untrusted
)

var stateNames = [...]string{"none", "trusted", "locked", "untrusted"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// worse is the worse of two states: a boot's state is the worse of what its
// trust list and its configuration gave.
func worse(a, b State) State { return max(a, b) }

package report

import (
	"strings"

	"itlsim/cucm"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// Alarms counts DeviceTLInfo that call managers received, by what they made of the list when
// it came: in CUCM's words (release 14SU2) Match, Mismatch and Not Installed.
type Alarms struct {
	Match        uint64 `json:"match"`         // the phone holds what its TFTP node served then
	Mismatch     uint64 `json:"mismatch"`      // it holds something else
	NotInstalled uint64 `json:"not_installed"` // it holds no list
}

// AlarmsOf are those that a lab's clusters have received so far.
func AlarmsOf(l *lab.Lab) (all Alarms) {
	for _, c := range l.Clusters() {
		by := c.Counts().AlarmsBy
		all.Match += by[cucm.ITLMatch]
		all.Mismatch += by[cucm.ITLMismatch]
		all.NotInstalled += by[cucm.ITLNotInstalled]
	}
	return all
}

// Since are those that came since there were these.
func (a Alarms) Since(before Alarms) Alarms {
	return Alarms{a.Match - before.Match, a.Mismatch - before.Mismatch, a.NotInstalled - before.NotInstalled}
}

// Says is how many there are of each kind, "" where there is none.
func (a Alarms) Says() string {
	var all []string
	for _, kind := range []struct {
		n    uint64
		name cucm.ITLStatus
	}{{a.Match, cucm.ITLMatch}, {a.Mismatch, cucm.ITLMismatch}, {a.NotInstalled, cucm.ITLNotInstalled}} {
		if kind.n > 0 {
			all = append(all, language.Number(kind.n)+" "+string(kind.name))
		}
	}
	return strings.Join(all, ", ")
}

package report

import (
	"fmt"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// Cure says what would help a phone that a node serves (M10, M20), "" where it
// needs nothing. Commands stand between grave accents.
func (t *Teller) Cure(v *fleet.View, n *cucm.Node) string {
	if v.State != phone.Locked && v.State != phone.Untrusted {
		return ""
	}
	reset := t.byReset(v, n)
	if v.Refusal == nil {
		return "a reset of the phones, to try again"
	}
	switch why := phone.Explain(v.Refusal.Reason); {
	case why.Remedy == "":
		return reset
	case why.ByList:
		return why.Remedy + "; or " + reset
	default:
		return why.Remedy
	}
}

// byReset says how a reset of the trust lists would help, or why none would.
func (t *Teller) byReset(v *fleet.View, n *cucm.Node) string {
	record := "ITLRECOVERY"
	if n.ResetSigner() == n.Certificate(cucm.CallManager) {
		record = "CallManager"
	}
	if t.HoldsRecovery(v, n) {
		return fmt.Sprintf("`utils itl reset localkey` on %s and a reset of the phones: their list holds the %s record",
			t.lab.ClusterOf(n).Publisher().Name(), record)
	}
	erase := "erase the trust list at the phone (Settings > Security Configuration)"
	if v.Flash.Config != nil && !v.Flash.Config.Settings.SettingsAccess {
		erase = "factory reset at the phone: its settings access is disabled, " +
			"and it takes no configuration that would enable it"
	}
	return erase + ", or restore the backup under whose keys the list was signed; no `utils itl reset` helps, " +
		"since their list does not hold the present " + record + " record"
}

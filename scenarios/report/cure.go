package report

import (
	"fmt"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
)

// resetLocalKey is the command that a cure names where it would help.
const resetLocalKey = "`utils itl reset localkey`"

// Cure says what would help a phone that a node serves (M10, M20), "" where it
// needs nothing. Commands stand between grave accents.
func (t *Teller) Cure(v *fleet.View, n *cucm.Node) string {
	switch {
	case !lost(v.State):
		return ""
	case v.Refusal == nil:
		return "a reset of the phones, to try again"
	}
	var cures []string // one for each file, where they differ
	for _, r := range v.Refusals() {
		var cure string
		switch why := phone.Explain(r.Reason); {
		case why.Remedy == "":
			cure = t.cureByList(v, n)
		case why.ByList && v.ListRefusal != nil:
			cure = why.Remedy + "; or " + t.cureByList(v, n)
		default:
			cure = why.Remedy
		}
		if !slices.Contains(cures, cure) {
			cures = append(cures, cure)
		}
	}
	return strings.Join(cures, "; and ")
}

// cureByList says whose list a phone would follow: another cluster's, from which it
// came, or one of its node's cluster.
func (t *Teller) cureByList(v *fleet.View, n *cucm.Node) string {
	here := t.cureHere(v, n)
	for _, m := range t.lab.Nodes() {
		if list := m.ITL(); list != nil && m.Cluster() != n.Cluster() && v.Flash.Lists.ITL != nil {
			if _, ok := v.Flash.Lists.ITL.Find(list.Signer, itl.SAST); ok {
				return "TFTP of " + m.Name() + ", whose list has a signer that they hold, then a reset; or " + here
			}
		}
	}
	return here
}

// cureHere says which key of its node's cluster that signs lists a phone would follow,
// and how it comes to sign one; or that none would help.
func (t *Teller) cureHere(v *fleet.View, n *cucm.Node) string {
	byCTL := t.cureByCTL(v, n)
	const backup = ", or restore the backup under whose keys its CTL was signed; "
	switch {
	case byCTL != "" && (v.Profile.NoITL || v.CTLRefusal != nil):
		return byCTL
	case v.Profile.NoITL:
		return atThePhone(v) + backup + "no `utils itl reset` helps a phone that knows no ITL"
	case v.CTLRefusal != nil:
		return atThePhone(v) + backup + "no `utils ctl` makes a CTL that it would follow"
	}
	publisher := n.Cluster().Publisher()
	if n.Cluster().ResetSigner() == nil {
		return atThePhone(v) + ", or restore the backup under whose keys the list was signed; " +
			"this release has no `utils itl reset`"
	}
	record := ResetRecord(n.Cluster())
	afterwards := ""
	if n != publisher {
		// The reset list has the publisher's TFTP entry only.
		afterwards = "; for its configuration a TVS is needed then, since " + n.Name() + " signs it"
	}
	const reset = "`utils itl reset %s` on %s and a reset of the phones: their list holds the %s%s"
	held := recoveryRecord(v.Flash.Lists.ITL)
	switch {
	case t.HoldsResetSigner(v, n):
		return fmt.Sprintf(reset, "localkey", publisher.Name(), record, afterwards)
	case t.holds(v, publisher.Certificate(cucm.ITLRecovery)): // release 12.0 and later, whose lists it signs
		return fmt.Sprintf("`utils service restart Cisco Tftp` on %s and a reset of the phones: "+
			"their list holds the ITLRECOVERY record", n.Name())
	case held != nil && wasOf(publisher, held):
		saved := fmt.Sprintf("ITLRECOVERY record of the serial number %X, if its ITLRecovery.p12 was saved", held.Serial)
		return fmt.Sprintf(reset, "remotekey", publisher.Name(), saved, afterwards)
	case byCTL != "":
		return byCTL
	}
	return atThePhone(v) + ", or restore the backup under whose keys the list was signed; " +
		"no `utils itl reset` helps, since their list does not hold the present " + record
}

// cureByCTL says how the phone would get a CTL of the present certificates that is
// signed by a key which its lists hold, "" where there is no way: the CTL that is made
// anew is signed by the first of its signers, and reset by the other one.
func (t *Teller) cureByCTL(v *fleet.View, n *cucm.Node) string {
	publisher, facts := n.Cluster().Publisher(), n.Facts()
	if v.Flash.Lists.CTL == nil || n.Cluster().SecurityMode() != cucm.Mixed {
		return ""
	}
	restart := ""
	if facts.CTLRestarts {
		restart = ", `utils service restart Cisco Tftp` on all nodes"
	}
	for i, unit := range facts.CTLSigners {
		commands := "`utils ctl update CTLFile`"
		if i > 0 {
			commands += " and `utils ctl reset localkey`"
		}
		if t.holds(v, publisher.Certificate(unit)) {
			return fmt.Sprintf("%s on %s%s and a reset of the phones: their lists hold %s, which signs the CTL then",
				commands, publisher.Name(), restart, unit)
		}
	}
	return ""
}

// ResetRecord is the record of a list by which a phone follows `utils itl reset
// localkey`, where the release has that command.
func ResetRecord(c *cucm.Cluster) string {
	if c.ResetSigner() == c.Publisher().Certificate(cucm.ITLRecovery) {
		return "ITLRECOVERY record"
	}
	return "CallManager record of " + c.Publisher().Name()
}

// wasOf reports whether a record's certificate is or was one of the node's cluster.
func wasOf(n *cucm.Node, r *itl.Record) bool {
	return n.Cluster().Had(itl.Identity{Issuer: r.Issuer, Serial: r.Serial})
}

// recoveryRecord is the ITLRECOVERY record of a list, nil where it has none.
func recoveryRecord(list *itl.List) *itl.Record {
	if list != nil {
		for i := range list.Records {
			if r := &list.Records[i]; r.Role == itl.SAST && cucm.IsRecovery(r.Subject) {
				return r
			}
		}
	}
	return nil
}

// atThePhone is what somebody can do there.
func atThePhone(v *fleet.View) string {
	if v.Flash.Config != nil && !v.Flash.Config.Settings.SettingsAccess {
		return "factory reset at the phone: its settings access is disabled, " +
			"and it takes no configuration that would enable it"
	}
	return "erase the trust list at the phone (Settings > Security Configuration)"
}

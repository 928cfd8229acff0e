package inventory

import (
	"time"

	"itlsim/cucm"
	"itlsim/itl"
)

// WithoutRecovery is a node's list as a release before 10.0 would have made it:
// without an ITLRECOVERY record, and signed by CallManager (M3, M10).
func WithoutRecovery(n *cucm.Node, at time.Time) (*itl.List, error) {
	list := n.ITL()
	t := itl.Template{Filename: itl.ITLFilename, Timestamp: at, Digest: list.Digest}
	for _, r := range list.Records {
		if !cucm.IsRecovery(r.Subject) {
			t.Records = append(t.Records, r)
		}
	}
	return t.Sign(n.Certificate(cucm.CallManager).Signer)
}

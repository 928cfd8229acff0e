package cucm

import (
	"itlsim/cucm/ciscolog"
	"itlsim/internal/contain"
)

// Contain does something for a command or a request, named by what. A panic in it ends
// that alone: it is an error, and an entry in the node's log.
func (n *Node) Contain(what string, do func()) error {
	err := contain.Do(do)
	if err != nil {
		n.Fault(what, err)
	}
	return err
}

// Fault enters a fault of the program into the node's log, as far as that works still.
func (n *Node) Fault(what string, err error) {
	_ = contain.Do(func() {
		n.cluster.raise(occurrence{n.index, ciscolog.ProgramFault, n.cluster.Now(), ciscolog.Tags{
			{Name: "During", Value: what}, {Name: "Reason", Value: err.Error()},
		}})
	})
}

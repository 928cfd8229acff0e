package cucm

import (
	"path/filepath"
	"time"

	"itlsim/cucm/ciscolog"
)

// An event is an alarm that a node raises.
type event struct {
	alarm   ciscolog.Alarm
	node    *Node
	at      time.Time
	details ciscolog.Details
}

// event notes an alarm that is raised when the draft comes into force.
func (d *draft) event(n *Node, a ciscolog.Alarm) { d.eventAt(d.cluster.Now(), n, a) }

func (d *draft) eventAt(at time.Time, n *Node, a ciscolog.Alarm, tags ...ciscolog.Tag) {
	d.events = append(d.events, event{a, n, at, ciscolog.Tags(tags)})
}

// raise enters an alarm into its node's log and shows it to whoever watches. The
// caller may hold the cluster's lock.
func (c *Cluster) raise(e event) {
	entry := e.node.log.Raise(e.alarm, e.at, e.details)
	if c.config.Logged != nil {
		c.config.Logged(entry)
	}
}

func (c *Cluster) raiseAll(events []event) {
	for _, e := range events {
		c.raise(e)
	}
}

// raise enters an alarm that the node raises now.
func (n *Node) raise(a ciscolog.Alarm, tags ...ciscolog.Tag) {
	n.cluster.raise(event{a, n, n.cluster.Now(), ciscolog.Tags(tags)})
}

// openLog keeps the node's log in a directory, and goes on where it ends.
func (n *Node) openLog(dir string) error {
	log, err := ciscolog.Open(filepath.Join(dir, ciscolog.File), n.cluster.collectors)
	if err != nil {
		return err
	}
	n.log = log
	n.log.SetHost(n.Name(), n.FQDN())
	return nil
}

// Log is the node's application log, CiscoSyslog: its last ten thousand entries
// or some more, the oldest first.
func (n *Node) Log() []string { return n.log.Lines() }

// LoginFailed enters a refused login into the log.
func (n *Node) LoginFailed(user, from string) {
	n.raise(ciscolog.AuthenticationFailed, ciscolog.Tag{Name: "LoginFrom", Value: from},
		ciscolog.Tag{Name: "Interface", Value: "CLI"}, ciscolog.Tag{Name: "UserID", Value: user})
}

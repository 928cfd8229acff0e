package cucm

import (
	"fmt"
	"strings"
)

// utilsServiceList is `utils service list`.
func utilsServiceList(n *Node, t Terminal, _ []string) error {
	fmt.Fprint(t, "Requesting service status, please wait...\nSystem SSH [STARTED]\n")
	activated := n.services()
	for _, s := range Services {
		state := "[STOPPED]  Service Not Activated"
		for _, a := range activated {
			if a == s {
				state = "[STOPPED]  Commanded Out of Service"
			}
		}
		if n.Running(s) {
			state = "[STARTED]"
		}
		fmt.Fprintf(t, "%s %s\n", s, state)
	}
	return nil
}

// activatedService finds the service that arguments name, in any case.
func (n *Node) activatedService(args []string) (Service, error) {
	name := strings.Join(args, " ")
	for _, s := range n.services() {
		if strings.EqualFold(string(s), name) {
			return s, nil
		}
	}
	return "", refusal("Service %q is not activated on %s", name, n.Name())
}

// changeService runs one of `utils service start|stop|restart NAME`. What they
// print is this project's own.
func changeService(do func(*Node, Service) error, said ...string) func(*Node, Terminal, []string) error {
	return func(n *Node, t Terminal, args []string) error {
		s, err := n.activatedService(args)
		if err != nil {
			return err
		}
		if err := do(n, s); err != nil {
			return err
		}
		fmt.Fprintln(t, "Service Manager is running")
		for _, state := range said {
			fmt.Fprintf(t, "%s[%s]\n", s, state)
		}
		return nil
	}
}

var (
	utilsServiceStart   = changeService((*Node).StartService, "STARTING", "STARTED")
	utilsServiceStop    = changeService((*Node).StopService, "STOPPING", "STOPPED")
	utilsServiceRestart = changeService((*Node).Restart, "STOPPING", "STARTING", "STARTED")
)

package cli

import (
	"fmt"
	"strings"

	"itlsim/cucm"
)

// utilsServiceList is `utils service list`.
func utilsServiceList(n *cucm.Node, t Terminal, _ []string) error {
	fmt.Fprint(t, "Requesting service status, please wait...\nSystem SSH [STARTED]\n")
	activated := n.Services()
	for _, s := range cucm.Services {
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
func activatedService(n *cucm.Node, args []string) (cucm.Service, error) {
	name := strings.Join(args, " ")
	for _, s := range n.Services() {
		if strings.EqualFold(string(s), name) {
			return s, nil
		}
	}
	return "", refuse("Service %q is not activated on %s", name, n.Name())
}

// changeService runs one of `utils service start|stop|restart NAME`. What they
// print is this project's own.
func changeService(do func(*cucm.Node, cucm.Service) error, said ...string) runner {
	return func(n *cucm.Node, t Terminal, args []string) error {
		s, err := activatedService(n, args)
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
	utilsServiceStart   = changeService((*cucm.Node).StartService, "STARTING", "STARTED")
	utilsServiceStop    = changeService((*cucm.Node).StopService, "STOPPING", "STOPPED")
	utilsServiceRestart = changeService((*cucm.Node).Restart, "STOPPING", "STARTING", "STARTED")
)

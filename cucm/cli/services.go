package cli

import (
	"fmt"
	"strings"

	"itlsim/cucm"
)

// platformServices are what a node lists before the applications' services (HCM-F
// log). They cannot be stopped here.
const platformServices = `System SSH [STARTED]
Cluster Manager [STARTED]
Name Service Cache [STOPPED] Service Not Activated
Entropy Monitoring Daemon [STARTED]
Cisco SCSI Watchdog [STARTED]
Service Manager [STARTED]
Service Manager is running
Getting list of all services
>> Return code = 0
`

// The states of a service, as those nodes print them. The two that are stopped have
// two blanks before the reason.
const (
	started      = "[STARTED]"
	stopped      = "[STOPPED]  Commanded Out of Service"
	notActivated = "[STOPPED]  Service Not Activated"
)

// utilsServiceList is `utils service list`: the services by name, in the order of
// bytes, those that are not activated last.
func utilsServiceList(n *cucm.Node, t Terminal, _ []string) error {
	fmt.Fprint(t, "Requesting service status, please wait...\n", platformServices)
	var last strings.Builder
	for _, s := range n.ServiceStatuses() {
		switch {
		case !s.Activated:
			fmt.Fprintln(&last, string(s.Service)+notActivated)
		case s.Running:
			fmt.Fprintln(t, string(s.Service)+started)
		default:
			fmt.Fprintln(t, string(s.Service)+stopped)
		}
	}
	// A subscriber's last line is inferred.
	fmt.Fprintf(t, "%sPrimary Node =%t\n", last.String(), n.Publisher())
	return nil
}

// activatedService finds the service that arguments name, in any case.
func activatedService(n *cucm.Node, args []string) (cucm.Service, error) {
	name := strings.Join(args, " ")
	if s, ok := n.ServiceNamed(name); ok && s.Activated {
		return s.Service, nil
	}
	return "", refuse("Service %q is not activated on %s", name, n.Name())
}

// restartWarning is printed before a restart, with the blank that it begins with.
const restartWarning = " Don't press Ctrl-c while the service is getting RESTARTED." +
	"If Service has not Restarted Properly, execute the same Command Again\n"

// changeService runs one of `utils service start|stop|restart NAME`. A restart prints
// what nodes of the same platform do (Finesse transcripts), which look at the service
// again and again, and say twice that it has started. Of the others no transcript is
// known.
func changeService(do func(*cucm.Node, cucm.Service) error, warning string, states ...string) runner {
	return func(n *cucm.Node, t Terminal, args []string) error {
		s, err := activatedService(n, args)
		if err != nil {
			return err
		}
		fmt.Fprint(t, warning, "Service Manager is running\n")
		if err := do(n, s); err != nil {
			return err
		}
		for _, state := range states {
			fmt.Fprintf(t, "%s%s\n", s, state)
		}
		return nil
	}
}

var (
	utilsServiceStart   = changeService((*cucm.Node).StartService, "", "[STARTING]  ", "[STARTED]  ")
	utilsServiceStop    = changeService((*cucm.Node).StopService, "", "[STOPPING]  ", stopped)
	utilsServiceRestart = changeService((*cucm.Node).Restart, restartWarning,
		"[STOPPING]  ", "[STARTING]  ", "[STARTED]  ", "[STARTED]  ")
)

package cli

import (
	"fmt"
	"strconv"
	"strings"

	"itlsim/cucm"
)

// What the commands in this file print is this project's own wording but for the line
// with the version; the questions are those of a node, as remembered.

// showVersion prints the version on a partition, "Active" or "Inactive".
func showVersion(t Terminal, partition, version string) {
	fmt.Fprintf(t, "%s Master Version: %s\n", partition, version)
	fmt.Fprintf(t, "%s Version Installed Software Options:\nNo Installed Software Options Found.\n", partition)
}

func showVersionActive(n *cucm.Node, t Terminal, _ []string) error {
	active, _ := n.Versions()
	showVersion(t, "Active", active)
	return nil
}

func showVersionInactive(n *cucm.Node, t Terminal, _ []string) error {
	_, inactive := n.Versions()
	if inactive == "" {
		return cucm.ErrNoInactive
	}
	showVersion(t, "Inactive", inactive)
	return nil
}

// utilsSystemUpgradeInitiate installs a later version on the inactive partition. What
// a real node fetches from a server or a disc is at hand here.
func utilsSystemUpgradeInitiate(n *cucm.Node, t Terminal, _ []string) error {
	active, _ := n.Versions()
	later := cucm.UpgradesFrom(active)
	if len(later) == 0 {
		return refuse("There is no version later than %s", active)
	}
	fmt.Fprint(t, "\nWarning: Do not close this window without first canceling the upgrade.\n\n"+
		"Available options and upgrades:\n\n")
	for i, build := range later {
		fmt.Fprintf(t, "%3d) %s\n", i+1, imageOf(build))
	}
	fmt.Fprint(t, "  q) quit\n\n")
	answer, err := t.Ask(fmt.Sprintf("Please select an option (1 - %d or \"q\" ): ", len(later)))
	if err != nil {
		return err
	}
	build, err := chosen(strings.TrimSpace(answer), later)
	if err != nil {
		return err
	}
	answer, err = t.Ask("Automatically switch versions if the upgrade is successful (yes/no): ")
	if err != nil {
		return err
	}
	if err := confirm(t, "", "Start installation (yes/no): "); err != nil {
		return err
	}
	if err := n.Install(build); err != nil {
		return err
	}
	fmt.Fprintf(t, "\nThe upgrade to %s is installed on the inactive partition.\n", build)
	if !yes(answer) {
		return nil
	}
	return switchVersion(n, t)
}

// imageOf is the file of an upgrade.
func imageOf(build string) string { return "UCSInstall_UCOS_" + build + ".sgn.iso" }

// chosen is the build that an answer chooses: by its number in the list, or, this
// project's own, by its file, build or release.
func chosen(answer string, later []string) (string, error) {
	if answer == "q" {
		return "", ErrDeclined
	}
	if i, err := strconv.Atoi(answer); err == nil && cucm.BuildOf(answer) == "" {
		if i < 1 || i > len(later) {
			return "", refuse("%q is none of the options", answer)
		}
		return later[i-1], nil
	}
	build := cucm.BuildOf(strings.TrimSuffix(strings.TrimPrefix(answer, "UCSInstall_UCOS_"), ".sgn.iso"))
	if build == "" {
		return "", refuse("%q is not a version that is simulated", answer)
	}
	return build, nil
}

// utilsSystemSwitchVersion runs what is on the inactive partition.
func utilsSystemSwitchVersion(n *cucm.Node, t Terminal, _ []string) error {
	active, inactive := n.Versions()
	if inactive == "" {
		return cucm.ErrNoInactive
	}
	warning := fmt.Sprintf("Active Version: %s\nInactive Version: %s\n\n"+
		"Do you really want to switch between versions and restart ?\n\n", active, inactive)
	if err := confirm(t, warning, "Enter (yes/no)? "); err != nil {
		return err
	}
	return switchVersion(n, t)
}

func switchVersion(n *cucm.Node, t Terminal) error {
	if err := n.SwitchVersion(); err != nil {
		return err
	}
	active, _ := n.Versions()
	fmt.Fprintf(t, "The version has been switched to %s, and the services of the node have been restarted.\n", active)
	return nil
}

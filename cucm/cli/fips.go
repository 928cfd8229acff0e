package cli

import (
	"fmt"
	"strings"

	"itlsim/cucm"
)

// The commands of FIPS mode. The numbered list, the line on the reboot, the question and
// what is said in the end are those of the security guide's FIPS chapter; what it warns of
// is in this project's words. How nodes print the end of `disable` and `status` is
// remembered.

const stars = "******************************************************************************\n"

// setFIPS is `utils fips enable|disable`.
func setFIPS(on bool) runner {
	mode, done := "NON-FIPS", "disabled"
	if on {
		mode, done = "FIPS", "enabled"
	}
	return func(n *cucm.Node, t Terminal, _ []string) error {
		if n.FIPS() == on {
			return cucm.ErrSameFIPS
		}
		if err := confirm(t, fipsWarning(n, mode), "Do you want to continue (yes/no) ? "); err != nil {
			return err
		}
		fmt.Fprint(t, "\nGenerating certificates...Setting FIPS mode in operating system.\n")
		if err := n.SetFIPS(on); err != nil {
			return err
		}
		fmt.Fprintf(t, "FIPS mode %s successfully.\n"+stars+
			"It is highly recommended that after your system restarts\n"+
			"that a system backup is performed.\n"+stars+"The system will reboot in a few minutes.\n", done)
		return nil
	}
}

// fipsWarning says what a change of mode does.
func fipsWarning(n *cucm.Node, mode string) string {
	anew := []string{"CallManager", "Tomcat", "IPsec", "TVS", "CAPF", "SSH"}
	if n.Facts().Recovery != cucm.NoRecovery {
		anew = append(anew, "ITLRecovery")
	}
	var b strings.Builder
	b.WriteString("\nSecurity Warning : The operation will regenerate certificates for\n\n")
	for i, name := range anew {
		fmt.Fprintf(&b, "%d)%s\n", i+1, name)
	}
	b.WriteString("\nCertificates that a CA has signed must be uploaded again, and in mixed mode the CTL file updated.\n" +
		"Leave the other servers of the cluster alone until this one is back.\n" + stars)
	fmt.Fprintf(&b, "This will change the system to %s mode and will reboot.\n"+stars, mode)
	return b.String()
}

// fipsStatus is `utils fips status`.
func fipsStatus(n *cucm.Node, t Terminal, _ []string) error {
	mode := "NON-FIPS"
	if n.FIPS() {
		mode = "FIPS"
	}
	fmt.Fprintf(t, "The system is operating in %s mode.\n", mode)
	return nil
}

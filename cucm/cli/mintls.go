package cli

import (
	"crypto/tls"
	"fmt"
	"strings"

	"itlsim/cucm"
)

// No transcript of the commands in this file is known; what they print is this
// project's own wording.

// tlsVersions are the versions of TLS as they are typed and shown.
var tlsVersions = []struct {
	typed  string
	number uint16
}{{"1.0", tls.VersionTLS10}, {"1.1", tls.VersionTLS11}, {"1.2", tls.VersionTLS12}, {"1.3", tls.VersionTLS13}}

func typedTLS(number uint16) string {
	for _, v := range tlsVersions {
		if v.number == number {
			return v.typed
		}
	}
	return tls.VersionName(number)
}

// setMinTLS is `set tls [client|server] min-version VERSION`; side says which of the
// node's minima are meant.
func setMinTLS(side func(version uint16) cucm.MinTLS) runner {
	return func(n *cucm.Node, t Terminal, args []string) error {
		var to cucm.MinTLS
		for _, v := range tlsVersions {
			if v.typed == args[0] {
				to = side(v.number)
			}
		}
		if to == (cucm.MinTLS{}) {
			return refuse("%q is not a version of TLS, such as 1.2", args[0])
		}
		warning := "WARNING: What speaks older versions of TLS only, such as phones at this node's TVS, " +
			"is refused from then on. The node restarts.\n"
		if err := confirm(t, warning, "Continue (yes/no)? "); err != nil {
			return err
		}
		if err := n.SetMinTLS(to); err != nil {
			return err
		}
		fmt.Fprintf(t, "The minimum TLS version is %s. The services of the node have been restarted.\n", args[0])
		return nil
	}
}

// The minima that the commands set.
func bothSides(v uint16) cucm.MinTLS  { return cucm.MinTLS{Server: v, Client: v} }
func clientSide(v uint16) cucm.MinTLS { return cucm.MinTLS{Client: v} }
func serverSide(v uint16) cucm.MinTLS { return cucm.MinTLS{Server: v} }

// showMinTLS is `show tls min-version`.
func showMinTLS(n *cucm.Node, t Terminal, _ []string) error {
	least := n.MinTLS()
	fmt.Fprintf(t, "Minimum TLS version: server %s, client %s\n", typedTLS(least.Server), typedTLS(least.Client))
	return nil
}

// tlsWords says which versions there are.
func tlsWords(e *cucm.TLSError) string {
	var known []string
	for _, v := range e.Known {
		known = append(known, typedTLS(v))
	}
	return fmt.Sprintf("The minimum TLS version cannot be %s in this release; there is %s",
		typedTLS(e.Version), strings.Join(known, ", "))
}

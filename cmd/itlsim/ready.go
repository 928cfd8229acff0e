package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"itlsim/cucm"
	"itlsim/tftp"
)

// ready is what the ready file says. Fields may be added, but never removed.
type ready struct {
	Nodes []readyNode `json:"nodes"`
	Admin readyAdmin  `json:"admin"`
	Page  string      `json:"page,omitempty"`
	API   string      `json:"api,omitempty"`   // where its paths begin
	Token string      `json:"token,omitempty"` // that requests to the API show

	given bool // the password

	file string // where it was written; "": nowhere that goes with the program
}

// readyNode is where a node's services are, "" for those that cannot be reached.
type readyNode struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	TFTP  string `json:"tftp,omitempty"`
	HTTP  string `json:"http,omitempty"`
	TVS   string `json:"tvs,omitempty"`
	SIP   string `json:"sip,omitempty"`
	HTTPS string `json:"https,omitempty"` // Tomcat: the directory and the web APIs
	SSH   string `json:"ssh"`
}

// readyNodeOf is where a node is that listens on sockets.
func readyNodeOf(n *cucm.Node, ssh string) readyNode {
	return readyNode{
		Name: n.Name(), Role: n.Role(), SSH: ssh,
		TFTP: n.Address(cucm.TFTPService), HTTP: tftp.HTTPAddress(n.Address(cucm.TFTPService)),
		TVS: n.Address(cucm.TVSService), SIP: n.Address(cucm.CallManagerService), HTTPS: n.Address(cucm.TomcatService),
	}
}

// readyAdmin is the administrator's login.
type readyAdmin struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// print prints the same for people.
func (r *ready) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, n := range r.Nodes {
		fmt.Fprintf(w, "%s\t%s", n.Name, n.Role)
		for _, service := range [][2]string{
			{"tftp", n.TFTP}, {"http", n.HTTP}, {"tvs", n.TVS}, {"sip", n.SIP}, {"https", n.HTTPS}, {"ssh", n.SSH},
		} {
			if service[1] != "" {
				fmt.Fprintf(w, "\t%s %s", service[0], service[1])
			}
		}
		fmt.Fprintln(w)
	}
	password := r.Admin.Password
	if r.given {
		password = "as given" // and not for whoever reads what is printed
	}
	fmt.Fprintf(w, "user %s, password %s\n", r.Admin.User, password)
	if r.API != "" {
		fmt.Fprintf(w, "API %s, token %s\n", r.API, r.Token)
	}
	_ = w.Flush()
}

// createReady begins the ready file; what is written goes nowhere where its name is empty.
// Only its owner may read it, since it holds a password.
func createReady(name string) (atomicFile, error) { return createNamed("--ready-file", name, 0o600) }

// write writes the file. It appears with all of its content, and goes when
// the program does, unless another one has its name by then.
func (r *ready) write(f atomicFile) error {
	err := json.NewEncoder(f).Encode(r)
	if own, ok := f.(*renamed); ok && err == nil {
		var which os.FileInfo
		r.file = own.name
		if which, err = own.Stat(); err == nil && !transient.addOnly(r.file, which) {
			return errEnding
		}
	}
	if err == nil {
		err = f.finish()
	}
	if err != nil {
		f.abandon()
		return fmt.Errorf("ready file: %w", err)
	}
	return nil
}

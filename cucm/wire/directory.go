package wire

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/webapi"
	"itlsim/internal/accept"
)

// serveDirectory serves the corporate directory and the web APIs over HTTPS, with the
// node's tomcat certificate of the moment.
func serveDirectory(n *cucm.Node, l net.Listener, devices *webapi.Rate) *accept.HTTPServer {
	config := &tls.Config{
		MinVersion:     n.MinTLS().Server,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return shown(n, cucm.Tomcat), nil },
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+cnf.DirectoryPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		fmt.Fprintf(w, directoryPage, n.Address(cucm.TomcatService))
	})
	webapi.NewHandler(n, devices).Register(mux)
	return accept.ServeHTTP(l, accept.Usual, config, containedHandler(n, mux))
}

// directoryPage asks for a search. It takes the address of the directory.
const directoryPage = `<?xml version="1.0" encoding="utf-8"?>
<CiscoIPPhoneInput>
<Title>Corporate Directory</Title>
<Prompt>Enter search criteria</Prompt>
<URL>https://%s/ccmcip/xmldirectorylist.jsp</URL>
` + `<InputItem><DisplayName>First Name</DisplayName>` +
	`<QueryStringParam>f</QueryStringParam><InputFlags>A</InputFlags></InputItem>
` + `<InputItem><DisplayName>Last Name</DisplayName>` +
	`<QueryStringParam>l</QueryStringParam><InputFlags>A</InputFlags></InputItem>
` + `<InputItem><DisplayName>Number</DisplayName>` +
	`<QueryStringParam>n</QueryStringParam><InputFlags>T</InputFlags></InputItem>
</CiscoIPPhoneInput>
`

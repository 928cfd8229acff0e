package cucm

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"itlsim/cnf"
)

// listenDirectory serves the corporate directory over HTTPS, with the node's
// tomcat certificate of the moment.
func listenDirectory(n *Node, address string) (*webServer, error) {
	l, err := net.Listen("tcp4", address)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion:     tls.VersionTLS10, // 79xx phones have no other
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return n.tlsCertificate(Tomcat), nil },
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+cnf.DirectoryPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?>
<CiscoIPPhoneInput>
<Title>Corporate Directory</Title>
<Prompt>Enter search criteria</Prompt>
<URL>https://%s/ccmcip/xmldirectorylist.jsp</URL>
<InputItem><DisplayName>First Name</DisplayName><QueryStringParam>f</QueryStringParam><InputFlags>A</InputFlags></InputItem>
<InputItem><DisplayName>Last Name</DisplayName><QueryStringParam>l</QueryStringParam><InputFlags>A</InputFlags></InputItem>
<InputItem><DisplayName>Number</DisplayName><QueryStringParam>n</QueryStringParam><InputFlags>T</InputFlags></InputItem>
</CiscoIPPhoneInput>
`, n.Address(TomcatService))
	})
	return serveWeb(tls.NewListener(l, config), mux), nil
}

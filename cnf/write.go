package cnf

import (
	"bytes"
	_ "embed" // for cnf.xml.tmpl
	"encoding/xml"
	"net"
	"strconv"
	"strings"
	"text/template"

	"itlsim/sip"
	"itlsim/tvs"
)

// A File is a configuration as a call manager writes it: what phones read of it,
// and what else real files hold. That of [Config.Default] is for no phone, and
// has servers alone, that of [Config.Stub] what a phone needs to ask for the other.
type File struct {
	Config
	Device       string   // SEP<MAC>
	VersionStamp string   // changes with every change of the file
	CAPF         string   // host of the Certificate Authority Proxy Function
	Names        []string // of the nodes of Config.CallManagers; addresses stand for those missing
}

// server is a member of the file's lists of servers.
type server struct{ Name, Host, Port, TLSPort string }

// cnfXML has SEP<MAC>.cnf.xml and XMLDefault.cnf.xml. Their elements are those of
// real files, as far as documents show them.
//
//go:embed cnf.xml.tmpl
var cnfXML string

var cnfTemplate = template.Must(template.New("cnf.xml").Funcs(template.FuncMap{"xml": escape}).Parse(cnfXML))

// XML is the plain file.
func (f *File) XML() []byte {
	values := struct {
		*File
		Group, Verifiers []server
		Vendor           vendorXML
		Mode             int
	}{File: f, Vendor: vendorOf(f.Settings), Mode: int(f.Security) + 1}
	for i, address := range f.CallManagers {
		s := f.callManagerAt(address)
		if s.Name = s.Host; i < len(f.Names) {
			s.Name = f.Names[i]
		}
		values.Group = append(values.Group, s)
	}
	for _, address := range f.TVS {
		values.Verifiers = append(values.Verifiers, serverAt(address, tvs.Port))
	}
	var b bytes.Buffer
	b.Grow(4096)
	name := "own"
	switch {
	case f.Default:
		name = "default"
	case f.Stub:
		name = "stub"
	}
	if err := cnfTemplate.ExecuteTemplate(&b, name, values); err != nil {
		panic("cnf: cnf.xml.tmpl: " + err.Error()) // a buffer does not fail, and tests render the template
	}
	return b.Bytes()
}

// callManagerAt is a call manager whose SIP by TLS is at the port behind that of SIP.
func (f *File) callManagerAt(address string) server {
	standard := sip.Port
	if f.Security.ByTLS() {
		standard = sip.TLSPort
	}
	s := serverAt(address, standard)
	s.TLSPort = s.Port
	port, err := strconv.Atoi(s.Port)
	switch {
	case err != nil:
	case f.Security.ByTLS():
		s.Port = strconv.Itoa(port - (sip.TLSPort - sip.Port))
	default:
		s.TLSPort = strconv.Itoa(port + (sip.TLSPort - sip.Port))
	}
	return s
}

// serverAt takes an address apart; one without a port has the standard one.
func serverAt(address string, standard int) server {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, strconv.Itoa(standard)
	}
	return server{Host: host, Port: port}
}

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

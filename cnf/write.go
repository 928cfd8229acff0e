package cnf

import (
	"bytes"
	_ "embed" // for cnf.xml.tmpl
	"encoding/xml"
	"net"
	"slices"
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
func (f *File) XML() []byte { return f.Mold().AppendXML(nil, f.Device, f.VersionStamp) }

// A Mold is a file but for the device's name and its version stamp: what the files of
// many devices have in common.
type Mold struct {
	text []byte
	gaps []gap
}

// A gap is where in the text something else stands in each file: the value of that
// index among the name and the stamp.
type gap struct{ at, value int }

// Mold is the file without its name and stamp.
func (f *File) Mold() Mold {
	values := molding{File: f, Vendor: vendorOf(f.Settings), Mode: int(f.Security) + 1}
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
	values.text.Grow(4096)
	name := "own"
	switch {
	case f.Default:
		name = "default"
	case f.Stub:
		name = "stub"
	}
	if err := cnfTemplate.ExecuteTemplate(&values.text, name, &values); err != nil {
		panic("cnf: cnf.xml.tmpl: " + err.Error()) // a buffer does not fail, and tests render the template
	}
	return Mold{values.text.Bytes(), values.gaps}
}

// AppendXML appends the plain file of a device.
func (m Mold) AppendXML(b []byte, device, versionStamp string) []byte {
	values := [...]string{escape(device), escape(versionStamp)}
	size := len(m.text)
	for _, g := range m.gaps {
		size += len(values[g.value])
	}
	b = slices.Grow(b, size)
	done := 0
	for _, g := range m.gaps {
		b = append(append(b, m.text[done:g.at]...), values[g.value]...)
		done = g.at
	}
	return append(b, m.text[done:]...)
}

// molding is what the template makes a mold of, and the mold as far as it has come.
type molding struct {
	*File
	Group, Verifiers []server
	Vendor           map[string]string
	Mode             int

	text bytes.Buffer
	gaps []gap
}

// Device leaves a gap for the device's name.
func (m *molding) Device() string { return m.gap(0) }

// VersionStamp leaves a gap for the version stamp.
func (m *molding) VersionStamp() string { return m.gap(1) }

func (m *molding) gap(value int) string {
	m.gaps = append(m.gaps, gap{m.text.Len(), value})
	return ""
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

package cnf

import (
	"fmt"
	"slices"
	"strings"
)

// element is one whose value asks for something that simulated phones do not do.
type element struct {
	name string
	of   func(*configXML) text
	// done are the values, beside none, by which the phones go.
	done []string
	// means explains other values; not is what the phones do not do, or do instead.
	means map[string]string
	not   string
}

// elements are those about registration, certificates and addresses. Whatever
// else a file holds, but for what [Config] has, is without effect on simulated
// phones.
var elements = [...]element{
	{name: "deviceSecurityMode", of: func(x *configXML) text { return x.SecurityMode },
		done: []string{"0", "1", "2", "3"}, not: "the phone registers without TLS"},
	{name: "transportLayerProtocol", of: transport, done: []string{"1", "4"},
		means: map[string]string{"2": "UDP", "3": "TLS"}, not: "the phone registers over TCP"},
	{name: "capfAuthMode", of: func(x *configXML) text { return x.CAPFAuthMode }, done: []string{"0"},
		not: "the phone does not turn to CAPF"},
	{name: "deviceProtocol", of: func(x *configXML) text { return x.Protocol }, done: []string{"SIP"},
		not: "the phone registers by SIP"},
	{name: "ipAddressMode", of: func(x *configXML) text { return x.IPAddressMode }, done: []string{"0", "2"},
		means: map[string]string{"1": "IPv6 only"}, not: "the phone uses IPv4"},
}

// transport is the transport that a file asks for, where it is not for the security
// mode to say.
func transport(x *configXML) text {
	if x.SecurityMode.security().ByTLS() {
		return ""
	}
	return x.Transport
}

// shown is a value fit for a terminal: whoever wrote the file wrote it.
func shown(value string) string {
	if strings.Trim(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return fmt.Sprintf("%.16s", value)
	}
	return fmt.Sprintf("%.16q", value)
}

// ignored is what the file asks for and simulated phones do not do.
func (x *configXML) ignored() []string {
	var notes []string
	for _, e := range &elements {
		value := e.of(x).trim()
		if value == "" || slices.Contains(e.done, value) {
			continue
		}
		note := e.name + " " + shown(value)
		if means := e.means[value]; means != "" {
			note += " (" + means + ")"
		}
		notes = append(notes, note+": "+e.not)
	}
	switch encrypted, full := x.EncrConfig.is("true"), !x.FullConfig.is("false"); {
	case encrypted && full:
		notes = append(notes, "encrConfig true in a full configuration: it is read as it is")
	case !encrypted && !full:
		notes = append(notes, "fullConfig false, yet nothing is encrypted: it is taken for the whole")
	}
	return notes
}

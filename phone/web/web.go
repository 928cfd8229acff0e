// Package web is the phone's own web page (M6), as scrapers of real phones find
// it: the 7900s' and 8800s' paths, their rows of bold cells, the XML pages whose
// names end in X.
//
//	/CGI/Java/Serviceability?adapter=
//	    device.statistics.device          /DeviceInformation         /DeviceInformationX
//	    device.statistics.configuration   /NetworkConfiguration      /NetworkConfigurationX
//	    device.settings.status.messages   /DeviceLog?2               /DeviceLogX?2
//	    device.trace.display.alarm
//	                                      /SecurityConfiguration     /SecurityConfigurationX
//
// The last row is this project's own: a real phone shows the trust list on its
// screen alone. Pages of counters that a simulated phone does not have
// (Ethernet, ports, streams) do not exist.
package web

import (
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/sip"
)

// A Phone is what the pages show of one.
type Phone struct {
	Name        string
	Number      string
	IP          netip.Addr
	Profile     *phone.Profile
	Flash       phone.Flash
	Status      []phone.StatusLine
	Alarm       sip.DeviceTLInfo // as last raised
	AlarmAt     time.Time        // zero: none was raised
	CallManager string           // registered with
	Servers     []string         // TFTP servers
}

// A row of a page; its name as people see it, and as an XML element.
type row struct{ label, element, value string }

// Serve answers a request for a page.
func Serve(w http.ResponseWriter, r *http.Request, p Phone) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	page := strings.TrimPrefix(r.URL.Path, "/")
	if page == "CGI/Java/Serviceability" {
		page = map[string]string{
			"device.statistics.device":        "DeviceInformation",
			"device.statistics.configuration": "NetworkConfiguration",
			"device.settings.status.messages": "DeviceLog",
			"device.trace.display.alarm":      "DebugDisplay",
		}[r.URL.Query().Get("adapter")]
	}
	name, asXML := strings.CutSuffix(page, "X")
	var title string
	var rows []row
	switch name {
	case "", "DeviceInformation":
		name, title, rows = "DeviceInformation", "Device Information", p.device()
		if page == "" && r.URL.Path != "/" { // an unknown adapter
			http.NotFound(w, r)
			return
		}
	case "NetworkConfiguration":
		title, rows = "Network Setup", p.network()
	case "SecurityConfiguration":
		title, rows = "Security Configuration", p.security()
	case "DeviceLog":
		if strings.HasPrefix(r.URL.Path, "/DeviceLog") && r.URL.RawQuery != "2" {
			http.NotFound(w, r) // console logs and the like
			return
		}
		title, rows = "Status Messages", p.status()
	case "DebugDisplay":
		title, rows = "Debug Display", p.debug()
	default:
		http.NotFound(w, r)
		return
	}
	if asXML {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		writeXML(w, name, rows)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	p.writeHTML(w, title, rows)
}

func (p Phone) device() []row {
	mac := strings.TrimPrefix(p.Name, "SEP")
	load := p.Profile.Load
	return []row{
		{"MAC address", "MACAddress", mac},
		{"Host name", "HostName", p.Name},
		{"Phone DN", "phoneDN", p.Number},
		{"App load ID", "appLoadID", load},
		{"Version", "versionID", load},
		{"Model number", "modelNumber", "CP-" + p.Profile.Model},
	}
}

func (p Phone) network() []row {
	rows := []row{
		{"MAC address", "MACAddress", strings.TrimPrefix(p.Name, "SEP")},
		{"Host name", "HostName", p.Name},
		{"IP address", "IPAddress", p.IP.String()},
	}
	for i, s := range p.Servers {
		rows = append(rows, row{fmt.Sprintf("TFTP server %d", i+1), fmt.Sprintf("TFTPServer%d", i+1), s})
	}
	if c := p.Flash.Config; c != nil {
		for i, cm := range c.CallManagers {
			state := ""
			if cm == p.CallManager {
				state = " Active"
			}
			rows = append(rows, row{fmt.Sprintf("CUCM server%d", i+1), fmt.Sprintf("CallManager%d", i+1), cm + state})
		}
		rows = append(rows,
			row{"Directories URL", "DirectoriesURL", c.Directory},
			row{"Web access", "WebAccess", enabled(c.Settings.WebAccess)},
			row{"SSH access", "SSHAccess", enabled(c.Settings.SSHAccess)},
			row{"Settings access", "SettingsAccess", enabled(c.Settings.SettingsAccess)},
			row{"SPAN to PC port", "SpanToPCPort", enabled(c.Settings.SpanToPCPort)})
	}
	return rows
}

func enabled(on bool) string {
	if on {
		return "Enabled"
	}
	return "Disabled"
}

// security is Settings > Security Configuration > Trust List: each list's
// signature, which is the checksum of its file, and the servers of its records.
func (p Phone) security() []row {
	var rows []row
	for _, l := range []struct {
		name string
		list *itl.List
	}{{"CTL", p.Flash.Lists.CTL}, {"ITL", p.Flash.Lists.ITL}} {
		var sum *sip.Checksum
		if l.list != nil {
			s := sip.Checksum(l.list.SHA1())
			sum = &s
		}
		rows = append(rows, row{l.name + " file", l.name + "File", strings.TrimSpace(sum.String())})
		if l.list == nil {
			continue
		}
		for i := range l.list.Records {
			rec := &l.list.Records[i]
			role := rec.Role.String()
			rows = append(rows, row{role, l.name + "Entry", role + " " + itl.CommonName(rec.Subject)})
		}
	}
	return rows
}

func (p Phone) status() []row {
	var rows []row
	for _, s := range p.Status {
		rows = append(rows, row{"", "status", p.stamp(s.At) + " " + s.Text})
	}
	return rows
}

// stamp is the time as the family writes it: [8:52:30am 10/01/19], older
// phones 8:52:30a.
func (p Phone) stamp(at time.Time) string {
	if p.Profile.OldSpelling {
		return strings.TrimSuffix(at.Format("3:04:05pm"), "m")
	}
	return at.Format("[3:04:05pm 01/02/06]")
}

func (p Phone) debug() []row {
	if p.AlarmAt.IsZero() {
		return nil
	}
	return []row{{"", "alarm", p.stamp(p.AlarmAt) + " " + string(p.Alarm.XML())}}
}

// escape writes text as the pages of an 8845 do, the hyphen as an entity too.
func escape(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "-", "&#x2D;")
}

func (p Phone) writeHTML(w io.Writer, title string, rows []row) {
	var b strings.Builder
	head := escape("Cisco IP Phone CP-" + p.Profile.Model + " ( " + p.Name + " )")
	fmt.Fprintf(&b, "<HTML><HEAD><TITLE>%s</TITLE></HEAD><BODY><H2>%s</H2>\n", head, escape(title))
	b.WriteString("<TABLE BORDER=\"0\" CELLSPACING=\"10\" CELLPADDING=\"0\">\n")
	for _, r := range rows {
		if r.label == "" {
			fmt.Fprintf(&b, "<TR><TD><B>%s</B></TD></TR>\n", escape(r.value))
			continue
		}
		fmt.Fprintf(&b, "<TR><TD><B> %s</B></TD><td width=20></TD><TD><B>%s</B></TD></TR>\n",
			escape(r.label), escape(r.value))
	}
	b.WriteString("</TABLE></BODY></HTML>\n")
	io.WriteString(w, b.String())
}

func writeXML(w io.Writer, root string, rows []row) {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s>\n", root)
	for _, r := range rows {
		fmt.Fprintf(&b, "<%s>", r.element)
		xml.EscapeText(&b, []byte(r.value)) // a Builder does not fail
		fmt.Fprintf(&b, "</%s>\n", r.element)
	}
	fmt.Fprintf(&b, "</%s>\n", root)
	io.WriteString(w, b.String())
}

// Package web is the phone's own web pages (M6), as scrapers of real phones find
// them: the same addresses, markup, rows and XML elements.
//
//	/CGI/Java/Serviceability?adapter=      or            as XML
//	    device.statistics.device           /DeviceInformation       /DeviceInformationX
//	    device.statistics.configuration    /NetworkConfiguration    /NetworkConfigurationX
//	    device.statistics.ethernet         /EthernetInformation     /EthernetInformationX
//	    device.statistics.port.network     /PortInformation?1       /PortInformationX?1
//	    device.statistics.port.access      /PortInformation?2       /PortInformationX?2
//	    device.statistics.consolelog       /DeviceLog?0             /DeviceLogX?0
//	    device.statistics.coredumps
//	    device.trace.display.alarm         /DeviceLog?1             /DeviceLogX?1
//	    device.settings.status.messages    /DeviceLog?2             /DeviceLogX?2
//	    device.statistics.streaming.0      /StreamingStatistics?1   /StreamingStatisticsX?1
//
// ?adapterX= in place of ?adapter= gives XML too. The files that the console
// logs' page names are under /FS/.
//
// What the pages look like is a table for each family of pages (family.go), which
// the table of models names, and one for each page's rows. Their sources are the
// raw page of an 8845 (8845 page), network pages that owners of an 8800 and a 7941
// posted (88xx network page, 7941 network page), the guides' tables of items (7800
// and 8800 guide, 8821 guide, 8832 guide), and what public programs look for
// (scrapers). Where a phone shows what a simulated one does not have, such as
// counters, the value is fixed, and this project's own choice.
package web

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"itlsim/phone"
	"itlsim/sip"
)

// A Phone is what the pages show of one.
type Phone struct {
	Name          string
	Number        string
	IP            netip.Addr
	Profile       *phone.Profile
	Flash         phone.Flash
	Status        []phone.StatusLine // oldest first
	Alarm         sip.DeviceTLInfo   // as last raised
	AlarmAt       time.Time          // zero: none was raised
	CallManager   string             // registered with
	Servers       []string           // TFTP servers
	AlternateTFTP bool               // they were set at the phone
	Below         string             // stands before all addresses of the phone, /SEP… where it shares a host
	Now           time.Time
}

// Serve answers a request for a page.
func Serve(w http.ResponseWriter, r *http.Request, p Phone) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	f, known := families[p.Profile.Pages]
	if !known {
		notFound(w)
		return
	}
	if f.server != "" {
		w.Header().Set("Server", f.server)
	}
	kind, body, found := (&shown{p, f}).answer(r)
	if !found {
		notFound(w)
		return
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	io.WriteString(w, body)
}

// notFound answers in real phones' words, by which scrapers tell that there is no
// such file.
func notFound(w http.ResponseWriter) {
	http.Error(w, "The requested URL was not found", http.StatusNotFound)
}

// answer is the page or the file that a request asks for.
func (p *shown) answer(r *http.Request) (kind, body string, found bool) {
	if name, ok := strings.CutPrefix(r.URL.Path, "/FS/"); ok {
		body, found = p.log(name)
		return "text/plain", body, found
	}
	page, asXML := p.find(r.URL)
	switch {
	case page == nil:
		return "", "", false
	case asXML:
		return "text/xml", p.xml(page), true
	}
	return "text/html", p.document(page), true
}

// find is the page that an address means, and whether it is to be XML; nil where
// there is none.
func (f *family) find(u *url.URL) (*page, bool) {
	const serviceability = "/CGI/Java/Serviceability"
	adapter, ofXML := u.Query().Get("adapter"), u.Query().Get("adapterX")
	switch {
	case u.Path == "/", u.Path == serviceability && u.RawQuery == "" && f.adapters:
		return &f.pages[0], false
	case u.Path == serviceability && ofXML != "":
		return f.which(true, func(p *page) bool { return f.adapters && p.adapter == ofXML })
	case u.Path == serviceability:
		return f.which(false, func(p *page) bool { return f.adapters && p.adapter == adapter })
	}
	name := strings.TrimPrefix(u.Path, "/")
	if page, _ := f.which(false, func(p *page) bool { return p.file != "" && p.file == name }); page != nil {
		return page, false
	}
	name, asXML := strings.CutSuffix(name, "X")
	return f.which(asXML, func(p *page) bool {
		return f.named && p.name == name && (p.argument == u.RawQuery || p.first && u.RawQuery == "")
	})
}

// which finds a page. Not all exist as XML.
func (f *family) which(asXML bool, is func(*page) bool) (*page, bool) {
	i := slices.IndexFunc(f.pages, func(p page) bool { return is(&p) && (!asXML || p.root != "") })
	if i < 0 {
		return nil, false
	}
	return &f.pages[i], asXML
}

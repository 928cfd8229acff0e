package cnf

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"

	"itlsim/sip"
	"itlsim/tvs"
)

// MaxTVS is how many TVS members a phone takes from its configuration: priority
// 0 to 4 (documentation of an independent implementation).
const MaxTVS = 5

// The corporate directory is a page of a call manager's Tomcat, over HTTPS
// (Default Security chapter).
const (
	DirectoryPort = 8443
	DirectoryPath = "/ccmcip/xmldirectoryinput.jsp"
)

// DirectoryURL is the corporate directory's address at a host and port.
func DirectoryURL(host, port string) string {
	return "https://" + net.JoinHostPort(host, port) + DirectoryPath
}

// A Config is what matters here of a configuration file (SEP<MAC>.cnf.xml). It
// never changes once parsed, and holds nothing of one phone alone, so that
// thousands of phones may share it.
type Config struct {
	Load         string
	TVS          []string // host:port by priority, MaxTVS at most
	CallManagers []string // host:port of SIP, by priority
	// Directory is the corporate directory's HTTPS address.
	Directory string
	Settings  Settings
}

// Settings are the settings that a phone which lost its trust does not change
// any more (M5).
type Settings struct {
	SettingsAccess bool
	WebAccess      bool
	SSHAccess      bool
	SpanToPCPort   bool
}

// configXML is the part of the file that matters here.
type configXML struct {
	XMLName      xml.Name  `xml:"device"`
	Load         text      `xml:"loadInformation"`
	TVS          members   `xml:"TVS>members>member"`
	CallManagers members   `xml:"devicePool>callManagerGroup>members>member"`
	Directory    text      `xml:"secureDirectoryURL"`
	Vendor       vendorXML `xml:"vendorConfig"`
}

// member of either list of servers; each list uses its own two elements.
type member struct {
	Priority text `xml:"priority,attr"`
	Port     text `xml:"port"`
	Address  text `xml:"address"`
	SIPPort  text `xml:"callManager>ports>sipPort"`
	Name     text `xml:"callManager>processNodeName"`
}

// text of an element, with the blanks around it. Numbers are text too: a phone
// does not lose its configuration over one that cannot be read.
type text string

func (t text) trim() string { return strings.TrimSpace(string(t)) }

func (t text) number(otherwise int) int {
	if n, err := strconv.ParseUint(t.trim(), 10, 16); err == nil && n > 0 {
		return int(n)
	}
	return otherwise
}

// Parse reads a plain configuration file. What it does not know is ignored, what
// is missing has the phone's default: settings access on, the rest off, the
// standard ports.
func Parse(data []byte) (*Config, error) {
	x := configXML{Vendor: vendorDefaults}
	// What is read here is ASCII in every encoding that such files declare; what
	// they say in others does not matter.
	dec := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(data, []byte("?"))))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	if err := dec.Decode(&x); err != nil {
		line, column := dec.InputPos()
		return nil, fmt.Errorf("configuration, line %d column %d: %w", line, column, err)
	}
	c := &Config{
		Load:      x.Load.trim(),
		TVS:       x.TVS.servers(MaxTVS, tvs.Port, member.tvs),
		Directory: x.Directory.trim(),
		Settings:  x.Vendor.settings(),
	}
	c.CallManagers = x.CallManagers.servers(len(x.CallManagers), sip.Port, member.callManager)
	if c.Directory == "" && len(c.CallManagers) > 0 {
		// Firmware 9.3(3) and later opens Application:Cisco/CorporateDirectory at
		// the first call manager of its group, port 8443 (technote 118699).
		host, _, _ := net.SplitHostPort(c.CallManagers[0])
		c.Directory = DirectoryURL(host, strconv.Itoa(DirectoryPort))
	}
	return c, nil
}

type members []member

func (m member) tvs() (host, port text)         { return m.Address, m.Port }
func (m member) callManager() (host, port text) { return m.Name, m.SIPPort }

// servers gives the addresses of at most so many members, by priority.
func (ms members) servers(most, port int, of func(member) (host, port text)) []string {
	slices.SortStableFunc(ms, func(a, b member) int { return cmp.Compare(a.Priority.number(0), b.Priority.number(0)) })
	var servers []string
	for _, m := range ms {
		host, own := of(m)
		if host.trim() != "" && len(servers) < most {
			servers = append(servers, net.JoinHostPort(host.trim(), strconv.Itoa(own.number(port))))
		}
	}
	return servers
}

package cnf

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"

	"itlsim/sip"
	"itlsim/tvs"
)

// What a phone takes from its configuration (usecallmanager): so many TVS members
// and call managers each, priority 0 to 4, and addresses of TVS members of so many
// characters. A CallManager Group of CUCM's has three members at most.
const (
	MaxTVS          = 5
	MaxCallManagers = 5
	MaxTVSAddress   = 50
)

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

// A Config is what matters here of a configuration file (SEP<MAC>.cnf.xml, or
// XMLDefault.cnf.xml). It never changes once parsed, and holds nothing of one
// phone alone, so that thousands of phones may share it.
type Config struct {
	Load string
	TVS  []string // host:port by priority, MaxTVS at most
	// CallManagers are host:port of SIP, by priority, MaxCallManagers at most; of SIP
	// by TLS where Security wants that.
	CallManagers []string
	Security     SecurityMode
	// Directory is the corporate directory's HTTPS address.
	Directory string
	Settings  Settings

	// Default: the file is that of phones without one of their own.
	Default bool
	// Stub: the file only says that there is an encrypted one, for the certificate
	// with the MD5 CertHash (hexadecimal).
	Stub     bool
	CertHash string
	// Ignored is what the file asks for and simulated phones do not do, in words.
	Ignored []string
}

// SecurityMode is a phone's Device Security Mode, of its security profile.
type SecurityMode uint8

// The modes; deviceSecurityMode numbers them from 1.
const (
	NonSecure     SecurityMode = iota // SIP over TCP
	Authenticated                     // SIP by TLS (without encryption, which is not simulated)
	Encrypted                         // SIP by TLS, and calls encrypted
)

// ByTLS reports whether a phone in this mode registers by TLS.
func (m SecurityMode) ByTLS() bool { return m != NonSecure }

// securityModes are as files and people call them.
var securityModes = [...]string{NonSecure: "non secure", Authenticated: "authenticated", Encrypted: "encrypted"}

func (m SecurityMode) String() string { return securityModes[m] }

// SecurityModes are all, in the order of their numbers.
func SecurityModes() []SecurityMode { return []SecurityMode{NonSecure, Authenticated, Encrypted} }

// security is the mode that a file says; one that it does not know counts as none.
func (t text) security() SecurityMode {
	if n := t.number(1); n <= len(securityModes) {
		return SecurityMode(n - 1)
	}
	return NonSecure
}

// Settings are the settings that a phone which lost its trust does not change
// any more (M5).
type Settings struct {
	SettingsAccess bool // the settings menu is open, not restricted or disabled
	WebAccess      bool // it shows its web pages
	SSHAccess      bool // it takes logins by SSH
	SpanToPCPort   bool // it copies its traffic to the PC port
}

// configXML is the part of the file that matters here.
type configXML struct {
	XMLName       xml.Name
	Load          text      `xml:"loadInformation"`
	TVS           members   `xml:"TVS>members>member"`
	CallManagers  members   `xml:"devicePool>callManagerGroup>members>member"`
	DefaultGroup  members   `xml:"callManagerGroup>members>member"` // of a default file
	Directory     text      `xml:"secureDirectoryURL"`
	Vendor        vendorXML `xml:"vendorConfig"`
	FullConfig    text      `xml:"fullConfig"`
	EncrConfig    text      `xml:"encrConfig"`
	CertHash      text      `xml:"certHash"`
	SecurityMode  text      `xml:"deviceSecurityMode"`
	Transport     text      `xml:"transportLayerProtocol"`
	CAPFAuthMode  text      `xml:"capfAuthMode"`
	Protocol      text      `xml:"deviceProtocol"`
	IPAddressMode text      `xml:"ipAddressMode"`
}

// The roots of a phone's own file and of the default one.
const (
	ownRoot     = "device"
	defaultRoot = "Default"
)

// member of either list of servers; each list uses its own two elements.
type member struct {
	Priority text `xml:"priority,attr"`
	Port     text `xml:"port"`
	Address  text `xml:"address"`
	SIPPort  text `xml:"callManager>ports>sipPort"`
	TLSPort  text `xml:"callManager>ports>securedSipPort"`
	Name     text `xml:"callManager>processNodeName"`
}

// text of an element, with the blanks around it. Numbers are text too: a phone
// does not lose its configuration over one that cannot be read.
type text string

func (t text) trim() string { return strings.TrimSpace(string(t)) }

// hash is a checksum in hexadecimal, of at most twenty bytes; "" where it is none.
func (t text) hash() string {
	sum := strings.ToLower(t.trim())
	if len(sum) > 40 || strings.Trim(sum, "0123456789abcdef") != "" {
		return ""
	}
	return sum
}

func (t text) is(value string) bool { return strings.EqualFold(t.trim(), value) }

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
	root := x.XMLName.Local
	if root != ownRoot && root != defaultRoot {
		line, column := dec.InputPos()
		const problem = "configuration, line %d column %d: the root element is <%.64s>, neither <%s> nor <%s>"
		return nil, fmt.Errorf(problem, line, column, root, ownRoot, defaultRoot)
	}
	c := &Config{
		Load:      x.Load.trim(),
		Directory: x.Directory.trim(),
		Settings:  Settings(x.Vendor),
		Default:   root == defaultRoot,
		Stub:      x.EncrConfig.is("true") && x.FullConfig.is("false"),
		CertHash:  x.CertHash.hash(),
		Security:  x.SecurityMode.security(),
	}
	if c.Default {
		x.CallManagers = x.DefaultGroup
	}
	c.TVS = x.TVS.servers(verifiers, &c.Ignored)
	kind := callManagers
	if c.Security.ByTLS() {
		kind = callManagersByTLS
	}
	c.CallManagers = x.CallManagers.servers(kind, &c.Ignored)
	c.Ignored = append(c.Ignored, x.ignored()...)
	if c.Directory == "" && len(c.CallManagers) > 0 {
		// Firmware 9.3(3) and later opens Application:Cisco/CorporateDirectory at
		// the first call manager of its group, port 8443 (technote 118699).
		host, _, _ := net.SplitHostPort(c.CallManagers[0])
		c.Directory = DirectoryURL(host, strconv.Itoa(DirectoryPort))
	}
	return c, nil
}

// VersionStamp is the stamp of a plain file, "" where it has none. It is no part of
// [Config], since files that differ in nothing else differ in it.
func VersionStamp(data []byte) string {
	_, rest, _ := bytes.Cut(data, []byte("<versionStamp>"))
	stamp, _, ok := bytes.Cut(rest, []byte("</versionStamp>"))
	if !ok {
		return ""
	}
	return string(bytes.TrimSpace(stamp))
}

type members []member

// kind is one of the two lists of servers.
type kind struct {
	name          string
	most, longest int // members, characters of an address
	port          int // the standard one
	of            func(member) (host, port text)
}

var (
	verifiers = kind{"TVS members", MaxTVS, MaxTVSAddress, tvs.Port,
		func(m member) (host, port text) { return m.Address, m.Port }}
	callManagers = kind{"call managers", MaxCallManagers, math.MaxInt, sip.Port,
		func(m member) (host, port text) { return m.Name, m.SIPPort }}
	callManagersByTLS = kind{"call managers", MaxCallManagers, math.MaxInt, sip.TLSPort,
		func(m member) (host, port text) { return m.Name, m.TLSPort }}
)

// servers gives the addresses of the members, by priority, and notes those that a
// phone does not take.
func (ms members) servers(k kind, ignored *[]string) []string {
	slices.SortStableFunc(ms, func(a, b member) int { return cmp.Compare(a.Priority.number(0), b.Priority.number(0)) })
	var servers []string
	long, more := 0, 0
	for _, m := range ms {
		host, own := k.of(m)
		switch h := host.trim(); {
		case h == "":
		case len(h) > k.longest:
			long++
		case len(servers) == k.most:
			more++
		default:
			servers = append(servers, net.JoinHostPort(h, strconv.Itoa(own.number(k.port))))
		}
	}
	if long > 0 {
		note := fmt.Sprintf("%s: %d with an address of more than %d characters", k.name, long, k.longest)
		*ignored = append(*ignored, note)
	}
	if more > 0 {
		*ignored = append(*ignored, fmt.Sprintf("%s: %d beyond the first %d", k.name, more, k.most))
	}
	return servers
}

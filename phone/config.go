package phone

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// MaxTVS is how many TVS members a phone takes from its configuration: priority
// 0 to 4 (documentation of an independent implementation).
const MaxTVS = 5

// A Config is what the phone's trust makes of a configuration file
// (SEP<MAC>.cnf.xml). It never changes once parsed.
type Config struct {
	VersionStamp string
	Load         string
	TVS          []string // host:port by priority
	CallManagers []string // host:port by priority
	Settings     Settings
}

// Settings are the settings that a phone which lost its trust does not change
// any more (M5).
type Settings struct {
	SettingsAccess bool
	WebAccess      bool
	SSHAccess      bool
	SpanToPCPort   bool
}

// configXML is the part of the file that matters here. webAccess, sshAccess and
// spanToPCPort are inverted in the file: 0 enables.
type configXML struct {
	XMLName      xml.Name `xml:"device"`
	VersionStamp string   `xml:"versionStamp"`
	Load         string   `xml:"loadInformation"`
	TVS          []member `xml:"TVS>members>member"`
	CallManagers []member `xml:"devicePool>callManagerGroup>members>member"`

	SettingsAccess string `xml:"vendorConfig>settingsAccess"`
	WebAccess      string `xml:"vendorConfig>webAccess"`
	SSHAccess      string `xml:"vendorConfig>sshAccess"`
	SpanToPCPort   string `xml:"vendorConfig>spanToPCPort"`
}

// member of either list of servers; each list uses its own two elements.
type member struct {
	Priority int    `xml:"priority,attr"`
	Port     int    `xml:"port"`
	Address  string `xml:"address"`
	SIPPort  int    `xml:"callManager>ports>sipPort"`
	Name     string `xml:"callManager>processNodeName"`
}

func byPriority(a, b member) int { return cmp.Compare(a.Priority, b.Priority) }

// ParseConfig reads a plain configuration file. What it does not know is
// ignored, what is missing has the phone's default: settings access on, the
// rest off, the standard ports.
func ParseConfig(data []byte) (*Config, error) {
	var x configXML
	dec := xml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&x); err != nil {
		line, column := dec.InputPos()
		return nil, fmt.Errorf("configuration, line %d column %d: %w", line, column, err)
	}
	c := &Config{VersionStamp: x.VersionStamp, Load: x.Load, Settings: Settings{
		SettingsAccess: strings.TrimSpace(x.SettingsAccess) != "0",
		WebAccess:      strings.TrimSpace(x.WebAccess) == "0",
		SSHAccess:      strings.TrimSpace(x.SSHAccess) == "0",
		SpanToPCPort:   strings.TrimSpace(x.SpanToPCPort) == "0",
	}}
	slices.SortStableFunc(x.TVS, byPriority)
	slices.SortStableFunc(x.CallManagers, byPriority)
	for _, m := range x.TVS {
		if m.Address != "" && len(c.TVS) < MaxTVS {
			c.TVS = append(c.TVS, hostPort(m.Address, m.Port, 2445))
		}
	}
	for _, m := range x.CallManagers {
		if m.Name != "" {
			c.CallManagers = append(c.CallManagers, hostPort(m.Name, m.SIPPort, 5060))
		}
	}
	return c, nil
}

func hostPort(host string, port, standard int) string {
	if port == 0 {
		port = standard
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

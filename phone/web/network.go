package web

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/sip"
)

// network88 is the network page of 7800s and 8800s (88xx network page; 7800 and
// 8800 guide).
var network88 = []row{
	{label: "MAC address", value: (*shown).mac},
	{label: "Host name", value: (*shown).host},
	{label: "Domain name", value: none},
	{label: "DHCP server", value: (*shown).router},
	{label: "BOOTP server", value: no},
	{label: "DHCP", value: yes},
	{label: "IP address", value: (*shown).ip},
	{label: "Subnet mask", value: mask},
	{label: "Default router", value: (*shown).router},
	{label: "DNS server 1", value: (*shown).router},
	{label: "DNS server 2", value: none},
	{label: "DNS server 3", value: none},
	{label: "Alternate TFTP", value: (*shown).alternateTFTP},
	{label: "TFTP server 1", value: tftp(1)},
	{label: "TFTP server 2", value: tftp(2)},
	{label: "DHCP address released", value: no},
	{label: "Operational VLAN ID", value: none},
	{label: "Admin VLAN ID", value: none},
	{label: "CUCM server1", value: callManager(1)},
	{label: "CUCM server2", value: callManager(2)},
	{label: "CUCM server3", value: callManager(3)},
	{label: "CUCM server4", value: callManager(4)},
	{label: "CUCM server5", value: callManager(5)},
	{label: "Information URL", value: none},
	{label: "Directories URL", value: (*shown).directory},
	{label: "Messages URL", value: none},
	{label: "Services URL", value: none},
	{label: "Idle URL", value: none},
	{label: "Idle URL time", value: zero},
	{label: "Proxy server URL", value: none},
	{label: "Authentication URL", value: none},
	{label: "SW port setup", value: fixed("Auto negotiate")},
	{label: "PC port setup", value: fixed("Auto negotiate")},
	{label: "PC port disabled", value: no},
	{label: "User locale", value: locale},
	{label: "Network locale", value: country},
	{label: "User locale version", value: none},
	{label: "Network locale version", value: none},
	{label: "Speaker enabled", value: yes},
	{label: "GARP enabled", value: no},
	{label: "Span to PC port", value: (*shown).span},
	{label: "Video capability enabled", value: no},
	{label: "Voice VLAN enabled", value: yes},
	{label: "PC VLAN", value: none},
	{label: "Auto line select enabled", value: no},
	{label: "DSCP for call control", value: dscp},
	{label: "DSCP for configuration", value: dscp},
	{label: "DSCP for services", value: fixed("Default")},
	{label: "Security mode", value: (*shown).securityMode},
	{label: "Web access enabled", value: (*shown).webAccess},
	{label: "SSH access enabled", value: (*shown).sshAccess},
	{label: "CDP: SW Port", value: yes},
	{label: "CDP: PC Port", value: yes},
	{label: "LLDP-MED: SW Port", value: yes},
	{label: "LLDP: PC Port", value: yes},
	{label: "LLDP Power Priority", value: fixed("Unknown")},
	{label: "LLDP Asset ID", value: none},
	{label: "CTL file", value: func(p *shown) string { return checksum(p.Flash.Lists.CTL) }},
	{label: "ITL file", value: (*shown).itlFile},
	{label: "ITL signature", value: func(p *shown) string { return checksum(p.Flash.Lists.ITL) }},
	{label: "CAPF server", value: named(1, itl.CAPF)},
	{label: "TVS", value: named(1, itl.TVS)},
	{label: "TFTP server", value: named(1, itl.TFTP, itl.CCMTFTP)},
	{label: "TFTP server", value: named(2, itl.TFTP, itl.CCMTFTP)},
	{label: "Automatic port synchronization", value: no},
	{label: "Switch port remote configuration", value: no},
	{label: "PC port remote configuration", value: no},
	{label: "IP addressing mode", value: fixed("IPv4 Only")},
	{label: "IP preference mode control", value: fixed("IPv4")},
	{label: "IP preference mode for media", value: fixed("IPv4")},
	{label: "IPv6 auto configuration", value: yes},
	{label: "IPv6 duplicate address protection", value: yes},
	{label: "IPv6 accept redirect message", value: no},
	{label: "IPv6 reply multicast echo request", value: no},
	{label: "IPv6 load server", value: none},
	{label: "IPv6 log server", value: none},
	{label: "IPv6 CAPF server", value: none},
	{label: "DHCPv6", value: yes},
	{label: "IPv6 address", value: none},
	{label: "IPv6 prefix length", value: zero},
	{label: "IPv6 default router", value: none},
	{label: "IPv6 DNS server 1", value: none},
	{label: "IPv6 DNS server 2", value: none},
	{label: "IPv6 Alternate TFTP", value: no},
	{label: "IPv6 TFTP server 1", value: none},
	{label: "IPv6 TFTP server 2", value: none},
	{label: "IPv6 address released", value: no},
	{label: "EnergyWise power level", value: zero},
	{label: "EnergyWise domain", value: none},
	{label: "DF_BIT", value: zero},
}

// network79 is the network page of 7900s (7941 network page), in the order of
// the XML, whose elements all families share (scrapers). Neither has anything of
// trust lists: a script that deletes lists cannot look at a 7965's first.
var network79 = []row{
	{"DHCP Server", "DHCPServer", (*shown).router},
	{"BOOTP Server", "BOOTPServer", no},
	{"MAC Address", "MACAddress", (*shown).mac},
	{"Host Name", "HostName", (*shown).host},
	{"Domain Name", "DomainName", none},
	{"IP Address", "IPAddress", (*shown).ip},
	{"Subnet Mask", "SubNetMask", mask},
	{"TFTP Server 1", "TFTPServer1", tftp(1)},
	{"Default Router 1", "DefaultRouter1", (*shown).router},
	{"Default Router 2", "DefaultRouter2", none},
	{"Default Router 3", "DefaultRouter3", none},
	{"Default Router 4", "DefaultRouter4", none},
	{"Default Router 5", "DefaultRouter5", none},
	{"DNS Server 1", "DNSServer1", (*shown).router},
	{"DNS Server 2", "DNSServer2", none},
	{"DNS Server 3", "DNSServer3", none},
	{"DNS Server 4", "DNSServer4", none},
	{"DNS Server 5", "DNSServer5", none},
	{"Operational VLAN Id", "VLANId", none},
	{"Admin. VLAN Id", "AdminVLANId", none},
	{"Unified CM 1", "CallManager1", callManager(1)},
	{"Unified CM 2", "CallManager2", callManager(2)},
	{"Unified CM 3", "CallManager3", callManager(3)},
	{"Unified CM 4", "CallManager4", callManager(4)},
	{"Unified CM 5", "CallManager5", callManager(5)},
	{"Information URL", "InformationURL", none},
	{"Directories URL", "DirectoriesURL", (*shown).directory},
	{"Messages URL", "MessagesURL", none},
	{"Services URL", "ServicesURL", none},
	{"DHCP", "DHCPEnabled", yes},
	{"DHCP Address Released", "DHCPAddressReleased", no},
	{"Alternate TFTP", "AltTFTP", (*shown).alternateTFTP},
	{"Forwarding Delay", "ForwardingDelay", no},
	{"Idle URL", "IdleURL", none},
	{"Idle URL Time", "IdleURLTime", zero},
	{"Proxy Server URL", "ProxyServerURL", none},
	{"Authentication URL", "AuthenticationURL", none},
	{"SW Port Configuration", "SWPortCfg", fixed("Auto Negotiate")},
	{"PC Port Configuration", "PCPortCfg", fixed("Auto Negotiate")},
	{"TFTP Server 2", "TFTPServer2", tftp(2)},
	{"User Locale", "UserLocale", locale},
	{"Network Locale", "NetworkLocale", country},
	{"Headset Enabled", "HeadsetEnable", yes},
	{"User Locale Version", "UserLocaleVersion", fixed("Built-In")},
	{"Network Locale Version", "NetworkLocaleVersion", fixed("Built-In")},
	{"PC Port Disabled", "PCPortDisable", no},
	{"Speaker Enabled", "SpeakerEnable", yes},
	{"GARP Enabled", "GARP", yes},
	{"Video Capability Enabled", "VideoCapability", no},
	{"Voice VLAN Enabled", "VoiceVlanAccess", yes},
	{"Auto Line Select Enabled", "AutoSelectLine", no},
	{"DSCP For Call Control", "DscpForCallControl", dscp},
	{"DSCP For Configuration", "DscpForConfiguration", dscp},
	{"DSCP For Services", "DscpForServices", fixed("Default")},
	{"Security Mode", "SecurityMode", (*shown).securityMode},
	{"Web Access Enabled", "WebAccess", (*shown).webAccess},
	{"Span to PC Port", "SpanPcPort", (*shown).span},
	{"PC VLAN", "PCVlan", none},
	{"CDP: PC Port", "CDPPCPort", yes},
	{"CDP: SW Port", "CDPSWPort", yes},
	{"LLDP-MED: SW Port", "LLDPSWPort", yes},
	{"LLDP: PC Port", "LLDPPCPort", yes},
	{"LLDP Power Priority", "lldpPowerPriority", fixed("Unknown")},
	{"LLDP Asset ID", "lldpAssetId", none},
	{element: "portAutoLinkSync", value: no},
	{element: "swPortRemoteConfig", value: no},
	{element: "pcPortRemoteConfig", value: no},
	{element: "IPAddressingMode", value: fixed("IPv4 Only")},
	{element: "IPPreferenceMode", value: fixed("IPv4")},
	{"SSH Access Enabled", "SSHAccess", (*shown).sshAccess},
	{element: "EnergywiseDomain", value: none},
	{element: "EnergywisePowerLevel", value: zero},
}

var (
	mask    = fixed(net.IP(net.CIDRMask(networkBits, 32)).String())
	locale  = fixed("English_United_States")
	country = fixed("United_States")
	dscp    = fixed("CS3")
)

// networkBits of a phone's address are its network's.
const networkBits = 16

func (p *shown) ip() string { return p.IP.String() }

// router is the first address of the phone's network.
func (p *shown) router() string {
	if !p.IP.Is4() {
		return ""
	}
	return netip.PrefixFrom(p.IP, networkBits).Masked().Addr().Next().String()
}

func (p *shown) alternateTFTP() string { return yesNo(p.AlternateTFTP) }

func yesNo(is bool) string {
	if is {
		return "Yes"
	}
	return "No"
}

// tftp is the n-th TFTP server. Pages show no ports.
func tftp(n int) func(*shown) string {
	return func(p *shown) string {
		if n > len(p.Servers) {
			return ""
		}
		return hostOf(p.Servers[n-1])
	}
}

func hostOf(server string) string {
	if host, _, err := net.SplitHostPort(server); err == nil {
		return host
	}
	return server
}

// callManager is the n-th call manager with what it is to the phone: two blanks
// are between them (8851 page).
func callManager(n int) func(*shown) string {
	return func(p *shown) string {
		c := p.Flash.Config
		if c == nil || n > len(c.CallManagers) {
			return ""
		}
		server := c.CallManagers[n-1]
		switch active := slices.Index(c.CallManagers, p.CallManager); {
		case active < 0:
			return hostOf(server)
		case n-1 == active:
			return hostOf(server) + "  Active"
		case n-1 == standby(active):
			return hostOf(server) + "  Standby"
		}
		return hostOf(server)
	}
}

// standby is the call manager that a phone turns to when the active one fails:
// the first other one.
func standby(active int) int {
	if active == 0 {
		return 1
	}
	return 0
}

func (p *shown) directory() string {
	if p.Flash.Config == nil {
		return ""
	}
	return p.Flash.Config.Directory
}

func (p *shown) span() string {
	return yesNo(p.Flash.Config != nil && p.Flash.Config.Settings.SpanToPCPort)
}
func (p *shown) webAccess() string {
	return yesNo(p.Flash.Config != nil && p.Flash.Config.Settings.WebAccess)
}
func (p *shown) sshAccess() string {
	return yesNo(p.Flash.Config != nil && p.Flash.Config.Settings.SSHAccess)
}

// securityMode is the Device Security Mode of the configuration. How a page spells
// one with TLS is this project's choice.
func (p *shown) securityMode() string {
	mode := cnf.NonSecure
	if c := p.Flash.Config; c != nil {
		mode = c.Security
	}
	said := mode.String()
	return strings.ToUpper(said[:1]) + said[1:]
}

// checksum is a list's signature as DeviceTLInfo spells it: a script compares
// the cell, the last blank too, with what it expects (scrapers). That a CTL is
// shown likewise is this project's own choice: the guides say "hash".
func checksum(l *itl.List) string {
	if l == nil {
		return (*sip.Checksum)(nil).String()
	}
	sum := sip.Checksum(l.SHA1())
	return sum.String()
}

// itlFile has words of this project's own choice.
func (p *shown) itlFile() string {
	if p.Flash.Lists.ITL == nil {
		return "Not Installed"
	}
	return "Installed"
}

// named is the name in the n-th record of such a role, in the ITL or else in the
// CTL. That a TVS is shown by its certificate's name is from the 8851 page.
func named(n int, roles ...itl.Role) func(*shown) string {
	return func(p *shown) string {
		for _, l := range []*itl.List{p.Flash.Lists.ITL, p.Flash.Lists.CTL} {
			if l == nil {
				continue
			}
			if records := l.With(roles...); n <= len(records) {
				return itl.CommonName(records[n-1].Subject)
			}
		}
		return ""
	}
}

package phone

import (
	"net/netip"

	"itlsim/itl"
	"itlsim/sip"
)

// Alarm is what a phone that holds these lists reports.
func Alarm(device string, ip netip.Addr, lists Lists) sip.DeviceTLInfo {
	a := sip.DeviceTLInfo{Device: device, IPv4: ip}
	a.CTL, a.CTLServer = reported(lists.CTL)
	a.ITL, a.ITLServer = reported(lists.ITL)
	return a
}

func reported(l *itl.List) (*sip.Checksum, string) {
	if l == nil {
		return nil, ""
	}
	sum := sip.Checksum(l.SHA1())
	servers := l.With(itl.TFTP, itl.CCMTFTP)
	if len(servers) == 0 {
		return &sum, ""
	}
	return &sum, itl.CommonName(servers[0].Subject)
}

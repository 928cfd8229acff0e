package phone

import (
	"net/netip"

	"itlsim/itl"
	"itlsim/sip"
)

// Alarm is what a phone that holds these lists reports, with what came of them.
func Alarm(device string, ip netip.Addr, lists Lists, code sip.TLCode) sip.DeviceTLInfo {
	a := sip.DeviceTLInfo{Device: device, IPv4: ip, Code: code}
	a.CTL, a.CTLServer = reported(lists.CTL)
	a.ITL, a.ITLServer = reported(lists.ITL)
	return a
}

// alarm is Alarm, whose part about the lists phones share.
func (l *Library) alarm(device string, ip netip.Addr, lists Lists, code sip.TLCode) sip.DeviceTLInfo {
	a, _ := remember(l, &l.alarms, lists, func() (sip.DeviceTLInfo, error) {
		return Alarm("", netip.Addr{}, lists, 0), nil
	})
	a.Device, a.IPv4, a.Code = device, ip, code
	return a
}

// tlCode is what came of the trust lists in the boot that is under way. What each
// number of error messages 14 stands for where that leaves it open is this project's
// reading. A 7821's log has 3 without a CTL, after an ITL that replaced another too.
func (p *Phone) tlCode() sip.TLCode {
	b, lists := p.boot, p.flash.Lists
	switch {
	case b.held && b.ctl == listRefused && b.itl == listTaken:
		return sip.TLOnlyITL
	case b.held && b.itl == listRefused && b.ctl == listTaken:
		return sip.TLOnlyCTL
	case b.held && (b.ctl == listRefused || b.itl == listRefused):
		return sip.TLFailed
	case b.ctl == listUnanswered || b.itl == listUnanswered:
		return sip.TLNoServer
	case !lists.Installed():
		return sip.TLNoneYet
	case lists.CTL == nil:
		return sip.TLNewITL
	case b.held:
		return sip.TLUpdated
	case lists.ITL == nil:
		return sip.TLNewCTL
	}
	return sip.TLNewBoth
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

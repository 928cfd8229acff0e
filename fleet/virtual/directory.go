package virtual

import (
	"cmp"
	"net"
	"net/url"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// open has a phone reach an HTTPS service, as far as its certificate, or read
// the page.
func (f *Fleet) open(e event) {
	var seq uint32
	var address string
	a, opens := e.what.(phone.OpenService)
	if opens {
		seq, address = a.Seq, a.URL
	} else {
		r := e.what.(phone.ReadService)
		seq, address = r.Seq, r.URL
	}
	var n *node
	if u, err := url.Parse(address); err == nil {
		_, n = f.at(net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")))
	}
	took, err := f.reach(e.phone, n, cucm.TomcatService, fleet.DefaultLimits.HTTPTimeout)
	answer := event{at: e.at + int64(took), phone: e.phone, kind: deliver}
	switch {
	case err != nil:
		answer.what = phone.ServiceFailed{Seq: seq, Err: err}
	case opens:
		answer.what = phone.ServiceShown{Seq: seq, Certificate: n.Shown(cucm.Tomcat).Certificate.Raw}
	default:
		answer.what = phone.ServiceRead{Seq: seq} // the phone shows that there is a page, not what is in it
	}
	f.queue.push(answer)
}

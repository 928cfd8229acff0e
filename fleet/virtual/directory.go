package virtual

import (
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
)

// openPage has a phone reach an HTTPS service, as far as its certificate.
func (f *Fleet) openPage(t task, a phone.OpenService) {
	n, took, err := f.service(t.phone, a.URL, network.Opening+network.Handshake)
	var certificate []byte
	if err == nil {
		certificate = n.Shown(cucm.Tomcat).Certificate.Raw
	}
	f.answer(t.phone, t.at+int64(took), a, fleet.OpenAnswer(a, certificate, err))
}

// readPage has a phone read the page. What is in it does not matter: the phone shows
// only that there is one.
func (f *Fleet) readPage(t task, a phone.ReadService) {
	_, took, err := f.service(t.phone, a.URL, network.Exchange)
	f.answer(t.phone, t.at+int64(took), a, fleet.ReadAnswer(a, nil, err))
}

// service finds the node of an HTTPS service, and how long so many flights take.
func (f *Fleet) service(i uint32, url string, flights int) (n *node, took time.Duration, err error) {
	_, server, err := fleet.ParseServiceURL(url)
	if err != nil {
		return nil, 0, err
	}
	_, n = f.nodeAt(server)
	took, err = f.exchange(i, n, cucm.TomcatService, flights, fleet.HTTPTimeout)
	if err == nil && !f.agree(i, n) {
		err = errOldTLS
	}
	return n, took, err
}

package virtual

import (
	"crypto/tls"
	"net"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
	"itlsim/tvs"
)

// handshake is a certificate that a server shows to a phone which holds these lists. All such
// phones judge it alike, so it is judged once.
type handshake struct {
	server string
	lists  phone.Lists
	shown  *cucm.Certificate
}

// maxHandshakes bounds how many are remembered. Clusters serve few lists, but
// somebody in the middle may serve many.
const maxHandshakes = 256

// authenticated has a phone judge a TVS's certificate. The error is a
// [*tvs.MismatchError].
func (f *Fleet) authenticated(a phone.AskTVS, shown *cucm.Certificate) error {
	h := handshake{a.Server, a.Lists, shown}
	refused, known := f.handshakes[h]
	if !known {
		if len(f.handshakes) >= maxHandshakes {
			clear(f.handshakes)
		}
		if why := a.Authenticate(shown.Certificate.Raw); why != nil {
			refused = &tvs.MismatchError{Peer: a.Server, Certificate: shown.Certificate.Raw, Reason: why}
		}
		f.handshakes[h] = refused
	}
	return refused
}

// errOldTLS is what a phone hears that speaks no TLS which a node takes: alert 70.
var errOldTLS = &net.OpError{Op: "remote error", Err: tls.AlertError(70)}

// agree reports whether a phone and a node have a version of TLS in common.
func (f *Fleet) agree(i uint32, n *node) bool {
	return n.TakesTLS(f.slots[i].phone.Profile().NewestTLS())
}

// reachTVS has a phone reach a TVS. It judges the certificate in the handshake;
// the answer comes when the TVS has done all handshakes before this one.
func (f *Fleet) reachTVS(t task, a phone.AskTVS) {
	_, n := f.nodeAt(a.Server)
	net, stats := f.between(t.phone, n, cucm.TVSService), &f.traffic.TVS
	silent := func(after time.Duration, during string, err error) {
		err = &tvs.UnreachableError{Peer: a.Server, During: during, Err: err}
		f.answer(t.phone, t.at+int64(after), a, fleet.TVSAnswer(a, tvs.Answer{}, err))
	}
	took, err := f.exchange(t.phone, n, cucm.TVSService, network.Opening+network.Exchange, fleet.TVSTimeout)
	if err != nil {
		silent(took, "connecting", err)
		return
	}
	if !f.agree(t.phone, n) {
		stats.Failed++
		silent(took, "handshake", errOldTLS)
		return
	}
	answer := task{at: t.at + int64(took), phone: t.phone, op: reachPhone}
	if err := f.authenticated(a, n.Shown(cucm.TVSUnit)); err != nil {
		stats.Failed++
		answer.what = fleet.TVSAnswer(a, tvs.Answer{}, err)
		f.answerByNetwork(answer, a)
		return
	}
	// what this phone waits for lost segments keeps it from its turn, and the TVS from nobody
	work := int64(time.Second) / int64(max(1, net.Handshakes))
	free := max(n.free, t.at+int64(min(took, net.lossless(network.Opening+network.Exchange)))) + work
	done := max(free, answer.at+work)
	rest := net.flights(&f.slots[t.phone].chance, network.Handshake) // but for its first exchange; and the question's
	switch late := time.Duration(done - t.at); {
	case rest > fleet.TVSTimeout:
		silent(fleet.TVSTimeout, "handshake", errLost)
		return
	case late+rest > fleet.TVSTimeout:
		silent(fleet.TVSTimeout, "handshake", errNoAnswer)
		return
	}
	n.free = free
	stats.Handshakes++
	request := a.Request()
	if request.Command == tvs.QueryRequest {
		stats.Queries++
	} else {
		stats.Verifies++
	}
	answer.at = done + int64(rest+net.Check)
	answer.what = fleet.TVSAnswer(a, n.AnswerTVS(request), nil)
	f.answerByNetwork(answer, a)
}

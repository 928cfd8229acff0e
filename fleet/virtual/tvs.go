package virtual

import (
	"time"

	"itlsim/cucm"
	"itlsim/phone"
	"itlsim/tvs"
)

// handshake is a certificate shown to a phone that holds these lists: what comes
// of it cannot differ between phones.
type handshake struct {
	lists phone.Lists
	shown *cucm.Certificate
}

// maxHandshakes bounds how many are remembered: clusters serve few lists, and
// somebody between them and the phones may serve many.
const maxHandshakes = 256

func (f *Fleet) authenticated(a phone.AskTVS, shown *cucm.Certificate) bool {
	h := handshake{a.Lists, shown}
	ok, known := f.handshakes[h]
	if !known {
		if len(f.handshakes) >= maxHandshakes {
			clear(f.handshakes)
		}
		ok = a.Authenticate(shown.Certificate.Raw) == nil
		f.handshakes[h] = ok
	}
	return ok
}

// asked has a phone reach a TVS: the certificate is the handshake's, the answer
// comes when those before it have theirs.
func (f *Fleet) asked(e event) {
	a, s, net := e.what.(phone.AskTVS), &f.slots[e.phone], &f.config.Network
	_, n := f.at(a.Server)
	silent := func(after time.Duration, err error) {
		f.tally.TVSSilent.Add(1)
		f.queue.push(event{at: e.at + int64(after), phone: e.phone, kind: deliver, what: phone.TVSSilent{Seq: a.Seq, Err: &tvs.UnreachableError{Peer: a.Server, During: "connecting", Err: err}}})
	}
	took, err := f.reach(e.phone, n, cucm.TVSService, tvsTimeout)
	if err != nil {
		silent(took, err)
		return
	}
	stats := &f.traffic.TVS
	at := e.at + int64(took)
	if !f.authenticated(a, n.Shown(cucm.TVSUnit)) {
		f.tally.TVSStrange.Add(1)
		stats.Failed++
		f.answer(s, event{at: at, phone: e.phone, kind: deliver, what: phone.TVSStrange{Seq: a.Seq}})
		return
	}
	free := max(n.free, at) + int64(time.Second)/int64(max(1, net.Handshakes))
	if time.Duration(free-e.at) > tvsTimeout {
		silent(tvsTimeout, errBusy)
		return
	}
	n.free = free
	stats.Handshakes++
	if a.Request.Command == tvs.QueryRequest {
		stats.Queries++
	} else {
		stats.Verifies++
	}
	f.answer(s, event{at: free + int64(net.Check), phone: e.phone, kind: deliver, what: phone.TVSAnswered{Seq: a.Seq, Answer: n.AnswerTVS(a.Request)}})
}

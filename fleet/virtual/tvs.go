package virtual

import (
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
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

// authenticated has a phone judge a TVS's certificate. The error is a
// [*tvs.MismatchError].
func (f *Fleet) authenticated(a phone.AskTVS, shown *cucm.Certificate) error {
	h := handshake{a.Lists, shown}
	refused, known := f.handshakes[h]
	if !known {
		if len(f.handshakes) >= maxHandshakes {
			clear(f.handshakes)
		}
		refused = a.Authenticate(shown.Certificate.Raw)
		f.handshakes[h] = refused
	}
	if refused != nil {
		return &tvs.MismatchError{Peer: a.Server, Certificate: shown.Certificate.Raw, Reason: refused}
	}
	return nil
}

// asked has a phone reach a TVS: the certificate is the handshake's, the answer
// comes when those before it have theirs.
func (f *Fleet) asked(e event) {
	a, s, net := e.what.(phone.AskTVS), &f.slots[e.phone], &f.config.Network
	_, n := f.at(a.Server)
	silent := func(after time.Duration, err error) {
		err = &tvs.UnreachableError{Peer: a.Server, During: "connecting", Err: err}
		f.answer(e.phone, e.at+int64(after), fleet.TVSAnswer(a, tvs.Answer{}, err))
	}
	took, err := f.reach(e.phone, n, cucm.TVSService, fleet.TVSTimeout)
	if err != nil {
		silent(took, err)
		return
	}
	stats := &f.traffic.TVS
	at := e.at + int64(took)
	if err := f.authenticated(a, n.Shown(cucm.TVSUnit)); err != nil {
		stats.Failed++
		f.deliver(s, event{at: at, phone: e.phone, kind: deliver, what: fleet.TVSAnswer(a, tvs.Answer{}, err)})
		return
	}
	free := max(n.free, at) + int64(time.Second)/int64(max(1, net.Handshakes))
	if time.Duration(free-e.at) > fleet.TVSTimeout {
		silent(fleet.TVSTimeout, errBusy)
		return
	}
	n.free = free
	stats.Handshakes++
	if a.Request.Command == tvs.QueryRequest {
		stats.Queries++
	} else {
		stats.Verifies++
	}
	f.deliver(s, event{at: free + int64(net.Check), phone: e.phone, kind: deliver, what: fleet.TVSAnswer(a, n.AnswerTVS(a.Request), nil)})
}

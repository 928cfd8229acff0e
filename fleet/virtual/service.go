package virtual

import (
	"errors"
	"net"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// node is a cluster's node with what its services have to do.
type node struct {
	*cucm.Node
	cluster *cucm.Cluster
	host    string
	up      map[cucm.Service]bool
	serving int     // transfers under way
	waiting []event // requests, in the order of arrival
	free    int64   // when its TVS has done all handshakes so far
}

func (f *Fleet) node(cn *cucm.Node) *node {
	for _, n := range f.nodes {
		if n.Node == cn {
			return n
		}
	}
	return nil
}

// at finds a node by the address of a service, host:port; nil where there is none.
func (f *Fleet) at(address string) (uint8, *node) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return 0, nil
	}
	for i, n := range f.nodes {
		if n.host == host {
			return uint8(i), n
		}
	}
	return 0, nil
}

// Start makes a service answer (cucm.Network).
func (f *Fleet) Start(n *cucm.Node, s cucm.Service) error { return f.turn(n, s, true) }

// Stop makes a service silent; transfers under way may finish (cucm.Network).
func (f *Fleet) Stop(n *cucm.Node, s cucm.Service) error { return f.turn(n, s, false) }

func (f *Fleet) turn(cn *cucm.Node, s cucm.Service, up bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.node(cn)
	n.up[s] = up
	if s == cucm.CallManagerService {
		if !up {
			f.forget(n)
		}
		f.renew()
	}
	return nil
}

// cut is a partition: phones from one to another do not reach a node.
type cut struct {
	node     *node
	from, to int
}

// Cut parts the phones from one index to before another from a node, both ways.
func (f *Fleet) Cut(n *cucm.Node, from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cuts = append(f.cuts, cut{f.node(n), from, to})
	f.renew()
}

// Heal ends all cuts and gives the network other properties.
func (f *Fleet) Heal(n Network) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cuts = nil
	f.disturb(n)
	f.renew()
}

// Disturb gives the network other properties. The phones' own times stay.
func (f *Fleet) Disturb(n Network) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.disturb(n)
}

func (f *Fleet) disturb(n Network) {
	own := f.config.Network
	n.Think, n.Block, n.Update, n.Attach, n.Check, n.Join, n.Spread = own.Think, own.Block, own.Update, own.Attach, own.Check, own.Join, own.Spread
	f.config.Network = n
}

func (f *Fleet) reaches(phone uint32, n *node) bool {
	for _, c := range f.cuts {
		if c.node == n && c.from <= int(phone) && int(phone) < c.to {
			return false
		}
	}
	return true
}

func (f *Fleet) reachesAny(phone uint32) bool {
	if len(f.cuts) == 0 {
		return true
	}
	for _, n := range f.nodes {
		if f.reaches(phone, n) {
			return true
		}
	}
	return false
}

// fetch sends a phone's request, as often as it is lost.
func (f *Fleet) fetch(t *turn, action phone.Action, at int64) {
	a, s := action.(phone.Fetch), &f.slots[t.phone]
	i, n := f.at(a.Server)
	if a.By == phone.HTTP {
		f.queue.push(event{at: at, phone: t.phone, kind: arrive, node: i, what: action})
		return
	}
	lost, ok := f.config.Network.repeated(&s.chance)
	if n == nil || !ok {
		f.tally.Retransmits.Add(sends - 1)
		f.queue.push(event{at: at + int64(sends*timeout), phone: t.phone, kind: deliver, what: phone.NoAnswer{Seq: a.Seq, Err: errNoAnswer}})
		return
	}
	f.tally.Retransmits.Add(uint64(lost))
	arrives := time.Duration(lost)*timeout + f.config.Network.oneWay(&s.chance)
	f.queue.push(event{at: at + int64(arrives), phone: t.phone, kind: arrive, node: i, what: action})
}

// arrived has a request served, or wait until a transfer ends. A phone that has
// waited for as long as it sends the request gives up.
func (f *Fleet) arrived(e event) {
	n, a := f.nodes[e.node], e.what.(phone.Fetch)
	if a.By == phone.HTTP {
		f.connected(e)
		return
	}
	silent := !n.up[cucm.TFTPService] || !f.reaches(e.phone, n)
	if !silent && n.serving < f.config.Network.Serving {
		f.serve(n, e, e.at)
		return
	}
	f.queue.push(event{at: e.at + int64(sends*timeout), phone: e.phone, kind: deliver, what: gaveUp{phone.NoAnswer{Seq: a.Seq}}})
	if silent {
		f.tally.Retransmits.Add(sends - 1)
	} else {
		n.waiting = append(n.waiting, e)
	}
}

// connected has a phone reach the HTTP server of a node's TFTP service, which
// has the same files. What HTTP does not give the phone asks for by TFTP.
func (f *Fleet) connected(e event) {
	a := e.what.(phone.Fetch)
	_, n := f.at(a.Server)
	took, err := f.reach(e.phone, n, cucm.TFTPService, fleet.DefaultLimits.HTTPTimeout)
	if err != nil {
		f.queue.push(event{at: e.at + int64(took), phone: e.phone, kind: deliver, what: phone.NoAnswer{Seq: a.Seq, Err: err}})
		return
	}
	data, err := f.file(e.phone, n, a.Name)
	answer := event{at: e.at + int64(took), phone: e.phone, kind: deliver}
	stats := &f.traffic.HTTP
	switch {
	case errors.Is(err, tftp.ErrNotFound):
		stats.NotFound++
		answer.what = phone.FileNotFound{Seq: a.Seq}
	case err != nil:
		answer.what = phone.NoAnswer{Seq: a.Seq, Err: err}
	case len(data) > itl.MaxFile:
		answer.what = phone.FileTooLarge{Seq: a.Seq, Err: &tftp.TooLargeError{Server: a.Address(), Name: a.Name, Limit: itl.MaxFile}}
	default:
		stats.Files++
		stats.Bytes += uint64(len(data))
		answer.what = phone.FileReceived{Seq: a.Seq, Data: data}
	}
	f.queue.push(answer)
}

// reach draws how long a TCP connection to a service and a question take, or
// until the phone knows that there will be none.
func (f *Fleet) reach(i uint32, n *node, s cucm.Service, limit time.Duration) (time.Duration, error) {
	if n == nil || !f.reaches(i, n) {
		return limit, errCut
	}
	took, ok := f.config.Network.connection(&f.slots[i].chance)
	switch {
	case !n.up[s]:
		return min(took, limit), errRefused
	case !ok || took > limit:
		return limit, errLost
	}
	return took, nil
}

// file is what a phone gets of a node, by whatever transport.
func (f *Fleet) file(i uint32, n *node, name string) ([]byte, error) {
	data, err := n.File(name)
	if f.config.Middle != nil {
		data, err = f.config.Middle(int(i), name, data, err)
	}
	return data, err
}

// serve begins a transfer.
func (f *Fleet) serve(n *node, e event, at int64) {
	a, s, net := e.what.(phone.Fetch), &f.slots[e.phone], &f.config.Network
	s.served = max(s.served, a.Seq)
	data, err := f.file(e.phone, n, a.Name)
	stats := &f.traffic.TFTP
	answer := event{at: at + int64(net.oneWay(&s.chance)), phone: e.phone, kind: deliver}
	switch {
	case errors.Is(err, tftp.ErrNotFound):
		stats.NotFound++
		answer.what = phone.FileNotFound{Seq: a.Seq}
	case err != nil:
		stats.Failed++
		answer.what = phone.NoAnswer{Seq: a.Seq, Err: err}
	case len(data) > itl.MaxFile:
		stats.Failed++
		answer.what = phone.FileTooLarge{Seq: a.Seq, Err: &tftp.TooLargeError{Server: a.Server, Name: a.Name, Limit: itl.MaxFile}}
	default:
		took, again, ok := net.transfer(&s.chance, len(data))
		stats.Retransmits += uint64(again)
		answer.at += int64(took)
		answer.kind, answer.node = done, e.node
		n.serving++
		if ok {
			stats.Files++
			stats.Bytes += uint64(len(data))
			answer.what = phone.FileReceived{Seq: a.Seq, Data: data}
		} else {
			stats.Failed++
			answer.what = phone.NoAnswer{Seq: a.Seq, Err: errNoAnswer}
		}
	}
	f.answer(s, answer)
}

// answer sends an answer on its way, and perhaps a second time.
func (f *Fleet) answer(s *slot, e event) {
	f.queue.push(e)
	if s.chance.with(f.config.Network.Duplication) {
		e.kind = deliver
		e.at += int64(s.chance.upTo(late))
		f.queue.push(e)
	}
}

// transferred gives the place of a transfer to the next request that its phone
// still waits for.
func (f *Fleet) transferred(e event) {
	n := f.nodes[e.node]
	n.serving--
	for len(n.waiting) > 0 && n.serving < f.config.Network.Serving {
		next := n.waiting[0]
		n.waiting = n.waiting[1:]
		waited := time.Duration(e.at - next.at)
		if waited >= sends*timeout {
			f.tally.Retransmits.Add(sends - 1)
			continue
		}
		f.tally.Retransmits.Add(uint64(waited / timeout))
		f.serve(n, next, e.at)
	}
}

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

package virtual

import (
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

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
		f.answer(t.phone, at+int64(sends*timeout), fleet.FileAnswer(a, nil, errNoAnswer))
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
	took, err := f.reach(e.phone, n, cucm.TFTPService, fleet.HTTPTimeout)
	if err != nil {
		f.answer(e.phone, e.at+int64(took), fleet.FileAnswer(a, nil, err))
		return
	}
	data, err := f.file(e.phone, n, a.Name)
	answer := fleet.FileAnswer(a, data, err)
	switch answer.(type) {
	case phone.FileNotFound:
		f.traffic.HTTP.NotFound++
	case phone.FileReceived:
		f.traffic.HTTP.Files++
		f.traffic.HTTP.Bytes += uint64(len(data))
	}
	f.answer(e.phone, e.at+int64(took), answer)
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
	answer := event{at: at + int64(net.oneWay(&s.chance)), phone: e.phone, kind: deliver, what: fleet.FileAnswer(a, data, err)}
	switch answer.what.(type) {
	case phone.FileReceived:
		took, again, ok := net.transfer(&s.chance, len(data))
		stats.Retransmits += uint64(again)
		answer.at += int64(took)
		answer.kind, answer.node = done, e.node
		n.serving++
		if ok {
			stats.Files++
			stats.Bytes += uint64(len(data))
		} else {
			stats.Failed++
			answer.what = fleet.FileAnswer(a, nil, errNoAnswer)
		}
	case phone.FileNotFound:
		stats.NotFound++
	default:
		stats.Failed++
	}
	f.deliver(s, answer)
}

// answer has an answer reach a phone for certain, and counts it.
func (f *Fleet) answer(i uint32, at int64, ev phone.Event) {
	f.tally.Answered(ev)
	f.queue.push(event{at: at, phone: i, kind: deliver, what: ev})
}

// deliver sends an answer over the network, which may duplicate it.
func (f *Fleet) deliver(s *slot, e event) {
	f.tally.Answered(e.what.(phone.Event))
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

package virtual

import (
	"errors"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
	"itlsim/tftp"
)

// fetch sends a phone's request, again where it is lost.
func (f *Fleet) fetch(i uint32, action phone.Action, at int64) {
	a := action.(phone.Fetch)
	s := &f.slots[i]
	node, n := f.nodeAt(a.Server)
	net := f.between(i, n, cucm.TFTPService)
	if a.By == phone.HTTP {
		f.queue.push(task{at: at, phone: i, op: reachFiles, node: node, what: action})
		return
	}
	lost := net.request(&s.chance)
	if n == nil || lost == sends {
		f.tally.Retransmits.Add(sends - 1)
		f.answer(i, at+int64(patience), a, fleet.FileAnswer(a, nil, errNoAnswer))
		return
	}
	s.lost = uint8(lost)
	f.tally.Retransmits.Add(uint64(lost))
	arrives := time.Duration(lost)*timeout + net.oneWay(&s.chance)
	f.queue.push(task{at: at + int64(arrives), phone: i, op: reachFiles, node: node, what: action})
}

// reachFiles has a request served, or has it wait until a transfer ends. The
// phone gives up after all its retries.
func (f *Fleet) reachFiles(t task, a phone.Fetch) {
	if a.By == phone.HTTP {
		f.serveHTTP(t, a)
		return
	}
	n := f.nodes[t.node]
	silent := !n.runs(cucm.TFTPService) || !f.reaches(t.phone, n)
	if !silent && n.serving < f.config.Network.Serving {
		f.serveTFTP(n, t, t.at)
		return
	}
	gaveUp := unlessServed{phone.NoAnswer{Seq: a.Seq, Err: errNoAnswer}}
	f.queue.push(task{at: t.at + int64(patience), phone: t.phone, op: reachPhone, what: gaveUp})
	if silent {
		f.tally.Retransmits.Add(sends - 1)
	} else {
		n.waiting = append(n.waiting, t)
	}
}

// serveHTTP serves a file by HTTP, which every TFTP service does too.
func (f *Fleet) serveHTTP(t task, a phone.Fetch) {
	_, n := f.nodeAt(a.Server)
	took, err := f.exchange(t.phone, n, cucm.TFTPService, network.Opening+network.Exchange, fleet.HTTPTimeout)
	if err != nil {
		f.answer(t.phone, t.at+int64(took), a, fleet.FileAnswer(a, nil, err))
		return
	}
	data, err := f.file(t.phone, n, a.Name)
	answer := fleet.FileAnswer(a, data, err)
	switch answer.(type) {
	case phone.FileNotFound:
		f.traffic.HTTP.NotFound++
	case phone.FileReceived:
		f.traffic.HTTP.Files++
		f.traffic.HTTP.Bytes += uint64(len(data))
	}
	f.answer(t.phone, t.at+int64(took), a, answer)
}

// serveTFTP begins a transfer.
func (f *Fleet) serveTFTP(n *node, t task, at int64) {
	a, s, net := t.what.(phone.Fetch), &f.slots[t.phone], f.between(t.phone, n, cucm.TFTPService)
	s.served = max(s.served, a.Seq)
	data, err := f.file(t.phone, n, a.Name)
	stats := &f.traffic.TFTP
	answer := task{phone: t.phone, op: reachPhone, what: fleet.FileAnswer(a, data, err)}
	_, found := answer.what.(phone.FileReceived)
	wait, ok := net.answer(&s.chance, int(s.lost), found)
	f.tally.Retransmits.Add(uint64(wait / timeout))
	answer.at = at + int64(net.oneWay(&s.chance)+wait)
	if ok && found {
		sent := net.transfer(&s.chance, len(data))
		stats.Retransmits += uint64(sent.blocks)
		f.tally.Retransmits.Add(uint64(sent.acks))
		answer.at += int64(sent.took)
		answer.op, answer.node = endTransfer, t.node
		n.serving++
		ok = !sent.failed
	}
	switch {
	case !ok:
		stats.Failed++
		answer.what = fleet.FileAnswer(a, nil, errNoAnswer)
	case found:
		stats.Files++
		stats.Bytes += uint64(len(data))
	case errors.Is(err, tftp.ErrNotFound):
		stats.NotFound++
	default:
		stats.Failed++
	}
	f.answerByNetwork(answer, a)
}

// file is what a phone gets of a node, by either protocol.
func (f *Fleet) file(i uint32, n *node, name tftp.Name) ([]byte, error) {
	data, err := f.caller(i).Serve(n.Node, name)
	if f.config.Middle != nil {
		data, err = f.config.Middle(int(i), name.String(), data, err)
	}
	return data, err
}

// endTransfer lets the next request begin that its phone still waits for.
func (f *Fleet) endTransfer(t task) {
	n := f.nodes[t.node]
	n.serving--
	for len(n.waiting) > 0 && n.serving < f.config.Network.Serving {
		next := n.waiting[0]
		n.waiting = n.waiting[1:]
		waited := time.Duration(t.at - next.at)
		if waited >= patience {
			f.tally.Retransmits.Add(sends - 1)
			continue
		}
		f.tally.Retransmits.Add(uint64(waited / timeout))
		f.serveTFTP(n, next, t.at)
	}
}

// answer has the answer to an action reach a phone at a time.
func (f *Fleet) answer(i uint32, at int64, a phone.Action, ev phone.Event) {
	f.tally.Answered(a, ev)
	f.queue.push(task{at: at, phone: i, op: reachPhone, what: ev})
}

// answerByNetwork sends the answer to an action, which the network may duplicate.
func (f *Fleet) answerByNetwork(t task, a phone.Action) {
	f.tally.Answered(a, t.what.(phone.Event))
	f.queue.push(t)
	if chance := &f.slots[t.phone].chance; chance.With(f.config.Network.Duplication) {
		t.op = reachPhone
		t.at += int64(chance.UpTo(late))
		f.queue.push(t)
	}
}

package cucm

import (
	"net/netip"
	"slices"

	"itlsim/sip"
)

// ResetsAtOnce is how many phones are told to boot again at a time. Real
// administrators are advised to reset phones in batches, too.
const ResetsAtOnce = 32

// resets are phones that are to be told to boot again as soon as it is their turn. One
// address has its turn after the other, and of one as many are told at a time as it leaves
// free, so half at most. For a phone that does not answer ten seconds are waited: those of
// an address keep the phones of others waiting no longer for that.
type resets struct {
	queued  map[string]*queuedReset // by device
	waiting map[netip.Addr][]string // devices, in the order in which they came
	turns   []netip.Addr            // of those that wait, the next first
	telling map[netip.Addr]int      // those that are being told
	workers int
}

type queuedReset struct {
	action sip.Action
	batch  *resetBatch
}

// A resetBatch is what was queued at once.
type resetBatch struct {
	left int           // of it in the queue, or being told
	told chan struct{} // closed when nothing is left
}

// toTell are phones that are to be told to boot again, and their records.
type toTell struct {
	records []*record
	phones  []RegisteredPhone
}

// add adds a phone, unless it is not registered or with one of some nodes.
func (t *toTell) add(by Caller, rec *record, except []*Node) {
	if r := rec.registration; r != nil && !slices.Contains(except, r.Node) {
		rec.resetting = true
		t.records = append(t.records, rec)
		t.phones = append(t.phones, RegisteredPhone{by, r})
	}
}

// toReset are all that are registered, but for those of some nodes.
func (p *Phones) toReset(except []*Node) (t toTell) {
	p.lapse()
	p.mu.Lock()
	defer p.mu.Unlock()
	t.records, t.phones = make([]*record, 0, p.records.n), make([]RegisteredPhone, 0, p.records.n)
	for i, rec := range p.records.all() {
		t.add(Caller{rec.device.Name, i}, rec, except)
	}
	return t
}

// ResetPhones resets all registered phones: System > Enterprise Parameters >
// Reset, and what a regeneration of a certificate in the ITL does by itself.
// Phones that are not registered miss it, and those of a node that is cut off. When it returns all have been told.
func (c *Cluster) ResetPhones() { c.reset(c.toReset(c.partedNodes()), sip.Reset) }

// ResetDevices has named phones told to reset or restart, and returns at once. They are
// told in their order, [ResetsAtOnce] at a time, but that one address has its turn after
// the other; one that is named again before its turn is told once, what was asked last.
// Phones that are not registered when it is their turn miss it, as with
// [Cluster.ResetPhones].
func (c *Cluster) ResetDevices(names []string, action sip.Action) { c.queueResets(names, action) }

// queueResets does that. The channel is closed when all have been told.
func (c *Cluster) queueResets(names []string, action sip.Action) (told <-chan struct{}) {
	p := &c.Phones
	p.mu.Lock()
	defer p.mu.Unlock()
	batch := &resetBatch{told: make(chan struct{})}
	for _, name := range names {
		if _, known := p.device(Caller{Device: name}); known {
			p.resets.add(p.addressOf(name), name, action, batch)
		}
	}
	if batch.left == 0 {
		close(batch.told)
	}
	for n := len(p.resets.queued); n > 0 && p.resets.workers < ResetsAtOnce; n-- {
		p.resets.workers++
		go c.resetQueued()
	}
	return batch.told
}

// addressOf is where a phone is that registered by SIP; invalid: none. The caller holds the
// lock.
func (p *Phones) addressOf(device string) (from netip.Addr) {
	if rec := p.records.find(Caller{Device: device}); rec != nil && rec.registration != nil {
		from = rec.registration.At.Addr()
	}
	return from
}

func (q *resets) add(from netip.Addr, device string, action sip.Action, batch *resetBatch) {
	if q.queued == nil {
		q.queued, q.waiting = make(map[string]*queuedReset), make(map[netip.Addr][]string)
		q.telling = make(map[netip.Addr]int)
	}
	if queued := q.queued[device]; queued != nil {
		queued.action = action
		return
	}
	q.queued[device] = &queuedReset{action, batch}
	batch.left++
	if len(q.waiting[from]) == 0 {
		q.turns = append(q.turns, from)
	}
	q.waiting[from] = append(q.waiting[from], device)
}

// next takes the device out whose turn it is; nil where there is none.
func (q *resets) next() (from netip.Addr, device string, queued *queuedReset) {
	free := ResetsAtOnce
	for _, n := range q.telling {
		free -= n
	}
	for range q.turns {
		from, q.turns = q.turns[0], q.turns[1:]
		if from.IsValid() && q.telling[from] >= free {
			q.turns = append(q.turns, from)
			continue
		}
		device = q.waiting[from][0]
		if q.waiting[from] = q.waiting[from][1:]; len(q.waiting[from]) > 0 {
			q.turns = append(q.turns, from)
		} else {
			delete(q.waiting, from)
		}
		queued = q.queued[device]
		delete(q.queued, device)
		q.telling[from]++
		return from, device, queued
	}
	return netip.Addr{}, "", nil
}

// told notes that a phone of an address was told.
func (q *resets) told(from netip.Addr, queued *queuedReset) {
	if q.telling[from]--; q.telling[from] == 0 {
		delete(q.telling, from)
	}
	if queued.batch.left--; queued.batch.left == 0 {
		close(queued.batch.told)
	}
}

// resetQueued resets one phone of the queue after the other, until there is none whose turn
// it is.
func (c *Cluster) resetQueued() {
	for c.resetNext() {
	}
}

// resetNext resets the next phone of the queue, if it is registered; false where there is
// none, and one worker less.
func (c *Cluster) resetNext() bool {
	from, t, queued := c.nextReset(c.partedNodes())
	if queued == nil {
		return false
	}
	defer func() {
		c.Phones.mu.Lock()
		defer c.Phones.mu.Unlock()
		c.resets.told(from, queued)
	}()
	_ = c.Publisher().Contain("Reset", func() { c.reset(t, queued.action) }) // logged; the others have their turn
	return true
}

func (p *Phones) nextReset(except []*Node) (from netip.Addr, t toTell, queued *queuedReset) {
	now := p.clock()
	var raised []occurrence
	defer func() { p.raiseAll(raised) }() // without the lock
	p.mu.Lock()
	defer p.mu.Unlock()
	from, device, queued := p.resets.next()
	if queued == nil {
		p.resets.workers--
		return from, t, nil
	}
	by := Caller{Device: device}
	if rec := p.records.find(by); rec != nil {
		raised = p.lapsed(raised, rec, now)
		t.add(by, rec, except)
	}
	return from, t, queued
}

// reset tells registered phones to boot again.
func (c *Cluster) reset(t toTell, action sip.Action) {
	c.mu.RLock()
	network := c.network
	c.mu.RUnlock()
	told := func(i int, err error) { c.wasTold(t.records[i], t.phones[i].Registration, err) }
	if network != nil {
		network.Reset(t.phones, action, told)
		return
	}
	for i := range t.phones {
		told(i, nil)
	}
}

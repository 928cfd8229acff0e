package cucm

import (
	"net/netip"
	"slices"

	"itlsim/internal/contain"
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
	action  sip.Action
	batches []*resetBatch // of which it is one
}

// A resetBatch is what somebody waits for.
type resetBatch struct {
	left int           // of it in the queue, or being told
	told chan struct{} // closed when nothing is left
}

// toTell are phones that are to be told to boot again: now, and their records, or, where
// they registered by SIP and may not answer, when it is their turn.
type toTell struct {
	records []*record
	phones  []RegisteredPhone
	bySIP   []string
}

// add adds a phone that can be told.
func (t *toTell) add(by Caller, rec *record, except []*Node) {
	if rec.reached(except) {
		if rec.registration.At.Addr().IsValid() {
			t.bySIP = append(t.bySIP, by.Device)
		} else {
			t.now(by, rec)
		}
	}
}

func (t *toTell) now(by Caller, rec *record) {
	rec.resetting = true
	t.records = append(t.records, rec)
	t.phones = append(t.phones, RegisteredPhone{by, rec.registration})
}

// reached reports whether a phone is registered, and not with one of some nodes.
func (rec *record) reached(except []*Node) bool {
	return rec.registration != nil && !slices.Contains(except, rec.registration.Node)
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
func (c *Cluster) ResetPhones() { <-c.reset(c.toReset(c.partedNodes())) }

// ResetDevices has named phones told to reset or restart, and returns at once. They are
// told in their order, [ResetsAtOnce] at a time, but that one address has its turn after
// the other; one that is named again before its turn is told once, what was asked last.
// Phones that are not registered when it is their turn miss it, as with
// [Cluster.ResetPhones].
func (c *Cluster) ResetDevices(names []string, action sip.Action) { c.queueResets(names, action, nil) }

// reset resets phones. The channel is closed when all have been told.
func (c *Cluster) reset(t toTell) (told <-chan struct{}) {
	if len(t.phones) > 0 {
		c.tell(t, sip.Reset)
	}
	batch := &resetBatch{told: make(chan struct{})}
	c.queueResets(t.bySIP, sip.Reset, batch)
	return batch.told
}

// queueResets has phones told when it is their turn, as parts of a batch; nil: nobody waits.
func (c *Cluster) queueResets(names []string, action sip.Action, batch *resetBatch) {
	p := &c.Phones
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range names {
		if rec := p.records.find(Caller{Device: name}); rec != nil {
			p.resets.add(rec, action, batch)
		}
	}
	if batch != nil && batch.left == 0 {
		close(batch.told)
	}
	for n := len(p.resets.queued); n > 0 && p.resets.workers < ResetsAtOnce; n-- {
		p.resets.workers++
		go c.resetQueued()
	}
}

// address is where a phone is that registered by SIP; invalid: none.
func (rec *record) address() (from netip.Addr) {
	if rec.registration != nil {
		from = rec.registration.At.Addr()
	}
	return from
}

func (q *resets) add(rec *record, action sip.Action, batch *resetBatch) {
	if q.queued == nil {
		q.queued, q.waiting = make(map[string]*queuedReset), make(map[netip.Addr][]string)
		q.telling = make(map[netip.Addr]int)
	}
	device, from := rec.device.Name, rec.address()
	queued := q.queued[device]
	if queued == nil {
		queued = &queuedReset{}
		q.queued[device] = queued
		if len(q.waiting[from]) == 0 {
			q.turns = append(q.turns, from)
		}
		q.waiting[from] = append(q.waiting[from], device)
	}
	queued.action = action
	if batch != nil {
		batch.left++
		queued.batches = append(queued.batches, batch)
	}
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
	for _, batch := range queued.batches {
		if batch.left--; batch.left == 0 {
			close(batch.told)
		}
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
	p := &c.Phones
	from, device, queued := p.nextReset()
	if queued == nil {
		return false
	}
	defer contain.Holding(&p.mu, func() { p.resets.told(from, queued) })
	_ = c.Publisher().Contain("Reset", func() { // logged; the others have their turn
		c.tell(p.named(device, c.partedNodes()), queued.action)
	})
	return true
}

func (p *Phones) nextReset() (from netip.Addr, device string, queued *queuedReset) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if from, device, queued = p.resets.next(); queued == nil {
		p.resets.workers--
	}
	return from, device, queued
}

// named is a phone that is to be told now, if it is registered and not with one of some nodes.
func (p *Phones) named(device string, except []*Node) (t toTell) {
	by, now := Caller{Device: device}, p.clock()
	var raised []occurrence
	contain.Holding(&p.mu, func() {
		if rec := p.records.find(by); rec != nil {
			if raised = p.lapsed(raised, rec, now); rec.reached(except) {
				t.now(by, rec)
			}
		}
	})
	p.raiseAll(raised)
	return t
}

// tell tells registered phones to boot again.
func (c *Cluster) tell(t toTell, action sip.Action) {
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

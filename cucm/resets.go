package cucm

import (
	"slices"

	"itlsim/sip"
)

// ResetsAtOnce is how many phones are told to boot again at a time. Real
// administrators are advised to reset phones in batches, too.
const ResetsAtOnce = 32

// resets are phones that are to be told to boot again as soon as it is their turn.
type resets struct {
	queue   []string              // devices, in the order in which they came
	actions map[string]sip.Action // of those in the queue
	workers int
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
// told in their order, [ResetsAtOnce] at a time; one that is named again before its turn
// is told once, what was asked last. Phones that are not registered when it is their turn
// miss it, as with [Cluster.ResetPhones].
func (c *Cluster) ResetDevices(names []string, action sip.Action) {
	c.Phones.mu.Lock()
	defer c.Phones.mu.Unlock()
	q := &c.resets
	if q.actions == nil {
		q.actions = make(map[string]sip.Action)
	}
	for _, name := range names {
		if _, known := c.device(Caller{Device: name}); !known {
			continue
		}
		if _, queued := q.actions[name]; !queued {
			q.queue = append(q.queue, name)
		}
		q.actions[name] = action
	}
	for ; q.workers < min(ResetsAtOnce, len(q.queue)); q.workers++ {
		go c.resetQueued()
	}
}

// resetQueued resets one phone of the queue after the other, until there is none.
func (c *Cluster) resetQueued() {
	for {
		t, action, ok := c.nextReset(c.partedNodes())
		if !ok {
			return
		}
		_ = c.Publisher().Contain("Reset", func() { c.reset(t, action) }) // logged; the others have their turn
	}
}

// nextReset is the next phone of the queue, if it is registered; false where there is
// none, and one worker less.
func (p *Phones) nextReset(except []*Node) (t toTell, action sip.Action, ok bool) {
	now := p.clock()
	var raised []occurrence
	p.mu.Lock()
	q := &p.resets
	if ok = len(q.queue) > 0; ok {
		by := Caller{Device: q.queue[0]}
		action, q.queue = q.actions[by.Device], q.queue[1:]
		delete(q.actions, by.Device)
		if rec := p.records.find(by); rec != nil {
			raised = p.lapsed(raised, rec, now)
			t.add(by, rec, except)
		}
	} else {
		q.workers--
	}
	p.mu.Unlock()
	p.raiseAll(raised)
	return t, action, ok
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

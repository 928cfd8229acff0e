package tftp

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
)

// A cosmos has a server, clients and a network between them that loses, doubles and
// reorders, without sockets and in a time of its own.
type cosmos struct {
	rand    *rand.Rand
	now     time.Duration
	server  *serving
	client  *fetching
	files   shelf
	flying  []flight
	packets int // that the server sent

	loss, double float64
	jitter       time.Duration
}

// A flight is a datagram on its way. The server takes requests at port 69 and has
// transfers at 2000 and 2001, clients have theirs from 1000 on.
type flight struct {
	due      time.Duration
	from, to end
	data     []byte
}

var nodeIP = [4]byte{127, 0, 0, 2}

func phoneIP(i int) [4]byte { return [4]byte{127, 1, byte(i >> 8), byte(i)} }

func newCosmos(seed uint64, transfers int) *cosmos {
	return &cosmos{
		rand: rand.New(rand.NewPCG(seed, 1)), files: shelf{},
		server: newServing(ServerConfig{MaxTransfers: transfers, Timeout: ServerTimeout, Retries: 5}, 2),
		client: &fetching{byTID: make(map[tid]*fetch)},
	}
}

func (c *cosmos) send(from, to end, p []byte) {
	if len(p) == 0 {
		return
	}
	if from.ip == nodeIP {
		c.packets++
	}
	copies := 1
	switch luck := c.rand.Float64(); {
	case luck < c.loss:
		copies = 0
	case luck < c.loss+c.double:
		copies = 2
	}
	for range copies {
		late := time.Millisecond + time.Duration(c.rand.Int64N(int64(c.jitter)+1))
		c.flying = append(c.flying, flight{c.now + late, from, to, p})
	}
}

// get begins a transfer of the i-th phone's.
func (c *cosmos) get(i int, name string) *fetch {
	f := &fetch{
		tid: tid{local: phoneIP(i), server: nodeIP}, name: name, asked: 69, max: 1 << 30,
		timeout: DefaultTimeout, retries: DefaultRetries, done: make(chan struct{}), resent: func() {},
	}
	port, ok := c.client.choose(f.tid)
	if !ok {
		port = len(c.client.load)
		c.client.load = append(c.client.load, 0)
	}
	f.port = port
	c.send(end{f.local, uint16(1000 + f.port)}, end{nodeIP, 69}, c.client.ask(c.now, f, nil))
	return f
}

// arrive gives a datagram to whom it is for, and sends the answer.
func (c *cosmos) arrive(d flight) {
	switch {
	case d.to == end{nodeIP, 69}:
		port, answer := c.server.request(c.now, ends{d.from, nodeIP}, d.data, nil)
		c.send(end{nodeIP, uint16(2000 + port)}, d.from, answer)
	case d.to.ip == nodeIP:
		c.send(d.to, d.from, c.server.receive(c.now, int(d.to.port)-2000, ends{d.from, nodeIP}, d.data, nil))
	default:
		f := c.client.find(tid{d.to.ip, int(d.to.port) - 1000, d.from.ip})
		c.send(d.to, d.from, c.client.receive(c.now, f, d.from.port, d.data, nil))
	}
	c.serve()
}

// serve has those send that have a place now.
func (c *cosmos) serve() {
	for t := c.server.next(); t != nil; t = c.server.next() {
		var p []byte
		if t.phase == sending {
			p = c.server.send(t, nil)
		} else {
			file, err := c.files.get(t.name)
			p = c.server.loaded(c.now, t, file, err, nil)
		}
		c.send(end{nodeIP, uint16(2000 + t.port)}, t.client, p)
	}
}

// step lets the next thing happen; false if there is none.
func (c *cosmos) step() bool {
	first := -1
	for i := range c.flying {
		if first < 0 || c.flying[i].due < c.flying[first].due {
			first = i
		}
	}
	next, ok := c.server.wheel.next()
	if at, too := c.client.wheel.next(); too && (!ok || at < next) {
		next, ok = at, true
	}
	switch {
	case first >= 0 && (!ok || c.flying[first].due <= next):
		d := c.flying[first]
		c.flying = append(c.flying[:first], c.flying[first+1:]...)
		c.now = d.due
		c.arrive(d)
	case ok:
		c.now = max(c.now, next)
		c.server.expire(c.now, func(t *transfer, p []byte) {
			c.send(end{nodeIP, uint16(2000 + t.port)}, t.client, p)
		})
		c.serve()
		c.client.expire(c.now, func(f *fetch, p []byte) {
			c.send(end{f.local, uint16(1000 + f.port)}, f.to(), p)
		})
	}
	return ok || first >= 0
}

// settle lets all happen that happens.
func (c *cosmos) settle(t testing.TB) {
	for steps := 0; c.step(); steps++ {
		require.Less(t, steps, 10_000_000)
	}
	require.Empty(t, c.server.byEnds)
	require.Empty(t, c.server.places.hosts)
	require.Empty(t, c.server.places.silent)
	require.Zero(t, c.server.places.used+c.server.places.held+c.server.places.late+len(c.server.places.turns))
	require.Empty(t, c.client.byTID)
	require.Zero(t, c.server.stats.Running)
	for _, load := range c.client.load {
		require.Zero(t, load)
	}
}

// Whatever a network does, a phone has the whole file, or none after all its patience;
// and it is told that there is none only if so.
func TestBadNetworks(t *testing.T) {
	given := 0
	for seed := range uint64(100) {
		c := newCosmos(seed, 3)
		c.files["a"], c.files["b"], c.files["long"] = contents(700), contents(512), contents(5302)
		c.loss, c.double = 0.3*c.rand.Float64(), 0.3*c.rand.Float64()
		c.jitter = time.Duration(c.rand.Int64N(int64(400 * time.Millisecond)))
		for _, names := range [][]string{{"a", "missing", "b"}, {"missing", "long", "a"}} {
			for _, name := range names {
				var all []*fetch
				for i := range 5 {
					all = append(all, c.get(i, name))
				}
				for _, f := range all {
					for !f.over && c.step() {
					}
					switch refused, _ := f.err.(*peerError); {
					case f.err == nil:
						require.True(t, bytes.Equal(c.files[name], f.data), "seed %d", seed)
						given++
					case refused != nil:
						require.Equal(t, "missing", name, "seed %d: %v", seed, refused)
						require.Equal(t, refusedMissing, refused.refusal)
					default:
						require.Equal(t, os.ErrDeadlineExceeded, f.err, "seed %d", seed)
					}
				}
			}
		}
		c.settle(t)
		require.LessOrEqual(t, c.server.stats.Peak, uint64(3))
	}
	require.Greater(t, given, 100*4*5*95/100, "of what is there nearly all is fetched")
}

// The sorcerer's apprentice: where every datagram comes twice, no block is sent twice
// for it.
func TestCopiesDoNotMultiply(t *testing.T) {
	c := newCosmos(1, 500)
	c.files["f"] = contents(100 * 512)
	c.double = 1
	f := c.get(1, "f")
	c.settle(t)
	require.NoError(t, f.err)
	require.Equal(t, c.files["f"], f.data)
	require.EqualValues(t, 101+1, c.server.stats.Datagrams, "the request came twice, too")
}

// A request that blocks have overtaken begins nothing. One of a client that has fallen
// silent does: it begins anew.
func TestRequestThatComesAgain(t *testing.T) {
	c := newCosmos(1, 500)
	c.files["f"] = contents(2000)
	c.loss = 1 // the phone's part is played here
	phone := end{phoneIP(1), 1000}
	ask := func() {
		c.arrive(flight{from: phone, to: end{nodeIP, 69}, data: request(opRRQ, "f", "octet")})
	}
	ask()
	c.server.receive(c.now, 1, ends{phone, nodeIP}, block(opACK, 1, ""), nil)
	ask()
	require.EqualValues(t, 1, c.server.stats.Running)
	require.EqualValues(t, 2, c.server.stats.Datagrams)
	first := c.server.byEnds[ends{phone, nodeIP}]
	for c.server.stats.Retransmits == 0 {
		c.step()
	}
	ask()
	require.Same(t, first, c.server.byEnds[ends{phone, nodeIP}].sibling)
	c.settle(t)
}

// Block numbers begin again after 65,535.
func TestMoreThan65535Blocks(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	c := newCosmos(1, 500)
	c.files["f"] = contents(65537*512 + 1)
	f := c.get(1, "f")
	c.settle(t)
	require.NoError(t, f.err)
	require.True(t, bytes.Equal(c.files["f"], f.data))
	require.Equal(t, 65538, c.packets)
}

// A client that asks for a hundred files keeps nobody waiting who asks for one.
func TestClientsAreServedInTurn(t *testing.T) {
	c := newCosmos(1, 1)
	c.files["f"] = contents(5302)
	var greedy []*fetch
	for range 100 {
		greedy = append(greedy, c.get(1, "f"))
	}
	for c.now < 50*time.Millisecond {
		c.step()
	}
	modest := c.get(2, "f")
	for !modest.over {
		c.step()
	}
	served := 0
	for _, f := range greedy {
		if f.over {
			served++
		}
	}
	require.Less(t, served, 6)
	c.settle(t)
	require.EqualValues(t, 101, c.server.stats.Files, "all have waited for their turn")
}

// What waits at the limit is bounded, and whoever has little waiting still finds a
// place. A request whose client has long fallen silent is not served any more.
func TestPlacesToWait(t *testing.T) {
	c := newCosmos(1, 1)
	c.files["f"] = contents(10)
	ask := func(client end) {
		c.server.request(c.now, ends{client, nodeIP}, request(opRRQ, "f", "octet"), nil)
	}
	for port := range uint16(3 * maxHeld) {
		ask(end{phoneIP(1), port + 1})
	}
	require.Equal(t, maxHeld, c.server.places.held)
	for i := range 10 {
		ask(end{phoneIP(2 + i), 1})
	}
	require.Equal(t, maxHeld+10, c.server.places.held)
	require.Len(t, c.server.byEnds, 1+maxHeld+10, "and what was dropped is forgotten")

	c.now = heldFor / 2
	ask(end{phoneIP(3), 1}) // again: this one still waits
	c.now = heldFor + time.Second
	t1 := c.server.next()
	c.server.loaded(c.now, t1, nil, ErrNotFound, nil)
	t2 := c.server.next()
	require.Equal(t, phoneIP(3), t2.client.ip)
	require.Nil(t, c.server.next())
	c.server.loaded(c.now, t2, nil, ErrNotFound, nil)
	require.Zero(t, c.server.places.held)
	require.Empty(t, c.server.byEnds)
}

// silence has requests come from an address that never acknowledges anything, each from
// a port of its own.
func (c *cosmos) silence(ip [4]byte, requests int) {
	for port := range requests {
		e := ends{end{ip, uint16(port + 1)}, nodeIP}
		c.server.request(c.now, e, request(opRRQ, "f", "octet"), nil)
		for t := c.server.next(); t != nil; t = c.server.next() {
			c.server.loaded(c.now, t, c.files["f"], nil, nil)
		}
	}
}

// fetched lets a phone fetch the file, and tells how long that took.
func (c *cosmos) fetched(t *testing.T, i int) time.Duration {
	from, f := c.now, c.get(i, "f")
	for !f.over {
		c.step()
	}
	require.NoError(t, f.err)
	require.Equal(t, c.files["f"], f.data)
	return c.now - from
}

// Requests that nobody acknowledges take the places of an address that asks for nothing
// else for a moment, and nobody else's.
func TestPlacesOfTheSilent(t *testing.T) {
	c := newCosmos(1, 500)
	c.files["f"] = contents(5302)
	alone := c.fetched(t, 1)
	c.silence(phoneIP(2), 500)
	require.Equal(t, 251, c.server.places.used, "half of all")
	require.Equal(t, alone, c.fetched(t, 3), "nobody else waits")
	require.Less(t, c.fetched(t, 2), time.Second/2, "nor does a client of that address for long")
	c.settle(t)
	require.NotZero(t, c.server.stats.Failed)
	require.LessOrEqual(t, c.server.stats.Peak, uint64(300))
}

// Ten thousand half-open transfers of a few addresses ask again all the time. Phones get
// their files as ever, what is kept is bounded, and in the end it is forgotten.
func TestHalfOpenTransfersThatAskAgain(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	c := newCosmos(1, 500)
	c.files["f"] = contents(5302)
	alone := c.fetched(t, 1)
	for round := range 40 {
		for few := range 4 {
			c.silence(phoneIP(1000+few), 2500)
		}
		require.Equal(t, alone, c.fetched(t, 2+round))
		require.LessOrEqual(t, len(c.server.places.silent), maxSilent)
		require.LessOrEqual(t, c.server.places.held, 2*maxHeld)
		for until := c.now + DefaultTimeout; c.now < until; {
			c.step()
		}
	}
	require.NotZero(t, c.server.stats.Dropped)
	require.Greater(t, len(c.server.places.silent), maxSilent/2)
	c.settle(t)
}

// A client that is only late is not ended: it finds its transfer, and the next place.
func TestLateClients(t *testing.T) {
	c := newCosmos(1, 1)
	c.files["f"] = contents(5302)
	c.jitter = 0
	c.loss = 1 // what the late ones say arrives by hand
	late := []ends{{end{phoneIP(1), 1}, nodeIP}, {end{phoneIP(2), 1}, nodeIP}}
	for _, e := range late {
		c.arrive(flight{from: e.client, to: end{nodeIP, 69}, data: request(opRRQ, "f", "octet")})
		for until := c.now + 2*placeFor; c.now < until && c.step(); {
		}
	}
	require.Zero(t, c.server.places.used)
	c.loss = 0
	running := c.get(3, "f")
	for c.server.places.used == 0 {
		c.step()
	}
	for _, e := range late {
		t1 := c.server.byEnds[e]
		require.Empty(t, c.server.receive(c.now, t1.port, e, block(opACK, 1, ""), nil), "the place is taken")
		require.Empty(t, c.server.receive(c.now, t1.port, e, block(opACK, 1, ""), nil), "asking again changes nothing")
	}
	require.Equal(t, 2, c.server.places.late)
	first := c.server.byEnds[late[0]]
	for !running.over || first.phase != sending {
		require.True(t, c.step())
	}
	require.NoError(t, running.err)
	require.Equal(t, 2, first.block, "it goes on where it was")
	c.settle(t)
}

// Of silent transfers those make room whose clients never acknowledged anything, and of
// these more likely those of an address that has many.
func TestWhoMakesRoom(t *testing.T) {
	p := newPlaces(1)
	add := func(ip [4]byte, acked bool) *transfer {
		silent := &transfer{host: p.host(ip), acked: acked}
		p.remember(silent, true)
		return silent
	}
	one, live := add(phoneIP(1), false), add(phoneIP(3), true)
	for range maxSilent {
		add(phoneIP(2), false)
	}
	unlucky := 0
	for range 10 * maxSilent {
		gone := p.excess()
		require.NotSame(t, live, gone)
		if gone == one { // chance picked it twice: once in sixteen million
			unlucky++
			continue
		}
		p.remember(gone, false)
		require.Equal(t, phoneIP(2), gone.host.ip)
		add(phoneIP(2), false)
	}
	require.Less(t, unlucky, 2)
	p.remember(live, false)
	p.remember(one, false)
	require.Nil(t, p.excess())
}

// What a server sends late is no part of the next transfer that has the same TID: neither the last
// block, which it sends again, nor what came of a request that came twice.
func TestLateBlocks(t *testing.T) {
	c := newCosmos(1, 500)
	c.files["short"], c.files["long"] = contents(10), contents(2000)
	// used gets a file so often that all ports are in use, and tells which.
	used := func(name string, times int) (ports []int) {
		for range times {
			f := c.get(1, name)
			ports = append(ports, f.port)
			for !f.over {
				c.step()
			}
			require.NoError(t, f.err)
		}
		return ports
	}
	first := c.get(1, "long")
	for !first.over {
		c.step()
	}
	used("long", fewPorts-1)
	next := c.get(1, "long")
	require.Equal(t, first.tid, next.tid)
	require.Empty(t, c.client.receive(c.now, next, first.peer, block(opDATA, 4, "late"), nil))
	c.settle(t)
	require.Equal(t, contents(2000), next.data)

	// A file of one block, and one that was asked for again, nobody could tell from the next: their
	// TIDs rest.
	resting := used("short", 1)
	lost := c.get(1, "long")
	c.flying = nil
	for !lost.over {
		c.step()
	}
	require.NoError(t, lost.err)
	resting = append(resting, lost.port)
	again := used("long", 3*fewPorts)
	for _, port := range resting {
		require.NotContains(t, again, port)
	}
	require.LessOrEqual(t, len(c.client.load), fewPorts+len(resting), "so many are enough")
	c.settle(t)
}

// Transfers between the same hosts that overlap, or follow each other at once, never
// have a TID in common (RFC 1350, 4), so that nothing of one is taken for a part of
// another.
func TestTIDs(t *testing.T) {
	c := newCosmos(1, 500)
	c.files["f"] = contents(1000)
	seen := make(map[string]bool)
	for range fewPorts {
		f := c.get(1, "f")
		for !f.over {
			c.step()
		}
		pair := fmt.Sprint(f.port)
		require.False(t, seen[pair])
		seen[pair] = true
	}
	// With all of them in use, that is used again which was left first.
	require.Equal(t, 0, c.get(1, "f").port)
	require.Equal(t, 0, c.get(2, "f").port, "another phone has them all")
	c.settle(t)
	require.Len(t, c.client.load, fewPorts)

	for range fewPorts + 5 {
		c.get(3, "f")
	}
	require.Len(t, c.client.load, fewPorts+5, "as many as there are transfers at a time")
	for i := range 3 * fetchesAPort {
		c.get(1000+i, "f")
	}
	for _, load := range c.client.load {
		require.LessOrEqual(t, load, fetchesAPort)
	}
	c.settle(t)
}

// A client whose transfer has ended acknowledges the last block as often as it comes,
// and tells a server that sends on that it has gone.
func TestLingering(t *testing.T) {
	c := newCosmos(1, 500)
	c.files["f"] = contents(10)
	f := c.get(1, "f")
	for !f.over {
		c.step()
	}
	again := c.client.receive(c.now, f, f.peer, block(opDATA, 1, string(c.files["f"])), nil)
	require.Equal(t, block(opACK, 1, ""), again)
	require.Empty(t, c.client.receive(c.now, f, f.peer, block(opDATA, 7, "x"), nil))
	require.Empty(t, c.client.receive(c.now, f, f.peer, block(opERROR, 0, "\x00"), nil))
	require.NoError(t, f.err)

	g := c.get(1, "f")
	require.Empty(t, c.client.cancel(c.now, g, os.ErrClosed, nil), "nobody to tell yet")
	c.settle(t)
	require.EqualValues(t, 1, c.server.stats.Failed, "told")
	require.EqualValues(t, 1, c.server.stats.Files)
}

// A wheel gives out what is due, neither early nor later than a tick.
func TestWheel(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	var w wheel[*fetch]
	r := rand.New(rand.NewPCG(1, 2))
	due := make(map[*fetch]bool)
	now := time.Duration(0)
	for range 5000 {
		now += time.Duration(r.Int64N(int64(5 * time.Millisecond)))
		if r.IntN(1000) == 0 {
			now += time.Duration(r.Int64N(int64(2 * time.Second))) // nobody looked for a while
		}
		w.expire(now, func(f *fetch) {
			require.True(t, due[f], "once")
			require.LessOrEqual(t, f.due, now)
			delete(due, f)
		})
		for f := range due {
			require.Greater(t, f.due, now-2*wheelTick)
			if r.IntN(50) == 0 {
				f.due += time.Duration(r.Int64N(int64(time.Second))) // lazily
			}
		}
		if len(due) < 20 {
			f := &fetch{due: now + time.Duration(r.Int64N(int64(3*time.Second)))}
			due[f] = true
			w.add(f)
		}
		next, ok := w.next()
		require.Equal(t, len(due) > 0, ok)
		for f := range due {
			require.LessOrEqual(t, next, f.due+wheelTick)
		}
	}
}

// Few transfers share two ports, in turn; more of them have more.
func TestPortsAreTakenAsTheyAreNeeded(t *testing.T) {
	s := newServing(ServerConfig{MaxTransfers: 500}, 4)
	taken := func(clients int) (ports []int) {
		of := make(map[int]bool)
		for i := range clients {
			port, ok := s.choose(ends{client: end{phoneIP(i), 1024}})
			require.True(t, ok)
			of[port] = true
			s.load[port]++
			s.stats.Running++
		}
		return slices.Sorted(maps.Keys(of))
	}
	first, _ := s.choose(ends{})
	next, _ := s.choose(ends{})
	require.NotEqual(t, first, next)
	require.Equal(t, []int{0, 1}, taken(120))
	require.Equal(t, []int{0, 1, 2}, taken(120))
	taken(260)
	require.Equal(t, []int{125, 125, 125, 125}, s.load)
	_, ok := s.choose(ends{})
	require.False(t, ok)
}

// A server that sends each block just in time ends a transfer no later than others.
func TestDrippingServer(t *testing.T) {
	c := newCosmos(1, 1)
	f := c.get(1, "f")
	from := end{nodeIP, 2000}
	for n := uint16(1); !f.over; n++ {
		require.LessOrEqual(t, c.now, maxDuration+5*time.Second)
		c.now += 4900 * time.Millisecond
		c.client.expire(c.now, func(*fetch, []byte) {})
		block := append(appendHeader(nil, opDATA, n), make([]byte, blockSize)...)
		c.client.receive(c.now, f, from.port, block, nil)
	}
	require.ErrorIs(t, f.err, os.ErrDeadlineExceeded)
	require.Greater(t, f.blocks, 100, "it was going on")
}

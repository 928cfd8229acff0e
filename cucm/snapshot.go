package cucm

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/netip"
	"time"

	"itlsim/internal/bounded"
	"itlsim/internal/contain"
	"itlsim/internal/strictjson"
	"itlsim/itl"
	"itlsim/sip"
)

// A snapshot is what everybody may know of a cluster at a time, for replicas in other processes.
type snapshot struct {
	Files map[string][]byte // of the state, as they are kept on disk, but for all that is secret
	Nodes []nodeSnapshot
}

// nodeSnapshot is what no state has of a node.
type nodeSnapshot struct {
	Down      bool
	Addresses map[Service]string // host:port
}

// maxSnapshot bounds one, in bytes: a cluster of 21 nodes takes some 600,000, and each
// certificate that it has had another 2,000.
const maxSnapshot = 16 << 20

// Snapshot is the cluster as a replica has it that follows ([Follow]): its present state with
// nothing that is secret - no private key, no password, not the file of the recovery key -,
// where its services are, and which nodes are without power. What it knows of phones is not
// in it ([Cluster.SnapshotPhones]).
func (c *Cluster) Snapshot() ([]byte, error) {
	files, err := encode(c.draft().public())
	if err != nil {
		return nil, err
	}
	s := snapshot{Files: files}
	contain.Holding(c.mu.RLocker(), func() {
		for _, n := range c.nodes {
			s.Nodes = append(s.Nodes, nodeSnapshot{n.down, maps.Clone(n.addresses)})
		}
	})
	return json.Marshal(s)
}

// public is a copy of a draft by which nobody can act.
func (d *draft) public() *draft {
	p := d.clone()
	p.login, p.p12Password, p.monitor, p.bulk = login{}, "", monitor{}, BulkServer{}
	for i := range p.nodes {
		n := &p.nodes[i]
		n.hostKey, n.p12, n.requests, n.known = nil, nil, nil, nil
		n.recovery = n.recovery.public()
		for unit, cert := range n.certs {
			n.certs[unit] = cert.public()
		}
	}
	return p
}

// public is a certificate without its key.
func (c *Certificate) public() *Certificate {
	if c == nil {
		return nil
	}
	return &Certificate{itl.Signer{Certificate: c.Certificate}, c.Modified}
}

// Follow makes a replica of a cluster, as its snapshot shows it: it tells of itself what the
// cluster would, serves nothing, and signs nothing. Of cfg it takes the Clock, and what is as
// installed.
func Follow(cfg Config, snapshot []byte) (*Cluster, error) {
	s, d, err := readSnapshot(snapshot)
	if err != nil {
		return nil, err
	}
	cfg.Password, cfg.Syslog, cfg.Logged = "", nil, nil
	c, err := newCluster(cfg)
	if err == nil {
		err = c.resume(d)
	}
	if err != nil {
		return nil, err
	}
	c.follow(s)
	return c, nil
}

// Learn has a replica follow another snapshot of its cluster. Certificates and lists that are the
// same as before stay the same in memory.
func (c *Cluster) Learn(snapshot []byte) error {
	s, d, err := readSnapshot(snapshot)
	if err != nil {
		return err
	}
	c.admin.Lock()
	defer c.admin.Unlock()
	if len(d.nodes) != len(c.nodes) {
		return fmt.Errorf("a snapshot of %d nodes, of a cluster that has %d", len(d.nodes), len(c.nodes))
	}
	for i, n := range c.nodes {
		d.nodes[i].keep(&n.nodeState)
	}
	c.take(d)
	c.follow(s)
	return nil
}

// keep takes over what has not changed.
func (n *nodeState) keep(was *nodeState) {
	for unit, cert := range n.certs {
		n.certs[unit] = kept(was.certs[unit], cert)
	}
	n.recovery = kept(was.recovery, n.recovery)
	lists := was.lists()
	for name, list := range n.lists() {
		if old := *lists[name]; old != nil && *list != nil && old.SHA1() == (*list).SHA1() {
			*list = old
		}
	}
}

// kept is the certificate of before where that is the same.
func kept(was, is *Certificate) *Certificate {
	if was != nil && is != nil && was.Certificate.Equal(is.Certificate) && was.Modified.Equal(is.Modified) {
		return was
	}
	return is
}

// follow takes over what a snapshot has beside the state.
func (c *Cluster) follow(s *snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, n := range c.nodes {
		n.down, n.addresses = s.Nodes[i].Down, s.Nodes[i].Addresses
	}
	c.changes++
}

// readSnapshot reads what [Cluster.Snapshot] wrote.
func readSnapshot(data []byte) (*snapshot, *draft, error) {
	var s snapshot
	if len(data) > maxSnapshot {
		return nil, nil, fmt.Errorf("a snapshot: %w", &bounded.TooLargeError{Most: maxSnapshot})
	}
	if err := strictjson.UnmarshalKnown(data, &s); err != nil {
		return nil, nil, fmt.Errorf("a snapshot: %w", err)
	}
	d, err := decodeAs(public, s.Files)
	if err != nil {
		return nil, nil, fmt.Errorf("a snapshot: %w", err)
	}
	if len(s.Nodes) != len(d.nodes) {
		return nil, nil, errors.New("a snapshot: of other nodes than its state")
	}
	for i := range s.Nodes {
		for service, at := range s.Nodes[i].Addresses {
			if _, err := netip.ParseAddrPort(at); err != nil || !isService(service) {
				return nil, nil, fmt.Errorf("a snapshot: %.20q is at no %.50q", service, at)
			}
		}
	}
	return &s, d, nil
}

// phonesSnapshot is what a cluster knows of some phones, by number in their order.
type phonesSnapshot struct {
	Registered []byte         // the node that each is registered with, from 1; 0: none
	Lists      []sip.Checksum // that they report to hold
	Holds      []byte         // uvarint: of each its list, from 1; 0: it reports none
	Alarms     []byte         // uvarint: how many each sent
}

// SnapshotPhones is what the cluster knows of some phones, in their order, for a replica.
func (c *Cluster) SnapshotPhones(names iter.Seq[string]) ([]byte, error) {
	c.lapse()
	var s phonesSnapshot
	numbers := make(map[sip.Checksum]uint64)
	p := &c.Phones
	contain.Holding(p.mu.RLocker(), func() {
		for name := range names {
			var node byte
			var list, alarms uint64
			if rec := p.records.find(Caller{Device: name}); rec != nil {
				if rec.registration != nil {
					node = byte(1 + rec.registration.Node.index)
				}
				if h := rec.holds; h != nil && h.installed {
					if numbers[h.itl] == 0 {
						s.Lists = append(s.Lists, h.itl)
						numbers[h.itl] = uint64(len(s.Lists))
					}
					list = numbers[h.itl]
				}
				alarms = uint64(rec.alarms)
			}
			s.Registered = append(s.Registered, node)
			s.Holds, s.Alarms = binary.AppendUvarint(s.Holds, list), binary.AppendUvarint(s.Alarms, alarms)
		}
	})
	return json.Marshal(s)
}

// LearnPhones has a replica know of these phones what [Cluster.SnapshotPhones] told of them.
func (c *Cluster) LearnPhones(names iter.Seq[string], snapshot []byte) error {
	var s phonesSnapshot
	if err := strictjson.UnmarshalKnown(snapshot, &s); err != nil {
		return fmt.Errorf("a snapshot of phones: %w", err)
	}
	holds, alarms := bytes.NewReader(s.Holds), bytes.NewReader(s.Alarms)
	i := 0
	for name := range names {
		list, err := binary.ReadUvarint(holds)
		sent, err2 := binary.ReadUvarint(alarms)
		if err = errors.Join(err, err2); err != nil || i >= len(s.Registered) || int(s.Registered[i]) > len(c.nodes) ||
			list > uint64(len(s.Lists)) {
			return fmt.Errorf("a snapshot of phones: it tells nothing of the one with the number %d", i)
		}
		var at *Node
		var held *sip.Checksum
		if node := s.Registered[i]; node > 0 {
			at = c.nodes[node-1]
		}
		if list > 0 {
			held = &s.Lists[list-1]
		}
		c.Phones.learn(name, at, held, uint32(sent))
		i++
	}
	if i != len(s.Registered) || holds.Len() > 0 || alarms.Len() > 0 {
		return fmt.Errorf("a snapshot of phones: it is of more than %d", i)
	}
	return nil
}

// learn notes what another cluster knows of a phone: with which node it is registered, and which
// list it reports to hold (nil: none).
func (p *Phones) learn(name string, at *Node, held *sip.Checksum, alarms uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rec := p.records.get(Caller{Device: name})
	rec.registration, rec.holds, rec.alarms = nil, nil, alarms
	if at != nil {
		rec.registration = p.withoutSIP(at, time.Time{})
	}
	if held != nil {
		rec.holds = p.share(holding{installed: true, itl: *held})
	}
}

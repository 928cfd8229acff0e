package lab

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
)

// A Sight is what a lab shows those that follow it: the time, and its clusters.
type Sight struct {
	Now      time.Time `json:"now"`                // by the clusters' clock
	Clusters [][]byte  `json:"clusters,omitempty"` // snapshots ([cucm.Cluster.Snapshot]); none: as before
	Switched uint64    `json:"switched"`           // how often call managers were started or stopped
}

// Sight is the present one.
func (l *Lab) Sight() (s Sight, err error) {
	for _, c := range l.Clusters() {
		data, err := c.Snapshot()
		if err != nil {
			return s, err
		}
		s.Clusters = append(s.Clusters, data)
	}
	if w, ok := l.world.(*apart); ok {
		s.Switched = w.switched()
	}
	s.Now = l.Now()
	return s, nil
}

// Learn has a lab that follows another one see it as it is now.
func (l *Lab) Learn(s Sight) error {
	w, ok := l.world.(*wire)
	if !ok || !w.follows {
		return errors.New("this lab follows none")
	}
	if len(s.Clusters) > 0 && len(s.Clusters) != len(l.Clusters()) {
		return fmt.Errorf("%d clusters are shown, and there are %d", len(s.Clusters), len(l.Clusters()))
	}
	for i, data := range s.Clusters {
		if err := l.Clusters()[i].Learn(data); err != nil {
			return err
		}
	}
	w.set(s.Now)
	w.elsewhere = s.Switched
	return nil
}

// PhonesKnown is what each cluster knows of the phones of a shard, for [Lab.LearnPhones].
func (l *Lab) PhonesKnown(of Shard) (all [][]byte, err error) {
	from, to := of.Range(l.Total())
	for _, c := range l.Clusters() {
		data, err := c.SnapshotPhones(l.names(from, to))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// LearnPhones has the clusters of a lab that follows another one know of the phones here what
// that one's know.
func (l *Lab) LearnPhones(known [][]byte) error {
	if len(known) != len(l.Clusters()) {
		return fmt.Errorf("%d clusters know of phones, and there are %d", len(known), len(l.Clusters()))
	}
	for i, c := range l.Clusters() {
		if err := c.LearnPhones(l.Names(), known[i]); err != nil {
			return err
		}
	}
	return nil
}

// A Given is what the phones of a shard have when a lab opens, as it crosses to a lab that has
// no keys to make it with, and how the clusters are then.
type Given struct {
	Sight
	Lists [][]byte `json:"lists,omitempty"` // each once
	Held  []byte   `json:"held"`            // uvarint: of each phone its list, from 1; 0: none
	LSCs  LSCs     `json:"lscs"`
}

// LSCs are phones' certificates as they cross, by device, with the key that phones have in a lab.
type LSCs struct {
	Key []byte            `json:"key,omitempty"` // PKCS #8
	Of  map[string][]byte `json:"of,omitempty"`  // DER
}

// Give gives the phones of a crew what they have, by shards of which there are so many. Here it is
// forgotten then.
func (l *Lab) Give(shards int) (all []Given, err error) {
	defer func() { l.given = given{} }()
	sight, err := l.Sight()
	if err != nil {
		return nil, err
	}
	for i := range shards {
		g, err := l.give(Shard{Index: i, Of: shards})
		if err != nil {
			return nil, err
		}
		g.Sight = sight
		all = append(all, g)
	}
	return all, nil
}

func (l *Lab) give(of Shard) (g Given, err error) {
	from, to := of.Range(l.Total())
	numbers := make(map[[20]byte]uint64)
	lscs := make(map[string]*itl.Signer)
	i := from
	for name := range l.names(from, to) {
		var number uint64
		if list := l.given.held[i]; list != nil {
			if number = numbers[list.SHA1()]; number == 0 {
				g.Lists = append(g.Lists, list.Bytes())
				number = uint64(len(g.Lists))
				numbers[list.SHA1()] = number
			}
		}
		g.Held = binary.AppendUvarint(g.Held, number)
		if lsc := l.given.lscs[name]; lsc != nil {
			lscs[name] = lsc
		}
		i++
	}
	g.LSCs, err = l.Cross(lscs)
	return g, err
}

// Has reports whether devices are phones of a shard, each once, in the fleet's order.
func (l *Lab) Has(of Shard, devices []string) bool {
	for name := range l.names(of.Range(l.Total())) {
		if len(devices) > 0 && devices[0] == name {
			devices = devices[1:]
		}
	}
	return len(devices) == 0
}

// Cross is how certificates of phones cross.
func (l *Lab) Cross(lscs map[string]*itl.Signer) (c LSCs, err error) {
	if len(lscs) == 0 {
		return c, nil
	}
	if c.Key, err = x509.MarshalPKCS8PrivateKey(l.ownKey); err != nil {
		return c, err
	}
	c.Of = make(map[string][]byte)
	for device, lsc := range lscs {
		c.Of[device] = lsc.Certificate.Raw
	}
	return c, nil
}

// maxLSC is more than a key or a certificate of a phone has, in bytes: to judge a key takes time
// by the third power of its length.
const maxLSC = 16 << 10

// Crossed are certificates of phones that have crossed.
func (l *Lab) Crossed(c LSCs) (map[string]*itl.Signer, error) {
	if len(c.Of) == 0 {
		return nil, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(c.Key[:min(len(c.Key), maxLSC)])
	own, ok := key.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the key of phones' certificates is none")
	}
	if l.ownKey == nil || !l.ownKey.Equal(own) {
		l.ownKey = own
	}
	lscs := make(map[string]*itl.Signer)
	for device, der := range c.Of {
		cert, err := x509.ParseCertificate(der[:min(len(der), maxLSC)])
		if err != nil || !l.ownKey.PublicKey.Equal(cert.PublicKey) {
			return nil, fmt.Errorf("the certificate of %.20q is none of a phone here", device)
		}
		lscs[device] = &itl.Signer{Certificate: cert, Key: l.ownKey}
	}
	return lscs, nil
}

// endowed gives phones what they were given elsewhere.
type endowed struct {
	lists []*itl.List
	held  *bytes.Reader
	lscs  map[string]*itl.Signer
}

// endowed reads what was given.
func (l *Lab) endowed(g *Given) (e *endowed, err error) {
	e = &endowed{held: bytes.NewReader(g.Held)}
	for _, data := range g.Lists {
		list, err := itl.ParseList(data)
		if err != nil {
			return nil, err
		}
		e.lists = append(e.lists, list)
	}
	e.lscs, err = l.Crossed(g.LSCs)
	return e, err
}

func (e *endowed) list(*Group, int, *cucm.Node) (*itl.List, error) {
	number, err := binary.ReadUvarint(e.held)
	switch {
	case err != nil || number > uint64(len(e.lists)):
		return nil, errors.New("it is not said which list a phone holds")
	case number == 0:
		return nil, nil
	}
	return e.lists[number-1], nil
}

func (e *endowed) lsc(device string, _ *cucm.Node) (*itl.Signer, error) {
	if lsc := e.lscs[device]; lsc != nil {
		return lsc, nil
	}
	return nil, fmt.Errorf("%s was given no certificate", device)
}

// leads checks that the network leads to all that nodes serve.
func (w *wire) leads(nodes []namedNode) error {
	for _, n := range nodes {
		for _, s := range n.Services() {
			if at := n.Address(s); at != "" {
				if _, err := w.network.Target(context.Background(), at); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

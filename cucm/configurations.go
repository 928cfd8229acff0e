package cucm

import (
	"bytes"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sync"

	"itlsim/cnf"
	"itlsim/internal/contain"
	"itlsim/itl"
	"itlsim/tftp"
)

// A deviceKind is all of a device that its configuration depends on but for its name.
type deviceKind struct {
	group     [MaxGroup]int // indices of the nodes, counted from 1
	security  cnf.SecurityMode
	isDefault bool // it is [defaultDevice]
	own       cnf.Override
}

func (d *Device) kind(own cnf.Override) deviceKind {
	k := deviceKind{security: d.Security, isDefault: d.Name == defaultDevice, own: own}
	for i, n := range d.Group {
		k.group[i] = n.index + 1
	}
	return k
}

// configurations are those that a node has for devices of a kind: what they have in
// common, and those that it has signed. There are others as soon as what they have in
// common is another.
type configurations struct {
	of     deviceKind
	file   cnf.File // without name and stamp
	mold   cnf.Mold // of file
	stamp  string   // what all their version stamps end with
	signer *Certificate
	digest itl.Digest
	node   int // its index

	mu   sync.Mutex
	kept map[configKey]signedConfig
}

// currentConfigs are the configurations for a kind, and how many changes the cluster
// had seen when they were last found to be still the same.
type currentConfigs struct {
	*configurations
	changes uint64
}

type configKey struct {
	kind   tftp.Kind
	device string
}

// A signedConfig is kept as long as it holds, since signing is a node's dearest
// operation, about a millisecond.
type signedConfig struct {
	recipient *x509.Certificate // whom the configuration is encrypted for; nil: nobody
	// data is the file; or, of the phones' own ones that are not encrypted, of which
	// there may be ten thousand, the signed header alone.
	data   []byte
	looked bool // nobody but who had a look has asked for it
}

// configurations are the node's for devices of a kind. The call managers and TVS
// members are those of the device's CallManager Group.
func (n *Node) configurations(d Device, own cnf.Override) *configurations {
	c, kind := n.cluster, d.kind(own)
	c.mu.RLock()
	current, changes := n.configs[kind], c.changes
	c.mu.RUnlock()
	if current.configurations != nil && current.changes == changes {
		return current.configurations
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := n.newConfigurations(d, own)
	if current = n.configs[kind]; current.configurations == nil || !current.same(fresh) {
		current.configurations = fresh
	}
	current.changes = c.changes
	n.configs[kind] = current
	return current.configurations
}

// newConfigurations are the configurations as they have to be now. The caller has the
// lock.
func (n *Node) newConfigurations(d Device, own cnf.Override) *configurations {
	file := cnf.File{
		Config: cnf.Config{Settings: own.Over(n.sees().settings), Default: d.Name == defaultDevice},
		CAPF:   n.cluster.nodes[0].host(),
	}
	if n.sees().mixed {
		file.Security = d.Security
	}
	for i, m := range d.Group {
		file.Names = append(file.Names, m.name)
		file.CallManagers = append(file.CallManagers, m.callManager(file.Security))
		if address := m.addresses[TVSService]; address != "" {
			file.TVS = append(file.TVS, address)
		}
		if i == 0 {
			file.Directory = cnf.DirectoryURL(m.host(), m.port(TomcatService))
		}
	}
	return &configurations{
		of: d.kind(own), file: file, mold: file.Mold(), stamp: stamp(&file), signer: n.certs[CallManager], digest: n.digest,
		node: n.index,
		kept: make(map[configKey]signedConfig),
	}
}

// stamp is what is another one for whatever else is in a file: so nobody who changes
// something that files are made of needs to think of it. (Real version stamps are
// numbers that tell nothing.)
func stamp(f *cnf.File) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%+v", *f)
	return fmt.Sprintf("-%016x}", h.Sum64())
}

// same reports whether configurations are the same, and signed by the same.
func (c *configurations) same(other *configurations) bool {
	return c.stamp == other.stamp && c.signer == other.signer && c.digest == other.digest
}

// appendPlain appends the plain configuration of a device.
func (c *configurations) appendPlain(b []byte, device string) []byte {
	return c.mold.AppendXML(b, device, "{"+device+c.stamp)
}

// keptFor is what is kept of a configuration for a recipient, and whether that is its first
// use: who only has a look is none.
func (c *configurations) keptFor(
	key configKey, recipient *x509.Certificate, look bool,
) (kept signedConfig, ok, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, ok = c.kept[key]; !ok || kept.recipient != recipient {
		return signedConfig{}, false, false
	}
	if first = kept.looked && !look; first {
		kept.looked = false
		c.kept[key] = kept
	}
	return kept, true, first
}

// signed is a device's configuration, signed when a phone first asks for it after a
// change. Who only has a look may be the first, and is not counted.
func (c *configurations) signed(by *Cluster, name tftp.Name, d Device, look bool) ([]byte, error) {
	key, recipient := configKey{name.Kind, d.Name}, d.recipient()
	headerAlone := recipient == nil && d.Name != FleetDevice
	kept, ok, first := c.keptFor(key, recipient, look)
	if first {
		by.countSigned(c, key)
	}
	if ok {
		if headerAlone {
			return c.appendPlain(slices.Clip(kept.data), d.Name), nil
		}
		return kept.data, nil
	}
	// Signed outside the lock: other phones need not wait for it.
	data, payload, err := c.sign(by, name, d)
	if err != nil {
		return nil, err
	}
	if !look {
		by.countSigned(c, key)
	}
	kept = signedConfig{recipient, data, look}
	if headerAlone {
		kept.data = bytes.Clone(data[:len(data)-len(payload)])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[key] = kept
	return data, nil
}

// countSigned counts a configuration that was signed for a device, or for all that share it.
func (c *Cluster) countSigned(of *configurations, key configKey) {
	c.signed.Add(1)
	if key.device != FleetDevice && key.device != defaultDevice {
		return
	}
	is := fmt.Sprintf("%d %v %v %s %X %v", of.node, of.of, key.kind, of.stamp, of.signer.Certificate.SerialNumber, of.digest)
	contain.Holding(&c.mu, func() {
		if c.sharedSigned == nil {
			c.sharedSigned = make(map[string]uint64)
		}
		c.sharedSigned[is]++
	})
}

// SharedSigned is how often each configuration was signed that is not one device's alone, by
// what it is: a node's, for devices of a kind, with one content under one key. Clusters on which
// the same was done, each with some of the devices, sign the same ones.
func (c *Cluster) SharedSigned() map[string]uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return maps.Clone(c.sharedSigned)
}

// dropConfigurations forgets what the nodes have signed for a device.
func (c *Cluster) dropConfigurations(device string) {
	if device == "" {
		return
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, n := range c.nodes {
		for _, current := range n.configs {
			current.drop(device)
		}
	}
}

func (c *configurations) drop(device string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, kind := range []tftp.Kind{tftp.SignedConfig, tftp.EncryptedConfig} {
		delete(c.kept, configKey{kind, device})
	}
}

// sign signs a device's configuration, or what stands in the place of one that is
// encrypted, or encrypts it. What keys that takes is no part of a simulation, which
// goes by the cluster's own randomness. The payload of what is not encrypted ends it.
func (c *configurations) sign(by *Cluster, name tftp.Name, d Device) (data, payload []byte, err error) {
	payload = c.appendPlain(nil, d.Name)
	if recipient := d.recipient(); recipient != nil {
		key, ok := recipient.PublicKey.(*rsa.PublicKey)
		switch {
		case !ok:
		case name.Kind == tftp.EncryptedConfig:
			data, err = itl.EncryptFile(name.String(), payload, c.digest, by.Now(), c.signer.Signer, key, rand.Reader)
			return data, nil, err
		default:
			stub, sum := c.file, md5.Sum(recipient.Raw)
			stub.Stub, stub.CertHash = true, hex.EncodeToString(sum[:])
			payload = stub.XML()
		}
	}
	data, err = itl.SignFile(name.String(), payload, c.digest, by.Now(), c.signer.Signer)
	return data, payload, err
}

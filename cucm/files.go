package cucm

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"net"
	"slices"
	"strconv"
	"strings"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// File is the node's TFTP service: its ITL under the phone's name or the
// generic one, configurations of the phones in the database and the default one,
// plain and signed, or encrypted with a signed stub; the cluster's CTL where one was made. No other file exists.
// Errors are [tftp.ErrNotFound], or of signing.
func (n *Node) File(name string) ([]byte, error) {
	data, err := n.file(name)
	if f := n.faults.Load(); f != nil && f.File != nil && err == nil {
		return f.File(name, data), nil
	}
	return data, err
}

func (n *Node) file(name string) ([]byte, error) {
	f, err := tftp.ParseName(name)
	if err != nil {
		return nil, tftp.ErrNotFound
	}
	switch f.Kind {
	case tftp.CTL:
		if list := n.ServedCTL(); list != nil {
			return list.Bytes(), nil
		}
	case tftp.ITL:
		if list := n.ITL(); list != nil {
			return list.Bytes(), nil
		}
	case tftp.Config, tftp.SignedConfig, tftp.EncryptedConfig:
		return n.configFile(f)
	}
	return nil, tftp.ErrNotFound
}

// configFile is a device's configuration, or the default one, plain or signed.
func (n *Node) configFile(f tftp.Name) ([]byte, error) {
	c := n.cluster
	device, known := c.Device(f.Device)
	switch {
	case f.Device == "":
		device = Device{Name: defaultDevice, Group: n.group()}
	case !known:
		return nil, tftp.ErrNotFound
	case c.config.AutoRegister:
		c.welcomed(f.Device)
	}
	if f.Kind == tftp.EncryptedConfig && device.recipient() == nil {
		return nil, tftp.ErrNotFound
	}
	if f.Device != "" && c.config.SharedConfigurations && device.recipient() == nil {
		f.Device = FleetDevice
		device = Device{Name: FleetDevice, Group: device.Group, Security: device.Security}
	}
	if f.Kind != tftp.Config {
		return n.signedConfiguration(f, device)
	}
	file, _ := n.configuration(device)
	return file.XML(), nil
}

// recipient is the certificate for which the device's configuration is encrypted;
// nil: it is not. Nobody can do so for a phone without a certificate (this project's
// choice: it is signed then).
func (d *Device) recipient() *x509.Certificate {
	if d.Encrypted {
		return d.LSC
	}
	return nil
}

// defaultDevice stands for the phones without a configuration of their own: that
// of XMLDefault.cnf.xml names servers alone, for phones that auto-register.
const defaultDevice = ""

// MaxGroup is how many nodes a CallManager Group has at most (remembered).
const MaxGroup = 3

// group is the CallManager Group of phones that register by themselves with the
// node.
func (n *Node) group() []*Node {
	others := slices.DeleteFunc(slices.Clone(n.cluster.nodes), func(m *Node) bool { return m == n })
	group := append([]*Node{n}, others...)
	return group[:min(len(group), MaxGroup)]
}

// FleetDevice is the device's name in a configuration that a whole fleet shares, see
// [Config].
const FleetDevice = "SEP000000000000"

// key is what a signed configuration of the device is kept under. The caller has the
// lock.
func (d *Device) key() string {
	if d.Name != FleetDevice {
		return d.Name
	}
	var key strings.Builder
	for _, n := range d.Group {
		key.WriteString(n.name)
		key.WriteByte(' ')
	}
	key.WriteString(d.Security.String())
	return key.String()
}

// signedConfiguration signs a device's configuration when a phone first asks for it
// after a change.
func (n *Node) signedConfiguration(name tftp.Name, d Device) ([]byte, error) {
	c := n.cluster
	c.mu.RLock()
	key := configKey{name.Kind, d.key()}
	kept, digest, changes := n.configs[key], n.digest, c.changes
	c.mu.RUnlock()
	if kept.changes == changes && kept.device.same(d) {
		return kept.data, nil
	}
	// Written and signed outside the lock: other phones need not wait for it.
	file, signer := n.configuration(d)
	if kept.stamp != file.VersionStamp || kept.signer != signer || kept.digest != digest ||
		kept.device.recipient() != d.recipient() {
		data, err := n.sign(name, &file, d, digest, signer)
		if err != nil {
			return nil, err
		}
		c.signed.Add(1)
		kept = signedConfig{stamp: file.VersionStamp, signer: signer, digest: digest, data: data}
	}
	kept.changes, kept.device = changes, d
	c.mu.Lock()
	n.configs[key] = kept
	c.mu.Unlock()
	return kept.data, nil
}

// same reports whether a device's configuration is the same as far as the database goes.
func (d *Device) same(e Device) bool {
	return d.Security == e.Security && d.recipient() == e.recipient() && slices.Equal(d.Group, e.Group)
}

// sign signs a device's configuration, or what stands in the place of one that is
// encrypted, or encrypts it. What keys that takes is no part of a simulation, which
// goes by the cluster's own randomness.
func (n *Node) sign(name tftp.Name, f *cnf.File, d Device, digest itl.Digest, by *Certificate) ([]byte, error) {
	c := n.cluster
	recipient := d.recipient()
	var key *rsa.PublicKey
	if recipient != nil {
		key, _ = recipient.PublicKey.(*rsa.PublicKey)
	}
	switch {
	case key == nil:
	case name.Kind == tftp.EncryptedConfig:
		return itl.EncryptFile(name.String(), f.XML(), digest, c.Now(), by.Signer, key, rand.Reader)
	default:
		stub, sum := *f, md5.Sum(recipient.Raw)
		stub.Stub, stub.CertHash = true, hex.EncodeToString(sum[:])
		f = &stub
	}
	return itl.SignFile(name.String(), f.XML(), digest, c.Now(), by.Signer)
}

// configuration is a device's configuration, and the certificate to sign it with.
// The call managers and TVS members are those of the device's CallManager Group.
func (n *Node) configuration(d Device) (cnf.File, *Certificate) {
	c := n.cluster
	c.mu.RLock()
	defer c.mu.RUnlock()
	file := cnf.File{
		Config: cnf.Config{Settings: n.sees().settings, Default: d.Name == defaultDevice},
		Device: d.Name,
		CAPF:   c.nodes[0].host(),
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
	file.VersionStamp = stamp(&file)
	return file, n.certs[CallManager]
}

// stamp is a version stamp that is another one for whatever else is in a file: so
// nobody who changes something that files are made of needs to think of it. (Real
// ones are numbers that tell nothing.)
func stamp(f *cnf.File) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%+v", *f)
	return fmt.Sprintf("{%s-%016x}", f.Device, h.Sum64())
}

// host is the address by which phones know the node: where it listens, or its
// name while nothing listens. The caller has the lock.
func (n *Node) host() string {
	if host, _, err := net.SplitHostPort(n.addresses[CallManagerService]); err == nil {
		return host
	}
	return n.name
}

// CallManager is where phones in a security mode register with the node, host:port.
func (n *Node) CallManager(mode cnf.SecurityMode) string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.callManager(mode)
}

// callManager is CallManager for who has the lock.
func (n *Node) callManager(mode cnf.SecurityMode) string {
	port := n.port(CallManagerService)
	if number, err := strconv.Atoi(port); err == nil && mode.ByTLS() {
		port = strconv.Itoa(number + sip.TLSPort - sip.Port)
	}
	return net.JoinHostPort(n.host(), port)
}

// port is where a service listens, or its standard port while it does not. The
// caller has the lock.
func (n *Node) port(s Service) string {
	if _, port, err := net.SplitHostPort(n.addresses[s]); err == nil {
		return port
	}
	return strconv.Itoa(s.Port())
}

// TFTPFiles are the files of the node's TFTP directory that it does not make up
// as phones ask for them, by name.
func (n *Node) TFTPFiles() map[string][]byte {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	files := make(map[string][]byte)
	if n.list != nil {
		files[itl.ITLFilename] = n.list.Bytes()
	}
	if n.ctl != nil {
		files[itl.CTLFilename] = n.ctl.Bytes()
	}
	if n.p12 != nil {
		files[RecoveryFile] = n.p12
	}
	return files
}

// AnswerTVS is what the node's TVS says of a certificate.
func (n *Node) AnswerTVS(req tvs.Request) tvs.Answer {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.sees().store.answer(req, n.unread, n.sees().mixed)
}

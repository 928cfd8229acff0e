package cucm

import (
	_ "embed" // for cnf.xml.tmpl
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/tftp"
)

// A Device is a phone in the cluster's database.
type Device struct {
	Name  string // SEP<MAC>
	Model string
	Group []*Node // CallManager Group: the nodes to register with and whose TVS to ask, in order
}

// FleetDevice is the name in configurations that a whole fleet shares (see
// [Config]).
const FleetDevice = "SEP000000000000"

// key tells signed configurations of devices apart.
func (d *Device) key() string {
	if d.Name != FleetDevice {
		return d.Name
	}
	var key strings.Builder
	for _, n := range d.Group {
		key.WriteString(n.name)
		key.WriteByte(' ')
	}
	return key.String()
}

// database finds a phone in the database; nil where there is none. The caller
// has the lock.
func (c *Cluster) database(name string) *Device {
	if r := c.records.find(name); r != nil && r.known {
		return &r.device
	}
	return nil
}

// AddDevice enters a phone into the database, once.
func (c *Cluster) AddDevice(d Device) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records.enter(d)
}

// Device finds a phone in the database; nil where there is none.
func (c *Cluster) Device(name string) *Device {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.database(name)
}

// Settings are the phones' settings as configured; a phone takes them with its
// next configuration.
func (c *Cluster) Settings() cnf.Settings {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.settings
}

// Configure changes the phones' settings, as on the administration page of
// the common phone profile. Configurations are signed anew when asked for.
func (c *Cluster) Configure(s cnf.Settings) error {
	return c.change(func(d *draft) error {
		d.settings = s
		d.revision++
		return nil
	})
}

// signedConfig is a device's configuration as signed by a node. It is kept
// until something in it changes, since signing is a node's dearest operation,
// about a millisecond.
type signedConfig struct {
	revision int
	signer   *Certificate
	data     []byte
}

// File is the node's TFTP service: its ITL under the phone's name or the
// generic one, configurations plain and signed. No other file exists; outside
// mixed mode there is no CTL. Errors are [tftp.ErrNotFound], or of signing.
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
	c := n.cluster
	c.mu.RLock()
	list, device := n.list, c.database(f.Device)
	c.mu.RUnlock()
	if device == nil && c.config.AutoRegister && (f.Kind == tftp.Config || f.Kind == tftp.SignedConfig) {
		device = n.autoRegister(f.Device)
	}
	if device != nil && c.config.SharedConfigurations {
		device = &Device{Name: FleetDevice, Group: device.Group}
		name = FleetDevice + strings.TrimPrefix(name, f.Device)
	}
	switch {
	case f.Kind == tftp.ITL && list != nil:
		return list.Bytes(), nil
	case f.Kind == tftp.Config && device != nil:
		data, _, _ := n.configuration(device)
		return data, nil
	case f.Kind == tftp.SignedConfig && device != nil:
		return n.signedConfiguration(name, device)
	}
	return nil, tftp.ErrNotFound
}

// maxDevices bounds what auto-registration enters: a CUCM cluster has 40,000
// phones at most.
const maxDevices = 40_000

// autoRegister enters a phone into the database; nil where it is full.
func (n *Node) autoRegister(name string) *Device {
	c := n.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.database(name) == nil && c.records.known < maxDevices {
		group := append([]*Node{n}, slices.DeleteFunc(slices.Clone(c.nodes), func(m *Node) bool { return m == n })...)
		c.records.enter(Device{Name: name, Group: group[:min(len(group), 3)]})
	}
	return c.database(name)
}

// signedConfiguration signs a device's configuration when it is first asked for
// after a change, never for phones that don't ask.
func (n *Node) signedConfiguration(name string, d *Device) ([]byte, error) {
	c, key := n.cluster, d.key()
	c.mu.RLock()
	kept := n.configs[key]
	fresh := kept.revision == c.revision && kept.signer == n.certs[CallManager]
	c.mu.RUnlock()
	if fresh {
		return kept.data, nil
	}
	// Written and signed outside the lock: other phones need not wait for it.
	payload, revision, signer := n.configuration(d)
	data, err := itl.SignFile(name, payload, c.config.Digest, c.Now(), signer.Signer)
	if err != nil {
		return nil, err
	}
	c.counts.signed.Add(1)
	c.mu.Lock()
	n.configs[key] = signedConfig{revision, signer, data}
	c.mu.Unlock()
	return data, nil
}

// configuration writes a device's plain configuration, and tells the revision
// it is of and the certificate to sign it with. The call managers and TVS
// members are those of the device's CallManager Group.
func (n *Node) configuration(d *Device) ([]byte, int, *Certificate) {
	c := n.cluster
	c.mu.RLock()
	revision, signer := c.revision, n.certs[CallManager]
	file := cnf.File{
		Config:       cnf.Config{Settings: c.settings},
		Device:       d.Name,
		VersionStamp: fmt.Sprintf("{%s-%08d}", d.Name, revision),
		CAPF:         c.nodes[0].host(),
	}
	for i, m := range d.Group {
		file.Names = append(file.Names, m.name)
		file.CallManagers = append(file.CallManagers, net.JoinHostPort(m.host(), m.port(CallManagerService)))
		if address := m.addresses[TVSService]; address != "" {
			file.TVS = append(file.TVS, address)
		}
		if i == 0 {
			file.Directory = cnf.DirectoryURL(m.host(), m.port(TomcatService))
		}
	}
	c.mu.RUnlock()
	return file.XML(), revision, signer
}

// host is the address by which phones know the node: where it listens, or its
// name while nothing listens.
func (n *Node) host() string {
	if host, _, err := net.SplitHostPort(n.addresses[CallManagerService]); err == nil {
		return host
	}
	return n.name
}

// port is where a service listens, or its standard port while it does not.
func (n *Node) port(s Service) string {
	if _, port, err := net.SplitHostPort(n.addresses[s]); err == nil {
		return port
	}
	return strconv.Itoa(s.Port())
}

package cucm

import (
	"crypto/x509"
	"net"
	"slices"
	"strconv"

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
	f, err := tftp.ParseName(name)
	if err != nil {
		return nil, tftp.ErrNotFound
	}
	return Caller{Device: f.Device}.Serve(n, f)
}

// Look is [Node.File] for who watches: nothing of it is counted, and no phone has asked.
func (n *Node) Look(name tftp.Name) ([]byte, error) {
	return n.serve(Caller{Device: name.Device}, name, true)
}

// Serve is [Node.File] by the name as it was read.
func (by Caller) Serve(n *Node, name tftp.Name) ([]byte, error) { return n.serve(by, name, false) }

func (n *Node) serve(by Caller, name tftp.Name, look bool) ([]byte, error) {
	data, err := n.file(by, name, look)
	if f := n.faults.Load(); f != nil && f.File != nil && err == nil {
		return f.File(name.String(), data), nil
	}
	return data, err
}

func (n *Node) file(by Caller, f tftp.Name, look bool) ([]byte, error) {
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
		return n.configFile(by, f, look)
	}
	return nil, tftp.ErrNotFound
}

// configFile is a device's configuration, or the default one, plain or signed.
func (n *Node) configFile(by Caller, f tftp.Name, look bool) ([]byte, error) {
	c := n.cluster
	by.Device = f.Device // anybody may ask for anybody's file
	device, known := c.called(by)
	switch {
	case f.Device == "":
		device = Device{Name: defaultDevice, Group: n.group()}
	case !known:
		return nil, tftp.ErrNotFound
	case c.config.AutoRegister && !look:
		c.welcomed(f.Device)
	}
	own := n.DeviceSettings(f.Device)
	if f.Kind == tftp.EncryptedConfig && device.recipient() == nil {
		return nil, tftp.ErrNotFound
	}
	if f.Device != "" && c.config.SharedConfigurations && device.recipient() == nil {
		f.Device = FleetDevice
		device = Device{Name: FleetDevice, Group: device.Group, Security: device.Security}
	}
	configs := n.configurations(device, own)
	if by.Device != "" && !look && (device.recipient() == nil || f.Kind == tftp.EncryptedConfig) {
		c.servedConfig(by, configs.file.Settings.WebAccess)
	}
	if f.Kind == tftp.Config {
		return configs.appendPlain(nil, device.Name), nil
	}
	return configs.signed(n.cluster, f, device, look)
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

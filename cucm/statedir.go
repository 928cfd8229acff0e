package cucm

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"itlsim/cnf"
	"itlsim/itl"
)

// stateDir keeps a cluster's state in plain files:
//
//	current -> generations/0000000017     the state in force
//	  cluster.json                        names, settings, passwords, flags
//	  trust.pem                           what every TVS knows
//	  NODE/security/CallManager/          CallManager.pem, .der, _priv.pem; so each certificate
//	  NODE/tftp/ITLFile.tlv, ITLRecovery.p12
//	  NODE/ssh/host_key.pem
//	log/NODE/syslog/CiscoSyslog           the application log
//	backups/NAME/                         DRS backups, laid out like a generation
//
// A change writes a whole new generation, to disk, and then moves the link
// current: one rename, before which the old state is there and after which the
// new one is. Everything is readable by its owner only.
type stateDir struct {
	root       string
	lock       *os.File
	generation int
	files      map[string][]byte // of the generation in force
}

// A StateError is a state directory that cannot be used.
type StateError struct {
	Path string
	Err  error
}

func (e *StateError) Error() string { return fmt.Sprintf("state %s: %v", e.Path, e.Err) }
func (e *StateError) Unwrap() error { return e.Err }

// Open brings up the cluster that is kept in a directory, or installs the one
// that cfg describes and keeps it there. Coming up is no start of TFTP: what
// was served is served. Of cfg a kept cluster takes Clock, Keys, Random, Dial
// and Syslog, and the Password if there is one; the rest is as it was kept.
// Nothing else may use the directory until [Cluster.Close].
func Open(dir string, cfg Config) (*Cluster, error) {
	c, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	if c.dir, err = openDir(dir); err != nil {
		c.Close()
		return nil, err
	}
	d, err := c.dir.load(c)
	switch {
	case err != nil:
	case d == nil:
		err = c.install()
	default:
		c.state = d.state
		c.ahead.Store(int64(d.ahead))
		for i := range d.nodes {
			c.newNode(i).nodeState = d.nodes[i]
		}
		if cfg.Password != "" && !c.login.is(cfg.Password) {
			err = c.SetPassword(cfg.Password)
		}
	}
	for _, n := range c.nodes {
		if err == nil {
			err = n.openLog(filepath.Join(dir, "log", n.home))
		}
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Close lets go of the state directory and the logs. The services are those of
// whoever made them listen.
func (c *Cluster) Close() error {
	c.admin.Lock()
	defer c.admin.Unlock()
	_ = c.collectors.Close()
	for _, n := range c.nodes {
		_ = n.log.Close() // each entry is written when it comes
	}
	if c.dir == nil || c.dir.lock == nil {
		return nil
	}
	lock := c.dir.lock
	c.dir.lock = nil
	return lock.Close()
}

func openDir(root string) (*stateDir, error) {
	s := &stateDir{root: root}
	for _, dir := range []string{"generations", "backups", "log"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			return nil, &StateError{root, err}
		}
	}
	var err error
	if s.lock, err = os.OpenFile(filepath.Join(root, "lock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, &StateError{root, err}
	}
	if err := lockFile(s.lock); err != nil {
		s.lock.Close()
		return nil, &StateError{root, fmt.Errorf("another itlsim uses it: %w", err)}
	}
	return s, nil
}

// load reads the state in force, nil where there is none yet, and removes what
// a kill left over.
func (s *stateDir) load(c *Cluster) (*draft, error) {
	target, err := os.Readlink(filepath.Join(s.root, "current"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &StateError{s.root, err}
	}
	if s.generation, err = strconv.Atoi(filepath.Base(target)); err != nil {
		return nil, &StateError{s.root, fmt.Errorf("the link current leads to %s, which is no generation", target)}
	}
	if s.files, err = readFiles(filepath.Join(s.root, target)); err != nil {
		return nil, &StateError{s.root, err}
	}
	d, err := decode(c, s.files)
	if err != nil {
		return nil, &StateError{filepath.Join(s.root, target), err}
	}
	s.sweep()
	return d, nil
}

func (s *stateDir) dir(generation int) string {
	return filepath.Join(s.root, "generations", fmt.Sprintf("%010d", generation))
}

// save brings a draft into force on disk.
func (s *stateDir) save(d *draft) error {
	files, err := encode(d)
	if err != nil {
		return err
	}
	next := s.generation + 1
	if err := writeFiles(s.dir(next), files, s.dir(s.generation), s.files); err != nil {
		return err
	}
	link := filepath.Join(s.root, "current.new")
	_ = os.Remove(link)
	if err := os.Symlink(filepath.Join("generations", filepath.Base(s.dir(next))), link); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.dir(next))); err != nil {
		return err
	}
	if err := os.Rename(link, filepath.Join(s.root, "current")); err != nil {
		return err
	}
	s.generation, s.files = next, files
	s.sweep()
	return syncDir(s.root)
}

// sweep removes all generations but the one in force.
func (s *stateDir) sweep() {
	entries, _ := os.ReadDir(filepath.Join(s.root, "generations"))
	for _, e := range entries {
		if e.Name() != filepath.Base(s.dir(s.generation)) {
			_ = os.RemoveAll(filepath.Join(s.root, "generations", e.Name())) // the next sweep tries again
		}
	}
	_ = os.Remove(filepath.Join(s.root, "current.new"))
}

func (s *stateDir) backup(name string, d *draft) error {
	files, err := encode(d)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.root, "backups", name)
	part := filepath.Join(s.root, "backups", "."+name)
	if err := writeFiles(part, files, "", nil); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(part, dir)
}

func (s *stateDir) backups() []string {
	entries, _ := os.ReadDir(filepath.Join(s.root, "backups"))
	var names []string
	for _, e := range entries {
		if backupName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func (s *stateDir) restore(name string, c *Cluster) (*draft, error) {
	if !slices.Contains(s.backups(), name) {
		return nil, nil
	}
	dir := filepath.Join(s.root, "backups", name)
	files, err := readFiles(dir)
	if err != nil {
		return nil, &StateError{dir, err}
	}
	d, err := decode(c, files)
	if err == nil && len(d.nodes) != len(c.nodes) {
		err = fmt.Errorf("it is of a cluster of %d nodes", len(d.nodes))
	}
	if err != nil {
		return nil, &StateError{dir, err}
	}
	return d, nil
}

// writeFiles writes a directory of files to disk. Files that are the same in
// before are linked to, which spares the waiting for the disk.
func writeFiles(dir string, files map[string][]byte, beforeDir string, before map[string][]byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	dirs := map[string]bool{dir: true}
	for name, data := range files {
		file := filepath.Join(dir, name)
		for up := filepath.Dir(file); !dirs[up]; up = filepath.Dir(up) {
			dirs[up] = true
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if old, ok := before[name]; ok && bytes.Equal(old, data) && os.Link(filepath.Join(beforeDir, name), file) == nil {
			continue
		}
		if err := writeFile(file, data); err != nil {
			return err
		}
	}
	for d := range dirs {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func syncDir(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func readFiles(dir string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	root := os.DirFS(dir)
	return files, fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
}

// savedCluster is cluster.json.
type savedCluster struct {
	Format      int
	Release     Release
	Location    Location
	KeyBits     int
	Digest      itl.Digest
	Settings    cnf.Settings
	Revision    int
	Rollback    bool
	Login       login
	P12Password string
	ClockAhead  time.Duration // in nanoseconds
	Monitor     monitor
	Trust       []Unit // what the certificates of trust.pem are of, in their order
	Nodes       []savedNode
}

type savedNode struct {
	Name, Domain, Home, RecoveryName string
	KeyBits                          map[Unit]int `json:",omitempty"`
	Activated, Running               map[Service]bool
	Modified                         map[Unit]time.Time
	KnownHosts                       map[string]string
}

// stateFormat changes when a directory's layout does.
const stateFormat = 1

// servedRecovery is where a node's ITLRecovery as of its last TFTP start is
// kept, beside the certificates by their units.
const servedRecovery Unit = "ITLRecovery-served"

// encode writes a draft as files, by their names.
func encode(d *draft) (map[string][]byte, error) {
	cfg := &d.cluster.config
	saved := savedCluster{
		Format: stateFormat, Release: cfg.Release, Location: cfg.Location, KeyBits: cfg.KeyBits, Digest: cfg.Digest,
		Settings: d.settings, Revision: d.revision, Rollback: d.rollback, Login: d.login, P12Password: d.p12Password, ClockAhead: d.ahead, Monitor: d.monitor,
	}
	files := make(map[string][]byte)
	var trust []byte
	for _, v := range d.store {
		saved.Trust = append(saved.Trust, v.unit)
		trust = append(trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.cert.Raw})...)
	}
	files["trust.pem"] = trust
	for i := range d.nodes {
		n := &d.nodes[i]
		node := savedNode{n.name, n.domain, n.home, n.recoveryName, n.keyBits, n.activated, n.running, make(map[Unit]time.Time), n.known}
		add := func(unit Unit, cert *Certificate) error {
			key, err := x509.MarshalPKCS8PrivateKey(cert.Key)
			if err != nil {
				return fmt.Errorf("%s key of %s: %w", unit, n.name, err)
			}
			base := n.name + "/security/" + string(unit) + "/" + string(unit)
			files[base+".der"] = cert.Certificate.Raw
			files[base+".pem"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate.Raw})
			files[base+"_priv.pem"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
			if !cert.Modified.IsZero() {
				node.Modified[unit] = cert.Modified
			}
			return nil
		}
		for unit, cert := range n.certs {
			if err := add(unit, cert); err != nil {
				return nil, err
			}
		}
		if n.recovery != nil {
			if err := add(servedRecovery, n.recovery); err != nil {
				return nil, err
			}
		}
		if n.list != nil {
			files[n.name+"/tftp/ITLFile.tlv"] = n.list.Bytes()
		}
		if n.p12 != nil {
			files[n.name+"/tftp/"+RecoveryFile] = n.p12
		}
		host, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(n.hostKey))
		if err != nil {
			return nil, fmt.Errorf("SSH host key of %s: %w", n.name, err)
		}
		files[n.name+"/ssh/host_key.pem"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: host})
		saved.Nodes = append(saved.Nodes, node)
	}
	var err error
	files["cluster.json"], err = json.MarshalIndent(saved, "", "  ")
	return files, err
}

// decode reads what encode wrote, and gives the cluster its release, location,
// key size and digest.
func decode(c *Cluster, files map[string][]byte) (*draft, error) {
	var saved savedCluster
	if err := json.Unmarshal(files["cluster.json"], &saved); err != nil {
		return nil, fmt.Errorf("cluster.json: %w", err)
	}
	if saved.Format != stateFormat {
		return nil, fmt.Errorf("cluster.json: format %d, this program reads %d", saved.Format, stateFormat)
	}
	if err := saved.Release.check(); err != nil {
		return nil, fmt.Errorf("cluster.json: %w", err)
	}
	if len(saved.Nodes) == 0 {
		return nil, errors.New("cluster.json: no nodes")
	}
	d := &draft{cluster: c, state: state{
		settings: saved.Settings, revision: saved.Revision, rollback: saved.Rollback, login: saved.Login, p12Password: saved.P12Password, ahead: saved.ClockAhead, monitor: saved.Monitor,
	}}
	rest := files["trust.pem"]
	for i, unit := range saved.Trust {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fmt.Errorf("trust.pem: %d certificates, cluster.json lists %d", i, len(saved.Trust))
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("trust.pem: certificate %d: %w", i+1, err)
		}
		d.know(unit, &Certificate{Signer: itl.Signer{Certificate: cert}})
	}
	for _, node := range saved.Nodes {
		n := nodeState{
			name: node.Name, domain: node.Domain, home: node.Home, recoveryName: node.RecoveryName, keyBits: node.KeyBits,
			activated: node.Activated, running: node.Running, known: node.KnownHosts, certs: make(map[Unit]*Certificate), p12: files[node.Name+"/tftp/"+RecoveryFile],
		}
		for _, unit := range append(slices.Clone(Units), servedRecovery) {
			base := n.name + "/security/" + string(unit) + "/" + string(unit)
			if unit == servedRecovery && files[base+".pem"] == nil {
				continue
			}
			cert, err := parseCertificate(files[base+".pem"], files[base+"_priv.pem"])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", base, err)
			}
			cert.Modified = node.Modified[unit]
			if unit == servedRecovery {
				n.recovery = cert
			} else {
				n.certs[unit] = cert
			}
		}
		if data := files[n.name+"/tftp/ITLFile.tlv"]; data != nil {
			list, err := itl.ParseList(data)
			if err != nil {
				return nil, fmt.Errorf("%s/tftp/ITLFile.tlv: %w", n.name, err)
			}
			n.list = list
		}
		host, err := parseKey(files[n.name+"/ssh/host_key.pem"])
		key, ok := host.(ed25519.PrivateKey)
		if err != nil || !ok {
			return nil, fmt.Errorf("%s/ssh/host_key.pem: no Ed25519 key: %v", n.name, err)
		}
		n.hostKey = key.Seed()
		d.nodes = append(d.nodes, n)
	}
	c.config.Release, c.config.Location, c.config.KeyBits, c.config.Digest = saved.Release, saved.Location, saved.KeyBits, saved.Digest
	return d, nil
}

func parseCertificate(certPEM, keyPEM []byte) (*Certificate, error) {
	block, _ := pem.Decode(certPEM)
	if block == nil {
		return nil, errors.New("no certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	parsed, err := parseKey(keyPEM)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("the key is not the certificate's")
	}
	return &Certificate{Signer: itl.Signer{Certificate: cert, Key: key}}, nil
}

func parseKey(data []byte) (any, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no key")
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

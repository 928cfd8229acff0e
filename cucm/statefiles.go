package cucm

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"

	"itlsim/cnf"
	"itlsim/internal/strictjson"
	"itlsim/itl"
)

// savedCluster is cluster.json.
type savedCluster struct {
	Format      int
	Release     Release
	Location    Location
	KeyBits     int
	Digest      itl.Digest
	Settings    cnf.Settings
	Own         map[string]cnf.Override `json:",omitempty"` // settings of phones' own
	Rollback    bool
	Mixed       bool
	Manual      bool // phone interaction
	Login       login
	P12Password string
	ClockAhead  time.Duration // in nanoseconds
	Monitor     monitor
	Bulk        BulkServer
	Trust       []Store // where the certificates of trust.pem are, in their order: a unit, or a trust store
	Nodes       savedNodes
	Revision    json.RawMessage `json:",omitempty"` // which earlier versions counted; it says nothing any more
}

// savedNodes are no more than a cluster has, however many the file lists.
type savedNodes []savedNode

// UnmarshalJSON stops at the first node too many.
func (s *savedNodes) UnmarshalJSON(data []byte) error {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if start, err := in.Token(); err != nil || start != json.Delim('[') {
		return invalid("Nodes", "no list of nodes")
	}
	for i := 0; in.More(); i++ {
		if i == MaxNodes {
			return invalid("Nodes", "a cluster has at most %d", MaxNodes)
		}
		var n savedNode
		if err := in.Decode(&n); err != nil {
			return invalid(fmt.Sprintf("Nodes[%d]", i), "%w", err)
		}
		*s = append(*s, n)
	}
	return nil
}

type savedNode struct {
	Name, Domain, Home, RecoveryName string
	KeyBits                          map[Unit]int `json:",omitempty"`
	Activated, Running               map[Service]bool
	Booted                           time.Time             // zero in states that were kept before nodes had it
	Started                          map[Service]time.Time `json:",omitempty"`
	Modified                         map[Unit]time.Time
	KnownHosts                       map[string]string
	Unread                           map[string]bool `json:",omitempty"`
	MinTLS                           MinTLS
	FIPS                             bool
	Active, Inactive                 string     // builds; of states that were kept before nodes had any the release's
	Digest                           itl.Digest // 0 in states that were kept before nodes had one: the cluster's
}

// stateFormat changes when a directory's layout does.
const stateFormat = 1

// servedRecovery is where a node's ITLRecovery as its list has it is
// kept, beside the certificates by their units.
const servedRecovery Unit = "ITLRecovery-served"

// The files of a state, by their names; those of a node begin with its name.
const (
	clusterFile = "cluster.json"
	trustFile   = "trust.pem"
	hostKeyFile = "/ssh/host_key.pem"
	listFile    = "/tftp/" + itl.ITLFilename
	ctlFile     = "/tftp/" + itl.CTLFilename
	servedCTL   = "/tftp-served/" + itl.CTLFilename
	p12File     = "/tftp/" + RecoveryFile
	keyEnding   = "_priv.pem"
)

// certificateFile is a node's certificate or key, without the name's ending.
func certificateFile(node string, unit Unit) string {
	return node + "/security/" + string(unit) + "/" + string(unit)
}

// encode writes a draft as files, by their names. What is secret it writes as far as the draft
// has it.
func encode(d *draft) (map[string][]byte, error) {
	saved := savedCluster{
		Format: stateFormat, Release: d.release, Location: d.location, KeyBits: d.keyBits, Digest: d.digest,
		Settings: d.settings, Own: d.own, Rollback: d.rollback, Mixed: d.mixed, Manual: d.manual,
		Login: d.login, P12Password: d.p12Password, ClockAhead: d.ahead, Monitor: d.monitor, Bulk: d.bulk,
	}
	files := make(map[string][]byte)
	var trust []byte
	for _, t := range d.store {
		saved.Trust = append(saved.Trust, t.place)
		trust = append(trust, certificatePEM(t.cert)...)
	}
	files[trustFile] = trust
	for i := range d.nodes {
		node, err := encodeNode(&d.nodes[i], files)
		if err != nil {
			return nil, err
		}
		saved.Nodes = append(saved.Nodes, node)
	}
	var err error
	files[clusterFile], err = json.MarshalIndent(saved, "", "  ")
	return files, err
}

func certificatePEM(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}

// encodeNode adds a node's files, and gives what of it is in cluster.json.
func encodeNode(n *nodeState, files map[string][]byte) (savedNode, error) {
	node := savedNode{
		Name: n.name, Domain: n.domain, Home: n.home, RecoveryName: n.recoveryName, KeyBits: n.keyBits,
		Activated: n.activated, Running: n.running, Booted: n.booted, Started: n.started,
		Modified: make(map[Unit]time.Time), KnownHosts: n.known, Unread: n.unread, Digest: n.digest,
		MinTLS: n.minTLS, FIPS: n.fips, Active: n.active, Inactive: n.inactive,
	}
	add := func(unit Unit, cert *Certificate) error {
		base := certificateFile(n.name, unit)
		files[base+".der"] = cert.Certificate.Raw
		files[base+".pem"] = certificatePEM(cert.Certificate)
		if !cert.Modified.IsZero() {
			node.Modified[unit] = cert.Modified
		}
		if cert.Key == nil {
			return nil
		}
		key, err := x509.MarshalPKCS8PrivateKey(cert.Key)
		if err != nil {
			return fmt.Errorf("%s key of %s: %w", unit, n.name, err)
		}
		files[base+keyEnding] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
		return nil
	}
	for unit, cert := range n.certs {
		if err := add(unit, cert); err != nil {
			return node, err
		}
	}
	if n.recovery != nil {
		if err := add(servedRecovery, n.recovery); err != nil {
			return node, err
		}
	}
	if err := n.requestFiles(files); err != nil {
		return node, err
	}
	for name, list := range n.lists() {
		if *list != nil {
			files[n.name+name] = (*list).Bytes()
		}
	}
	if n.p12 != nil {
		files[n.name+p12File] = n.p12
	}
	if n.hostKey == nil {
		return node, nil
	}
	host, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(n.hostKey))
	if err != nil {
		return node, fmt.Errorf("SSH host key of %s: %w", n.name, err)
	}
	files[n.name+hostKeyFile] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: host})
	return node, nil
}

// lists are a node's trust lists by their files.
func (n *nodeState) lists() map[string]**itl.List {
	return map[string]**itl.List{listFile: &n.list, ctlFile: &n.ctl, servedCTL: &n.servedCTL}
}

// readState reads a state out of a directory, and its files.
func readState(dir string) (*draft, map[string][]byte, error) {
	files, err := readFiles(dir)
	if err != nil {
		return nil, nil, err
	}
	d, err := decode(files)
	return d, files, err
}

// decode reads what encode wrote of a whole state. The draft lacks what is no state.
func decode(files map[string][]byte) (*draft, error) { return decodeAs(whole, files) }

// extent says what of a state there is.
type extent int

const (
	whole  extent = iota
	public        // nothing that is secret, see [draft.public]
)

// decodeAs reads so much of a state.
func decodeAs(is extent, files map[string][]byte) (*draft, error) {
	var saved savedCluster
	err := strictjson.UnmarshalKnown(files[clusterFile], &saved) // the meaning of a later version's would be lost
	if err == nil {
		err = saved.check()
	}
	if err == nil && is == whole {
		err = saved.Login.check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", clusterFile, err)
	}
	d := &draft{state: state{
		release: saved.Release, location: saved.Location, keyBits: saved.KeyBits, digest: saved.Digest,
		settings: saved.Settings, own: saved.Own, rollback: saved.Rollback, mixed: saved.Mixed, manual: saved.Manual,
		login: saved.Login, p12Password: saved.P12Password, ahead: saved.ClockAhead, monitor: saved.Monitor,
		bulk: saved.Bulk,
	}}
	if d.store, err = decodeStore(saved.Trust, files[trustFile]); err != nil {
		return nil, err
	}
	for _, node := range saved.Nodes {
		node.Active = cmp.Or(node.Active, saved.Release.Facts().Builds[0])
		n, err := decodeNode(is, node, files)
		if err != nil {
			return nil, err
		}
		n.digest = cmp.Or(n.digest, d.digest)
		d.nodes = append(d.nodes, n)
		for _, unit := range n.facts().Units() { // earlier versions kept fewer
			d.store = d.store.with(Store(unit), n.certs[unit].Certificate)
		}
	}
	if is == public { // of a cluster at work, whose files are in it as they come
		return d, nil
	}
	return d, d.checkFiles()
}

// decodeStore reads the certificates of trust.pem, which are in these places.
func decodeStore(places []Store, rest []byte) (s trustStore, err error) {
	for i, place := range places {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fmt.Errorf("%s: %d certificates, %s lists %d", trustFile, i, clusterFile, len(places))
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d: %w", trustFile, i+1, err)
		}
		if !isPlace(place) {
			return nil, fmt.Errorf("%s: Trust[%d]: there is no trust store %q", clusterFile, i, place)
		}
		s = s.with(place, cert)
	}
	if block, _ := pem.Decode(rest); block != nil {
		return nil, fmt.Errorf("%s: more certificates than the %d that %s lists", trustFile, len(places), clusterFile)
	}
	return s, nil
}

// decodeNode reads a node's files.
func decodeNode(is extent, node savedNode, files map[string][]byte) (n nodeState, err error) {
	n = nodeState{
		name: node.Name, domain: node.Domain, home: node.Home, recoveryName: node.RecoveryName, keyBits: node.KeyBits,
		activated: node.Activated, running: node.Running, booted: node.Booted, started: node.Started,
		known: node.KnownHosts, unread: node.Unread,
		digest: node.Digest, minTLS: node.MinTLS, fips: node.FIPS, active: node.Active, inactive: node.Inactive,
		certs: make(map[Unit]*Certificate),
	}
	if n.known == nil {
		n.known = make(map[string]string)
	}
	for _, unit := range append(slices.Clone(n.facts().Units()), servedRecovery) {
		base := certificateFile(n.name, unit)
		if unit == servedRecovery && files[base+".pem"] == nil {
			continue
		}
		cert, err := parseCertificate(is, files[base+".pem"], files[base+keyEnding])
		if err != nil {
			return n, fmt.Errorf("%s: %w", base, err)
		}
		cert.Modified = node.Modified[unit]
		if unit == servedRecovery {
			n.recovery = cert
		} else {
			n.certs[unit] = cert
		}
	}
	for name, list := range n.lists() {
		if data := files[n.name+name]; data != nil {
			if *list, err = itl.ParseList(data); err != nil {
				return n, fmt.Errorf("%s%s: %w", n.name, name, err)
			}
		}
	}
	if is == public {
		return n, nil
	}
	n.p12 = files[n.name+p12File]
	if err := n.readRequests(files); err != nil {
		return n, err
	}
	host, err := parseKey(files[n.name+hostKeyFile])
	key, ok := host.(ed25519.PrivateKey)
	if err == nil && !ok {
		err = errors.New("no Ed25519 key")
	}
	if err != nil {
		return n, fmt.Errorf("%s%s: %w", n.name, hostKeyFile, err)
	}
	n.hostKey = key.Seed()
	return n, nil
}

func parseCertificate(is extent, certPEM, keyPEM []byte) (*Certificate, error) {
	der, err := pemContent(certPEM, "certificate")
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	signer := itl.Signer{Certificate: cert}
	if is == whole {
		signer.Key, err = parseKeyOf("the certificate", cert.PublicKey, keyPEM)
	}
	return &Certificate{Signer: signer}, err
}

// parseKeyOf reads the private key of what has a public one.
func parseKeyOf(owner string, public any, keyPEM []byte) (*rsa.PrivateKey, error) {
	parsed, err := parseKey(keyPEM)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(public) {
		return nil, fmt.Errorf("the key is not %s's", owner)
	}
	return key, nil
}

func parseKey(data []byte) (any, error) {
	der, err := pemContent(data, "key")
	if err != nil {
		return nil, err
	}
	return x509.ParsePKCS8PrivateKey(der)
}

// maxPEM is more than any file of a key or a certificate has, in bytes: those of 4,096
// bits have four thousand. To judge a key takes time by the third power of its length.
const maxPEM = 16 << 10

// pemContent is what a PEM file of one thing holds.
func pemContent(data []byte, what string) ([]byte, error) {
	if len(data) > maxPEM {
		return nil, fmt.Errorf("no %s: it has more than %d bytes", what, maxPEM)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no " + what)
	}
	return block.Bytes, nil
}

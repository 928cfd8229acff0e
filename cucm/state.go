package cucm

import (
	"time"

	"itlsim/cnf"
	"itlsim/itl"
)

// state is what a cluster keeps that belongs to no single node. Together with
// the nodes' it is everything that an administrator may change, and that outlives
// a restart of the program. What a map or slice in it holds is never changed in
// place.
type state struct {
	// as installed
	release  Release // the publisher's
	location Location
	keyBits  int
	digest   itl.Digest // see [Cluster.SetSignatureAlgorithm]

	store    trustStore
	settings cnf.Settings
	own      map[string]cnf.Override // settings of phones' own, see [Node.ConfigureDevice]
	rollback bool                    // see [Cluster.PrepareForRollback]
	mixed    bool                    // enterprise parameter Cluster Security Mode: 1
	manual   bool                    // see [Cluster.SetPhoneInteraction]

	login       login
	p12Password string        // that protects ITLRecovery.p12, see [P12Password]
	ahead       time.Duration // of the cluster's time before its clock, by `set date`
	monitor     monitor
	bulk        BulkServer
}

// monitor is the Certificate Monitor of OS Administration > Security.
type monitor struct {
	BackupDue bool      // ITLRecovery.p12 has not been fetched under its present password (M16, M17)
	Alerted   time.Time // when that was last said
	Ran       time.Time
	Notify    bool // by e-mail
	To        []string
	SMTP      string // host:port
}

// nodeState is what a cluster keeps of a node.
type nodeState struct {
	name, domain string
	home         string // host name at the installation, by which the log is found
	keyBits      map[Unit]int
	recoveryName string // see [NodeConfig]

	active, inactive string // builds on the partitions

	certs     map[Unit]*Certificate
	minTLS    MinTLS
	fips      bool         // see [Node.SetFIPS]
	digest    itl.Digest   // that its TFTP signs by, as of its last start
	list      *itl.List    // as it is served; nil on a subscriber without TFTP
	recovery  *Certificate // ITLRecovery as in the list: of the last start of TFTP, or reset
	ctl       *itl.List    // CTLFile.tlv in the TFTP directory; nil: there is none
	servedCTL *itl.List    // as TFTP serves it
	p12       []byte       // ITLRecovery.p12, on the publisher
	activated map[Service]bool
	running   map[Service]bool
	booted    time.Time             // when all services last started together
	started   map[Service]time.Time // when one of them did after that
	hostKey   []byte                // seed of the SSH host key
	known     map[string]string     // SSH servers' host keys, by host:port
	requests  map[Unit]*request     // CSRs that wait for their certificates
	unread    map[string]bool       // imports that the TVS has not read, by [Store.key]
}

func (n *nodeState) fqdn() string {
	if n.domain == "" {
		return n.name
	}
	return n.name + "." + n.domain
}

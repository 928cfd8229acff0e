package cucm

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Release is the version of CUCM that a cluster is of, as people say it: "12.5".
// What follows from it stands in its [Facts], and nowhere else.
type Release string

// The releases that code and tests name. [Releases] are all.
const (
	Release91  Release = "9.1"  // without ITLRecovery
	Release10  Release = "10.0" // the default
	Release115 Release = "11.5"
	Release125 Release = "12.5"
	Release14  Release = "14"
	Release15  Release = "15"
)

// Recovery says how many ITLRecovery certificates a cluster has.
type Recovery uint8

// How many ITLRecovery certificates there are.
const (
	NoRecovery         Recovery = iota
	RecoveryPerNode             // each node's is its own; lists have the publisher's (M2)
	RecoveryPerCluster          // made on the publisher, every node's
)

// A Parameter is an enterprise parameter, by its name on the page.
type Parameter string

// The enterprise parameters that matter to trust. They stand on the page under
// Security Parameters.
const (
	RollbackParameter    Parameter = "Prepare Cluster for Rollback to pre 8.0"
	SignatureParameter   Parameter = "TFTP File Signature Algorithm"
	InteractionParameter Parameter = "Phone Interaction on Certificate Update"
)

// Facts are what a release does in its own way: a row of the table of releases.
// They are never changed.
type Facts struct {
	Release Release
	// Builds as `show version active` prints them. The first is what an
	// installation gives; an upgrade may name any.
	Builds []string

	// ListSigner signs a list that TFTP builds: "8.x-11.5 CallManager, 12.0+
	// ITLRecovery" (technote 214231).
	ListSigner Unit
	// CTLSigners are the certificates of a tokenless CTL in the role SAST, the one
	// that signs it first (security guide 12.5, "SAST Roles of CTL File"). None: a
	// CTL is signed by eTokens.
	CTLSigners []Unit
	// ResetSigner is the publisher's certificate whose key `utils itl reset localkey`
	// signs with (document 117598; CLI reference 12.5). "": there is no such command.
	ResetSigner Unit
	// ResetRestarts: the reset asks for the administrator's password and restarts
	// TFTP, as in document 117598. The transcript of the CLI reference 12.5 does
	// neither. That the change came with 12.0 is this project's own choice.
	ResetRestarts bool
	// CTLRestarts: TFTP goes on serving the CTL that it had at its start, so that it
	// must be restarted for another. The commands ask for that in technote 118893
	// (10.5), and do not in a transcript of 12.x: the release is inferred.
	CTLRestarts bool

	Recovery Recovery
	// RecoveryYears is how long a new ITLRecovery certificate is valid: 5 (document
	// 117598), later 20 (release notes 14.0(1)); that it is 20 from 12.0 on is this
	// project's own choice among what the security guides say. An upgrade keeps the
	// certificate.
	RecoveryYears int
	// KeepsRecovery is the first build which keeps the ITLRecovery of a node that is
	// upgraded from a release with one per node; builds before it make a new one (field
	// notice 70613). "": all keep it.
	KeepsRecovery string
	// DropsExpired is the first build which does not take expired certificates of trust
	// stores along (security guides 12.5 and 14, of 12.5(1)SU6, 14SU2 and later). "": all
	// take them.
	DropsExpired string
	// KeyBits are the sizes that keys may have. 3072 is in the security guide 14; for
	// older releases no document was found. Files have no number for signatures of 3072
	// bits ([itl.CanSign]), so that CallManager and ITLRecovery never have it.
	KeyBits []int

	// Guard is how long a node refuses to regenerate another certificate after one
	// (document 117598, of 10.0 and later). That lists are rebuilt and phones reset at a
	// regeneration holds for all releases (M13), 9.1 by inference, but see
	// InteractionParameter.
	Guard time.Duration
	// MinTLS are the versions that can be set to be the oldest which a node speaks.
	// None: there is no such command. That it came with 11.5 is inferred from the
	// security guide 15, which tells what 11.5 does with 1.2; 1.3 came with 15SU2.
	MinTLS []uint16
	// TrustFilesBySerial: files of trust stores are named CN_SERIAL.pem rather than
	// CN.pem (security guide 14).
	TrustFilesBySerial bool
	// SelfSignedSAN: one self-signed certificate can serve all nodes, and tomcat's
	// can be reused for CallManager (security guide 14, technote 221070).
	SelfSignedSAN bool
	// NamesTomcat: a self-signed tomcat certificate has the node's FQDN, and nothing else, as
	// subjectAltName, as one of 12.5(1)SU1 that is printed (install guide of Unified CCX, which
	// stands on the same platform; a CUCM's of 2018, signed with SHA-1, has none). That older
	// releases have none is this project's own choice.
	NamesTomcat bool
	// CertificateREST: the certificate manager has a REST interface (a client: "VOS v14 or
	// higher").
	CertificateREST bool
	// Parameters are those that exist.
	Parameters []Parameter

	// SIS is the version of Cisco's SIP line interface that call managers answer with,
	// as traces show it of 11.5, 12.0, 12.5 and 14 (technote 214535, CUCM 12.0,
	// CUCM 14); of others it is this project's choice.
	SIS string
	// CallState: EndPointUnregistered has this parameter (error messages 14).
	CallState bool
	// AutoRegistersMixed: auto-registration works in mixed mode too, as it did not in
	// older releases (security guide). That it came with 11.5 is remembered.
	AutoRegistersMixed bool
}

// fiveMinutes is the guard's time (M13): phones need it to fetch the list between.
const fiveMinutes = 5 * time.Minute

// table has the releases in their order. The build numbers are printed in documents
// and traces, but for those of 9.1, 12.0 and 15 and the first ones of 11.5, 12.5 and
// 14, which are remembered. Release 10.5 is 10.5(2): 10.5(1) had CallManager alone in
// the CTL.
var table = []Facts{{
	Release: Release91, Builds: []string{"9.1.2.10000-28"},
	ListSigner: CallManager, Recovery: NoRecovery, KeyBits: usualKeys,
	Parameters: []Parameter{RollbackParameter}, SIS: "6.0.0",
}, {
	Release: Release10, Builds: []string{"10.0.1.11900-2"},
	ListSigner: CallManager, CTLSigners: []Unit{CallManager}, ResetSigner: ITLRecovery,
	ResetRestarts: true, CTLRestarts: true,
	Recovery: RecoveryPerNode, RecoveryYears: 5, KeyBits: usualKeys, Guard: fiveMinutes,
	Parameters: signedParameters, SIS: "6.0.0",
}, {
	Release: "10.5", Builds: []string{"10.5.2.11900-3"},
	ListSigner: CallManager, CTLSigners: []Unit{CallManager, ITLRecovery}, ResetSigner: ITLRecovery,
	ResetRestarts: true, CTLRestarts: true,
	Recovery: RecoveryPerNode, RecoveryYears: 5, KeyBits: usualKeys, Guard: fiveMinutes,
	Parameters: signedParameters, SIS: "6.0.0",
}, {
	Release: "11.0", Builds: []string{"11.0.1.10000-10"},
	ListSigner: CallManager, CTLSigners: []Unit{CallManager, ITLRecovery}, ResetSigner: ITLRecovery,
	ResetRestarts: true, CTLRestarts: true,
	Recovery: RecoveryPerNode, RecoveryYears: 5, KeyBits: usualKeys, Guard: fiveMinutes,
	Parameters: signedParameters, SIS: "8.0.0",
}, {
	Release: Release115, Builds: []string{"11.5.1.12900-21", "11.5.1.10000-6"},
	ListSigner: CallManager, CTLSigners: []Unit{CallManager, ITLRecovery}, ResetSigner: ITLRecovery,
	ResetRestarts: true, CTLRestarts: true,
	Recovery: RecoveryPerNode, RecoveryYears: 5, KeyBits: usualKeys, Guard: fiveMinutes,
	MinTLS: minTLS, Parameters: signedParameters, SIS: "8.0.0", AutoRegistersMixed: true,
}, {
	Release: "12.0", Builds: []string{"12.0.1.10000-10"},
	ListSigner: ITLRecovery, CTLSigners: []Unit{ITLRecovery, CallManager}, ResetSigner: CallManager,
	Recovery: RecoveryPerNode, RecoveryYears: 20, KeyBits: usualKeys, Guard: fiveMinutes,
	MinTLS: minTLS, Parameters: signedParameters, SIS: "9.0.0", AutoRegistersMixed: true,
}, {
	Release:    Release125,
	Builds:     []string{"12.5.1.16065-1", "12.5.1.14900-63", "12.5.1.13900-152", "12.5.1.10000-22"},
	ListSigner: ITLRecovery, CTLSigners: []Unit{ITLRecovery, CallManager}, ResetSigner: CallManager,
	Recovery: RecoveryPerCluster, RecoveryYears: 20, KeyBits: usualKeys, Guard: fiveMinutes,
	KeepsRecovery: "12.5.1.13900-152", DropsExpired: "12.5.1.16000", NamesTomcat: true,
	MinTLS: minTLS, Parameters: signedParameters, SIS: "9.1.0", AutoRegistersMixed: true,
}, {
	Release: Release14, Builds: []string{"14.0.1.13900-155", "14.0.1.10000-20"},
	ListSigner: ITLRecovery, CTLSigners: []Unit{ITLRecovery, CallManager}, ResetSigner: CallManager,
	Recovery: RecoveryPerCluster, RecoveryYears: 20, KeyBits: longerKeys, Guard: fiveMinutes,
	DropsExpired:       "14.0.1.12900",
	TrustFilesBySerial: true, SelfSignedSAN: true, NamesTomcat: true, CertificateREST: true,
	MinTLS: minTLS, Parameters: allParameters, SIS: "10.0.0", CallState: true, AutoRegistersMixed: true,
}, {
	Release: Release15, Builds: []string{"15.0.1.10000-32"},
	ListSigner: ITLRecovery, CTLSigners: []Unit{ITLRecovery, CallManager}, ResetSigner: CallManager,
	Recovery: RecoveryPerCluster, RecoveryYears: 20, KeyBits: longerKeys, Guard: fiveMinutes,
	DropsExpired:       "15",
	TrustFilesBySerial: true, SelfSignedSAN: true, NamesTomcat: true, CertificateREST: true,
	MinTLS: minTLS, Parameters: allParameters, SIS: "10.0.0", CallState: true, AutoRegistersMixed: true,
}}

// Columns that rows share. Since which release TFTP File Signature Algorithm exists no
// document says; that 9.1 lacks it is this project's choice. The parameter of phones'
// interaction is new in 14 (release notes 14.0(1)).
var (
	minTLS           = []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12}
	usualKeys        = []int{1024, 2048, 4096}
	longerKeys       = []int{1024, 2048, 3072, 4096}
	signedParameters = []Parameter{RollbackParameter, SignatureParameter}
	allParameters    = []Parameter{RollbackParameter, SignatureParameter, InteractionParameter}
)

// Releases are all that are simulated, in their order.
func Releases() (all []Release) {
	for i := range table {
		all = append(all, table[i].Release)
	}
	return all
}

// Facts are the release's; nil of one that is not simulated.
func (r Release) Facts() *Facts {
	for i := range table {
		if table[i].Release == r {
			return &table[i]
		}
	}
	return nil
}

// Has reports whether an enterprise parameter exists.
func (f *Facts) Has(p Parameter) bool { return slices.Contains(f.Parameters, p) }

// Units are the certificates that a node has, in the order of [Units].
func (f *Facts) Units() []Unit {
	if f.Recovery != NoRecovery {
		return Units
	}
	return slices.DeleteFunc(slices.Clone(Units), func(u Unit) bool { return u == ITLRecovery })
}

// UserAgent is how call managers of the release name themselves in SIP, 14 as 14.0
// (CUCM 14).
func (r Release) UserAgent() string {
	if !strings.Contains(string(r), ".") {
		r += ".0"
	}
	return "Cisco-CUCM" + string(r)
}

// ReleaseOf finds the release of a version as `show version active` prints it. Of one
// that is not simulated it is the last before it, or the first, and not exact.
func ReleaseOf(version string) (r Release, exact bool) {
	r = table[0].Release
	for i := range table {
		switch compareVersions(string(table[i].Release), version) {
		case 0:
			return table[i].Release, true
		case -1:
			r = table[i].Release
		}
	}
	return r, false
}

// compareVersions compares the numbers of two versions, as far as the first has any.
func compareVersions(a, b string) int {
	for a != "" {
		var l, r int
		l, a = number(a)
		r, b = number(b)
		if c := cmp.Compare(l, r); c != 0 {
			return c
		}
	}
	return 0
}

// number cuts the first number off a version. What is none counts as 0.
func number(version string) (n int, rest string) {
	end := strings.IndexAny(version, ".-")
	if end < 0 {
		end = len(version)
	}
	n, _ = strconv.Atoi(version[:end])
	return n, version[min(end+1, len(version)):]
}

func (r Release) check() error {
	if r.Facts() == nil {
		return fmt.Errorf("release %q is not simulated; there is %s", r, names(Releases()))
	}
	return nil
}

// names are words or numbers as they are listed in a text.
func names[T any](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = fmt.Sprint(w)
	}
	return strings.Join(all, ", ")
}

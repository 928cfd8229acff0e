package phone

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tvs"
)

// A Library lets the phones of one process share equal things: lists,
// configurations and certificates, which never change once parsed, what their
// models have in common, refusals. Every phone still verifies signatures for itself,
// unless Remember is set. The zero value is ready, and safe for concurrent use.
type Library struct {
	// Remember has a file parsed once, and its signature verified once for each
	// key: the verdict cannot differ between phones. It pays where the driver hands
	// the same bytes, at the same place, to all phones that fetch a file.
	Remember bool

	rules     rules     // nil: the real ones
	reactions sync.Pool // of *reaction: each event needs one
	boots     sync.Pool // of *boot: each boot needs one

	parsedLists cache[span[byte], *itl.List]
	parsedFiles cache[span[byte], *itl.File]
	payloads    cache[span[byte], payload]
	parsedCerts cache[span[byte], *certificate]
	signatures  cache[signature, struct{}]
	answers     cache[tvsAnswer, *Vouched]
	commons     cache[commonKey, *common]
	adopted     cache[*common, *common] // of clones, by what their phones had in common before
	lastBoots   cache[LastBoot, *LastBoot]
	strangers   cache[string, *StrangeTVSError]
	alarms      cache[Lists, sip.DeviceTLInfo] // but for what is the phone's own
	losses      cache[loss, *LostError]
	lostFiles   cache[lostFile, *Refusal]

	lists        interner[*itl.List]
	configs      interner[*cnf.Config]
	certificates interner[*certificate]
	vouches      interner[*Vouched]
	refusals     interner[*Refusal]
}

// list parses data, or finds the list that was parsed from equal bytes.
func (l *Library) list(data []byte) (*itl.List, error) {
	return remember(l, &l.parsedLists, spanOf(data), func() (*itl.List, error) { return l.sameList(data) })
}

func (l *Library) sameList(data []byte) (*itl.List, error) {
	return l.lists.get(data, func() (*itl.List, error) { return itl.ParseList(data) })
}

// file parses a signed file.
func (l *Library) file(data []byte) (*itl.File, error) {
	return remember(l, &l.parsedFiles, spanOf(data), func() (*itl.File, error) { return itl.ParseFile(data) })
}

// verify checks a file's signature.
func (l *Library) verify(s *itl.Signed, key *rsa.PublicKey) error {
	return l.verified(signature{file: s, key: key}, func() error { return s.Verify(key) })
}

// verifySelf is [itl.List.VerifySelf].
func (l *Library) verifySelf(list *itl.List) error {
	return l.verified(signature{file: &list.Signed, self: true}, list.VerifySelf)
}

// signature is a file and a key that may have signed it.
type signature struct {
	file *itl.Signed
	key  *rsa.PublicKey
	self bool // any key of the list's own SAST records
}

func (l *Library) verified(s signature, verify func() error) error {
	_, err := remember(l, &l.signatures, s, func() (struct{}, error) { return struct{}{}, verify() })
	return err
}

// payload is a plain configuration and what was read from it.
type payload struct {
	sum    sip.Checksum
	stamp  uint32 // see [Flash]
	config *cnf.Config
	err    error
}

// payload is the checksum of a plain configuration, and what it says where that
// differs from the one in force.
func (l *Library) payload(data []byte, inForce *cnf.Config, inForceSum sip.Checksum) payload {
	p, _ := remember(l, &l.payloads, spanOf(data), func() (payload, error) {
		p := payload{sum: sha1.Sum(data)}
		if l.Remember || inForce == nil || inForceSum != p.sum {
			p.config, p.err = l.config(data)
			if stamp := cnf.VersionStamp(data); stamp != "" {
				p.stamp = stampOf(stamp)
			}
		}
		return p, nil
	})
	return p
}

// config parses a plain configuration, and gives an equal one where there is
// one: every phone's file differs, but few differ in what matters here.
func (l *Library) config(payload []byte) (*cnf.Config, error) {
	config, err := cnf.Parse(payload)
	if err != nil {
		return nil, err
	}
	return l.configs.get(fmt.Appendf(nil, "%#v", *config), func() (*cnf.Config, error) { return config, nil })
}

// certificate is what a TVS answered with.
type certificate struct {
	itl.Identity
	key *rsa.PublicKey
	raw []byte
}

func (l *Library) certificate(der []byte) (*certificate, error) {
	return remember(l, &l.parsedCerts, spanOf(der), func() (*certificate, error) { return l.sameCertificate(der) })
}

func (l *Library) sameCertificate(der []byte) (*certificate, error) {
	return l.certificates.get(der, func() (*certificate, error) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		key, ok := cert.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, errors.New("its key is not an RSA key")
		}
		return &certificate{itl.IdentityOf(cert), key, der}, nil
	})
}

// tvsAnswer is what a TVS says of a certificate.
type tvsAnswer struct {
	server string
	cert   *certificate
	roles  [maxRoles]itl.Role
	n      int // of these
}

// maxRoles is of how many roles an answer may speak that phones share: CUCM gives three
// at most.
const maxRoles = 4

// vouch is what a TVS said, or what was found equal to it.
func (l *Library) vouch(server string, a tvs.Answer, cert *certificate) *Vouched {
	equal := func() (*Vouched, error) {
		return l.vouches.get(fmt.Appendf(nil, "%q %v %s", server, a.Roles, cert.raw), func() (*Vouched, error) {
			return &Vouched{cert.Identity, a.Roles, cert.key, server}, nil
		})
	}
	q := tvsAnswer{server: server, cert: cert, n: len(a.Roles)}
	if copy(q.roles[:], a.Roles) < q.n {
		v, _ := equal()
		return v
	}
	v, _ := remember(l, &l.answers, q, equal)
	return v
}

// common is what phones have in common; it never changes.
type common struct {
	profile   Profile
	servers   []string // TFTP servers of option 150, host:port, in order
	alternate []string // those that a person set at the phone in their place
	library   *Library
}

// commonKey tells what phones have in common apart by its content. The servers
// are few and short.
type commonKey struct {
	profile            Profile
	servers, alternate string
}

func (l *Library) common(profile *Profile, servers, alternate []string) *common {
	servers, alternate = servers[:min(len(servers), MaxServers)], alternate[:min(len(alternate), MaxServers)]
	key := commonKey{*profile, strings.Join(servers, " "), strings.Join(alternate, " ")}
	c, _ := l.commons.get(key, func() (*common, error) {
		return &common{*profile, servers, alternate, l}, nil
	})
	return c
}

package phone

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"sync"
	"unsafe"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tvs"
)

// A Library lets the phones of one process hold equal things in one place:
// lists, configurations and certificates never change once parsed. Only parsing
// is shared; every phone verifies for itself, unless Remember says otherwise.
// The zero value is ready, and safe for concurrent use.
type Library struct {
	// Remember has a signature verified once for each file and key, and a file
	// parsed once: the verdict cannot differ between phones. It needs a driver
	// that hands the same bytes, at the same place, to all phones that fetch a
	// file.
	Remember bool

	rules rules     // nil: the real ones
	turns sync.Pool // of *turn: there is one at each event

	files     memo[extent, *itl.File]
	parsed    memo[extent, *itl.List]
	payloads  memo[extent, payload]
	verdicts  memo[verdict, struct{}]
	kinds     memo[kindKey, *kind]
	shown     memo[extent, *certificate]
	said      memo[saying, *Vouched]
	lastBoots memo[LastBoot, *LastBoot]

	lists        shelf[*itl.List]
	configs      shelf[*cnf.Config]
	certificates shelf[*certificate]
	vouches      shelf[*Vouched]
	refusals     shelf[*Refusal]
}

// list parses data, or finds the list that was parsed from the same bytes.
func (l *Library) list(data []byte) (*itl.List, error) {
	return remember(l, &l.parsed, extentOf(data), func() (*itl.List, error) { return l.sameList(data) })
}

func (l *Library) sameList(data []byte) (*itl.List, error) {
	return l.lists.get(data, func() (*itl.List, error) { return itl.ParseList(data) })
}

// file parses a signed file.
func (l *Library) file(data []byte) (*itl.File, error) {
	return remember(l, &l.files, extentOf(data), func() (*itl.File, error) { return itl.ParseFile(data) })
}

// verify checks a file's signature.
func (l *Library) verify(s *itl.Signed, key *rsa.PublicKey) error {
	_, err := remember(l, &l.verdicts, verdict{file: s, key: key}, func() (struct{}, error) { return struct{}{}, s.Verify(key) })
	return err
}

// verifySelf is [itl.List.VerifySelf].
func (l *Library) verifySelf(list *itl.List) error {
	_, err := remember(l, &l.verdicts, verdict{file: &list.Signed, self: true}, func() (struct{}, error) { return struct{}{}, list.VerifySelf() })
	return err
}

// verdict is a question whose answer is the same for every phone.
type verdict struct {
	file *itl.Signed
	key  *rsa.PublicKey
	self bool // the list's own records are asked
}

// payload is a plain configuration and what was read from it.
type payload struct {
	sum    sip.Checksum
	config *cnf.Config
	err    error
}

// payload sums up a plain configuration; it is read where its checksum is
// another than that of the one in force.
func (l *Library) payload(data []byte, inForce *cnf.Config, inForceSum sip.Checksum) payload {
	p, _ := remember(l, &l.payloads, extentOf(data), func() (payload, error) {
		p := payload{sum: sha1.Sum(data)}
		if l.Remember || inForce == nil || inForceSum != p.sum {
			p.config, p.err = l.config(data)
		}
		return p, nil
	})
	return p
}

// config parses a plain configuration, or rather finds an equal one: every
// phone's file differs, but few differ in what matters here.
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
	return remember(l, &l.shown, extentOf(der), func() (*certificate, error) { return l.sameCertificate(der) })
}

func (l *Library) sameCertificate(der []byte) (*certificate, error) {
	return l.certificates.get(der, func() (*certificate, error) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		key, ok := cert.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, fmt.Errorf("%T is no RSA key", cert.PublicKey)
		}
		return &certificate{itl.IdentityOf(cert), key, der}, nil
	})
}

// saying tells what TVSs say apart, by where the roles stand.
type saying struct {
	server string
	cert   *certificate
	roles  *itl.Role
	n      int
}

// vouch is what a TVS said, or what was found equal to it.
func (l *Library) vouch(server string, a tvs.Answer, cert *certificate) *Vouched {
	v, _ := remember(l, &l.said, saying{server, cert, unsafe.SliceData(a.Roles), len(a.Roles)}, func() (*Vouched, error) {
		return l.vouches.get(fmt.Appendf(nil, "%q %v %s", server, a.Roles, cert.raw), func() (*Vouched, error) {
			return &Vouched{cert.Identity, a.Roles, cert.key, server}, nil
		})
	})
	return v
}

// kindKey tells kinds apart by where their servers stand: fleets share them.
type kindKey struct {
	profile            *Profile
	servers, alternate place
}

func (l *Library) kind(profile *Profile, servers, alternate []string) *kind {
	k, _ := remember(l, &l.kinds, kindKey{profile, placeOf(servers), placeOf(alternate)}, func() (*kind, error) {
		return &kind{profile, servers, alternate, l}, nil
	})
	return k
}

// place is where a list of servers stands.
type place struct {
	at     *string
	length int
}

func placeOf(servers []string) place { return place{unsafe.SliceData(servers), len(servers)} }

// shelfSize bounds a shelf; clusters serve few lists, and hostile servers may
// serve many.
const shelfSize = 256

// A shelf keeps what was made from the same bytes.
type shelf[T any] struct {
	mu     sync.Mutex
	things map[[sha256.Size]byte]T
}

func (s *shelf[T]) get(from []byte, build func() (T, error)) (T, error) {
	sum := sha256.Sum256(from)
	s.mu.Lock()
	defer s.mu.Unlock()
	thing, ok := s.things[sum]
	if ok {
		return thing, nil
	}
	thing, err := build()
	if err != nil {
		return thing, err
	}
	if s.things == nil || len(s.things) >= shelfSize {
		s.things = make(map[[sha256.Size]byte]T)
	}
	s.things[sum] = thing
	return thing, nil
}

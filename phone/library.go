package phone

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"sync"

	"itlsim/itl"
)

// A Library lets the phones of one process hold equal things in one place:
// lists, configurations and certificates never change once parsed. Only parsing
// is shared; every phone verifies for itself. The zero value is ready, and safe
// for concurrent use.
type Library struct {
	lists        shelf[*itl.List]
	configs      shelf[*Config]
	certificates shelf[*certificate]
}

// list parses data, or finds the list that was parsed from the same bytes.
func (l *Library) list(data []byte) (*itl.List, error) {
	return l.lists.get(data, func() (*itl.List, error) { return itl.ParseList(data) })
}

// config parses a plain configuration, or rather finds an equal one: every
// phone's file differs, but few differ in what matters here.
func (l *Library) config(payload []byte) (*Config, error) {
	config, err := ParseConfig(payload)
	if err != nil {
		return nil, err
	}
	return l.configs.get(fmt.Appendf(nil, "%#v", *config), func() (*Config, error) { return config, nil })
}

// certificate is what a TVS answered with.
type certificate struct {
	itl.Identity
	key *rsa.PublicKey
}

func (l *Library) certificate(der []byte) (*certificate, error) {
	return l.certificates.get(der, func() (*certificate, error) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		key, ok := cert.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, fmt.Errorf("%T is no RSA key", cert.PublicKey)
		}
		return &certificate{itl.IdentityOf(cert), key}, nil
	})
}

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

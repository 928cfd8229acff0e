package sshd

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"

	"golang.org/x/crypto/ssh"

	"itlsim/cucm/testkeys"
)

// algorithms are what the server offers, in the order of preference. What is strong is
// what OpenSSH 9 offers by itself and the library has. Clients that know none of it are
// those of before OpenSSH 6.5 and PuTTY 0.68.
func algorithms(legacy bool) ssh.Config {
	c := ssh.Config{
		KeyExchanges: []string{
			ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519, ssh.KeyExchangeECDHP256,
			ssh.KeyExchangeECDHP384, ssh.KeyExchangeECDHP521, ssh.KeyExchangeDH16SHA512, ssh.KeyExchangeDH14SHA256,
		},
		Ciphers: []string{
			ssh.CipherAES128GCM, ssh.CipherAES256GCM, ssh.CipherChaCha20Poly1305,
			ssh.CipherAES128CTR, ssh.CipherAES192CTR, ssh.CipherAES256CTR,
		},
		MACs: []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM, ssh.HMACSHA256, ssh.HMACSHA512},
	}
	if legacy {
		c.KeyExchanges = append(c.KeyExchanges, ssh.InsecureKeyExchangeDH14SHA1, ssh.InsecureKeyExchangeDHGEXSHA1,
			ssh.InsecureKeyExchangeDH1SHA1)
		c.Ciphers = append(c.Ciphers, ssh.InsecureCipherAES128CBC, ssh.InsecureCipherTripleDESCBC)
		c.MACs = append(c.MACs, ssh.HMACSHA1, ssh.InsecureHMACSHA196)
	}
	return c
}

// legacyKeyBits is the size of the RSA host key of older clients.
const legacyKeyBits = 2048

// legacyKey is the RSA host key that follows from the node's own, once it was needed.
type legacyKey struct {
	of  ed25519.PrivateKey
	key ssh.Signer
}

// hostKeys are those that the server shows: the node's of the moment and, where older
// clients are to log in, an RSA key that the secret part of the node's decides, so
// that it changes when that does and nothing more is kept.
func (s *Server) hostKeys() ([]ssh.Signer, error) {
	own := s.node.HostKey()
	key, err := ssh.NewSignerFromKey(own)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	if !s.options.Legacy {
		return []ssh.Signer{key}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := &s.legacyKey; !bytes.Equal(l.of, own) {
		secret := sha256.Sum256(slices.Concat([]byte("RSA host key"), own.Seed()))
		made, err := testkeys.Make(legacyKeyBits, rand.NewChaCha8(secret))
		if err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
		if l.key, err = ssh.NewSignerFromKey(made); err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
		l.of = own
	}
	return []ssh.Signer{key, s.legacyKey.key}, nil
}

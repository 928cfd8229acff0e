// Package testkeys holds RSA keys that are public: they are shipped in
// keys.txt, for tests and simulated runs, where generating keys would cost a
// tenth of a second each and could not be repeated from a seed. Nothing that
// they sign proves anything to anyone; never use them on a network.
package testkeys

import (
	"crypto/rsa"
	_ "embed"
	"encoding/base64"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:generate go run ./generate

// keys.txt holds a key a line: its size in bits and the base64 of its two
// primes, one after the other.
//
//go:embed keys.txt
var keysFile string

// shipped are the keys of keys.txt by size, in its order. Each is made when it is
// first asked for, and then the same for all pools: to make one costs as much as
// several signatures.
var shipped = sync.OnceValue(func() map[int][]func() (*rsa.PrivateKey, error) {
	keys := make(map[int][]func() (*rsa.PrivateKey, error))
	for line := range strings.Lines(keysFile) {
		size, primes, _ := strings.Cut(strings.TrimSpace(line), " ")
		bits, err := strconv.Atoi(size)
		if err != nil {
			panic("testkeys: keys.txt: " + err.Error())
		}
		keys[bits] = append(keys[bits], sync.OnceValues(func() (*rsa.PrivateKey, error) {
			raw, err := base64.RawStdEncoding.DecodeString(primes)
			if err != nil {
				return nil, fmt.Errorf("testkeys: keys.txt: %w", err)
			}
			half := len(raw) / 2
			return fromPrimes(new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:]))
		}))
	}
	return keys
})

// A Pool hands out test keys in an order that a seed decides, never one twice.
// It is not safe for concurrent use.
type Pool struct {
	left map[int][]func() (*rsa.PrivateKey, error)
}

// NewPool is a pool of all keys.
func NewPool(seed uint64) *Pool {
	p := &Pool{left: make(map[int][]func() (*rsa.PrivateKey, error))}
	for bits, keys := range shipped() {
		keys = slices.Clone(keys)
		r := mathrand.New(mathrand.NewPCG(seed, uint64(bits)))
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		p.left[bits] = keys
	}
	return p
}

// Key takes a key of 1024, 2048 or 4096 bits out of the pool; that none is left is
// an error.
func (p *Pool) Key(bits int) (*rsa.PrivateKey, error) {
	keys := p.left[bits]
	if len(keys) == 0 {
		return nil, fmt.Errorf("the pool of test keys has no %d-bit key left", bits)
	}
	p.left[bits] = keys[1:]
	return keys[0]()
}

func fromPrimes(p, q *big.Int) (*rsa.PrivateKey, error) {
	one, e := big.NewInt(1), big.NewInt(65537)
	n := new(big.Int).Mul(p, q)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())},
		D:         new(big.Int).ModInverse(e, phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key, key.Validate()
}

// Package testkeys holds RSA keys that are public: they are shipped in
// keys.txt, for tests and simulated runs, where generating keys would cost a
// tenth of a second each and could not be repeated from a seed. Where those do
// not last, [Make] makes more from a seed. Nothing that any of them signs proves
// anything to anyone; never use them on a network.
package testkeys

import (
	"crypto/rsa"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"maps"
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

// A Pool hands out test keys in an order that a seed decides, never one twice,
// and never comes to an end. It is not safe for concurrent use.
type Pool struct {
	left map[int][]func() (*rsa.PrivateKey, error)
	more *mathrand.ChaCha8
}

// NewPool is a pool of all keys.
func NewPool(seed uint64) *Pool {
	p := &Pool{
		left: make(map[int][]func() (*rsa.PrivateKey, error)),
		more: mathrand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "pool of test keys %d", seed))),
	}
	for bits, keys := range shipped() {
		keys = slices.Clone(keys)
		r := mathrand.New(mathrand.NewPCG(seed, uint64(bits)))
		r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		p.left[bits] = keys
	}
	return p
}

// Clone is a pool that hands out what this one would.
func (p *Pool) Clone() *Pool {
	more := *p.more
	return &Pool{maps.Clone(p.left), &more}
}

// Key takes a key out of the pool. When all shipped keys of a size are taken, the
// seed makes more, which takes as long as to generate one.
func (p *Pool) Key(bits int) (*rsa.PrivateKey, error) {
	keys := p.left[bits]
	if len(keys) == 0 {
		return Make(bits, p.more)
	}
	p.left[bits] = keys[1:]
	return keys[0]()
}

// Make makes the key that a seed has. [rsa.GenerateKey] never gives a key twice.
func Make(bits int, from *mathrand.ChaCha8) (*rsa.PrivateKey, error) {
	if bits < 1024 || bits > 4096 || bits%16 != 0 {
		return nil, fmt.Errorf("test keys have 1024 to 4096 bits, not %d", bits)
	}
	return fromPrimes(prime(bits/2, from), prime(bits/2, from))
}

// exponent is that of all keys.
var exponent = big.NewInt(65537)

// prime draws a prime with its two highest bits set, so that a product of two has
// exactly twice its bits, and with an inverse of the exponent.
func prime(bits int, from *mathrand.ChaCha8) *big.Int {
	raw := make([]byte, bits/8)
	for p, rest := new(big.Int), new(big.Int); ; {
		from.Read(raw) // never fails
		raw[0] |= 0xc0
		raw[len(raw)-1] |= 1
		p.SetBytes(raw)
		// twenty rounds, as crypto/rand.Prime takes
		if rest.Mod(p, exponent).Cmp(big.NewInt(1)) != 0 && p.ProbablyPrime(20) {
			return p
		}
	}
}

func fromPrimes(p, q *big.Int) (*rsa.PrivateKey, error) {
	one := big.NewInt(1)
	n := new(big.Int).Mul(p, q)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: int(exponent.Int64())},
		D:         new(big.Int).ModInverse(exponent, phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key, key.Validate()
}

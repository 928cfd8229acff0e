package itl

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"sync"
)

// Remembering is a signer that does not sign twice what an equal key has signed in this process:
// the shards of a run do the same acts, with the same keys at the same time. RSA signatures by
// PKCS #1 v1.5 are a function of key and message, so that nobody can tell.
func Remembering(key crypto.Signer) crypto.Signer { return remembering{key} }

type remembering struct{ crypto.Signer }

// signature is what makes one: the key's modulus, the hash function and the digest, hashed.
type signature [sha256.Size]byte

// maxSignatures bounds how many are remembered, some 300 bytes each.
const maxSignatures = 1024

// signatures are the process's.
var signatures = struct {
	sync.Mutex
	made map[signature][]byte
}{made: make(map[signature][]byte)}

// Sign signs a digest, as [rsa.PrivateKey.Sign] does.
func (r remembering) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	public, ok := r.Public().(*rsa.PublicKey)
	hash, plain := opts.(crypto.Hash) // else PSS, which is random
	if !ok || !plain {
		return r.Signer.Sign(random, digest, opts)
	}
	is := signature(sha256.Sum256(append(append(public.N.Bytes(), byte(hash)), digest...)))
	signatures.Lock()
	made := signatures.made[is]
	signatures.Unlock()
	if made != nil {
		return made, nil
	}
	made, err := r.Signer.Sign(random, digest, opts) // outside the lock: it takes a millisecond
	if err != nil {
		return nil, err
	}
	signatures.Lock()
	defer signatures.Unlock()
	if len(signatures.made) >= maxSignatures {
		clear(signatures.made)
	}
	signatures.made[is] = made
	return made, nil
}

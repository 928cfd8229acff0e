package itl_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/itl"
)

// laborious is a key that counts what it signs.
type laborious struct {
	*rsa.PrivateKey
	signed int
}

func (l *laborious) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	l.signed++
	return l.PrivateKey.Sign(random, digest, opts)
}

// Two shards have the same keys, each its own copy, and sign the same: the second finds what the
// first has signed. Who signs anything else, or with another key, gets a signature of its own.
func TestWhatIsSignedTwiceIsSignedOnce(t *testing.T) {
	keys := func() (one, other *laborious) {
		pool := testkeys.NewPool(4711)
		a, err := pool.Key(2048)
		require.NoError(t, err)
		b, err := pool.Key(2048)
		require.NoError(t, err)
		return &laborious{PrivateKey: a}, &laborious{PrivateKey: b}
	}
	first, other := keys()
	second, _ := keys()
	sign := func(key crypto.Signer, text string, opts crypto.SignerOpts) []byte {
		sum := sha256.Sum256([]byte(text))
		sig, err := itl.Remembering(key).Sign(rand.Reader, sum[:], opts)
		require.NoError(t, err)
		return sig
	}
	const text = "a list that is signed in this test alone"
	made := sign(first, text, crypto.SHA256)
	sum := sha256.Sum256([]byte(text))
	require.NoError(t, rsa.VerifyPKCS1v15(&first.PublicKey, crypto.SHA256, sum[:], made))
	require.Equal(t, made, sign(second, text, crypto.SHA256))
	require.Equal(t, []int{1, 0}, []int{first.signed, second.signed})

	require.NotEqual(t, made, sign(second, text+" now", crypto.SHA256))
	require.NotEqual(t, made, sign(other, text, crypto.SHA256))
	require.Equal(t, []int{1, 1, 1}, []int{first.signed, second.signed, other.signed})

	// PSS draws random numbers: what was signed so is never the same again.
	pss := &rsa.PSSOptions{Hash: crypto.SHA256}
	require.NotEqual(t, sign(first, text, pss), sign(first, text, pss))
	require.Equal(t, 3, first.signed)
}

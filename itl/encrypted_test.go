package itl_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/itltest"
	"itlsim/itl"
)

// The header of a small encrypted configuration, and what is encrypted: nothing
// that anybody could read.
var (
	cipherInfo = tlv(17, join(tlv(18, 0), tlv(19, make([]byte, 16)...), tlv(20, 0, 7))...)
	keyInfo    = tlv(21, join(tlv(22, 0), tlv(23, 0, 128), tlv(24, 1), tlv(25, make([]byte, 128)...))...)
	encryption = tlv(16, join(cipherInfo, keyInfo)...)
	plainSum   = join(tlv(26, 1), tlv(27, bytes.Repeat([]byte{0xab}, 20)...))
	encName    = text(14, "SEP001122334455.cnf.xml.enc.sgn")
	ciphertext = make([]byte, 32)
	encrypted  = encryptedFile(signerID, sigInfo, signature, encName, timestamp, encryption, plainSum)
)

// encryptedFile is a file of version 2.0 with these elements in its header.
func encryptedFile(elements ...[]byte) []byte {
	return join(patched(header(elements...), 3, 2, 0), ciphertext)
}

func TestEncryptedConfiguration(t *testing.T) {
	const name = "SEP001122334455.cnf.xml.enc.sgn"
	lab := newLab(t)
	signer := lab.certificate(cucm.CallManager, 2048, rtp("pub"))
	phone := lab.certificate(cucm.CallManager, 1024, rtp("LSC"))
	plain := []byte("<device><fullConfig>true</fullConfig></device>\n")
	data, err := itltest.Encrypted(name, plain, madeAt, signer, &phone.Key.(*rsa.PrivateKey).PublicKey)
	require.NoError(t, err)

	file, err := itl.ParseEncrypted(data)
	require.NoError(t, err)
	require.Equal(t, name, file.Filename)
	require.Equal(t, itl.IdentityOf(signer.Certificate), file.Signer)
	require.NoError(t, file.Verify(&signer.Key.(*rsa.PrivateKey).PublicKey), "the signature needs no key of the phone's")
	require.Equal(t, len(plain), len(file.Ciphertext)-file.Padding)
	require.Equal(t, "AES in CBC mode, its key by RSA of 1024 bits", file.Scheme())

	// What this package encrypts is like that, and either is read with the phone's key.
	for _, digest := range []itl.Digest{itl.SHA1, itl.SHA512} {
		own, err := itl.EncryptFile(name, plain, digest, madeAt, signer, &phone.Key.(*rsa.PrivateKey).PublicKey, rand.Reader)
		require.NoError(t, err)
		again, err := itl.ParseEncrypted(own)
		require.NoError(t, err)
		require.NoError(t, again.Verify(&signer.Key.(*rsa.PrivateKey).PublicKey))
		if digest == itl.SHA1 {
			require.Equal(t, file.Length, again.Length, "elements of the same lengths")
		}
		for _, f := range []*itl.Encrypted{file, again} {
			read, err := f.Decrypt(phone.Key.(*rsa.PrivateKey))
			require.NoError(t, err)
			require.Equal(t, string(plain), string(read))
			_, err = f.Decrypt(signer.Key.(*rsa.PrivateKey))
			require.ErrorContains(t, err, "decrypt "+name)
		}
	}

	_, err = itl.ParseFile(data)
	require.ErrorContains(t, err, "version 2.0, want 1.x (2.0 is an encrypted configuration)")
	checkText(t, itl.ShowEncrypted(file))
}

func TestShowEncrypted(t *testing.T) {
	file, err := itl.ParseEncrypted(encrypted)
	require.NoError(t, err)
	golden(t, "testdata/show-enc-sgn.txt", itl.ShowEncrypted(file))
}

func TestMalformedEncryptedConfigurations(t *testing.T) {
	type at struct {
		offset int
		tag    byte
	}
	with := func(elements ...[]byte) []byte {
		return encryptedFile(append([][]byte{signerID, sigInfo, signature, encName, timestamp}, elements...)...)
	}
	noKey := tlv(16, cipherInfo...)
	begins := len(header(signerID, sigInfo, signature, encName, timestamp)) // offset of what with adds
	for name, tc := range map[string]struct {
		data []byte
		at   at
	}{
		"an empty file":           {nil, at{0, 0}},
		"a signed file":           {small, at{0, 1}},
		"no encryption":           {with(plainSum), at{begins + len(plainSum), 19}},
		"no digest of the plain":  {with(encryption), at{begins + len(encryption), 26}},
		"no key":                  {with(noKey, plainSum), at{begins + len(noKey) + len(plainSum), 25}},
		"an IV of eight bytes":    {with(tlv(16, tlv(17, tlv(19, make([]byte, 8)...)...)...)), at{begins + 6, 19}},
		"an IV outside":           {with(tlv(19, make([]byte, 16)...)), at{begins, 19}},
		"padding of no bytes":     {with(tlv(16, tlv(17, tlv(20, 0, 0)...)...)), at{begins + 6, 20}},
		"padding of two blocks":   {with(tlv(16, tlv(17, tlv(20, 0, 17)...)...)), at{begins + 6, 20}},
		"an empty key":            {with(tlv(16, tlv(21, tlv(25)...)...)), at{begins + 6, 25}},
		"a key algorithm of two":  {with(tlv(16, tlv(21, tlv(24, 0, 1)...)...)), at{begins + 6, 24}},
		"encryption twice":        {with(encryption, encryption), at{begins + len(encryption), 16}},
		"a digest of two bytes":   {with(encryption, tlv(26, 0, 1)), at{begins + len(encryption), 26}},
		"a broken block":          {cut(encrypted), at{len(encrypted) - len(ciphertext), 0}},
		"no block":                {encrypted[:len(encrypted)-len(ciphertext)], at{len(encrypted) - len(ciphertext), 0}},
		"more than is downloaded": {join(encrypted, make([]byte, itl.MaxFile)), at{itl.MaxFile, 0}},
	} {
		file, err := itl.ParseEncrypted(tc.data)
		require.Nil(t, file, name)
		var malformed *itl.FormatError
		require.ErrorAs(t, err, &malformed, name)
		require.Equal(t, tc.at, at{malformed.Offset, malformed.Tag}, "%s: %v", name, err)
	}
}

// An element of an encrypted configuration's is unknown in any other file.
func TestEncryptionIsUnknownElsewhere(t *testing.T) {
	list, err := itl.ParseList(header(signerID, sigInfo, signature, filename, timestamp, encryption, tlv(19, 1)))
	require.NoError(t, err)
	require.Equal(t, []string{"header element 16", "header element 19"}, list.Unknown())
}

// Whatever a file holds, it is refused with its place, or can be shown.
func FuzzParseEncrypted(f *testing.F) {
	f.Add(encrypted)
	f.Add(cut(encrypted))
	f.Add(encryptedFile(encryption, plainSum))
	f.Add(small)
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := itl.ParseEncrypted(data)
		if err != nil {
			var malformed *itl.FormatError
			require.ErrorAs(t, err, &malformed)
			require.LessOrEqual(t, malformed.Offset, len(data))
			return
		}
		require.Equal(t, data, file.Bytes())
		checkText(t, itl.ShowEncrypted(file))
	})
}

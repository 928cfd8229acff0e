package cucm

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"itlsim/internal/cause"
	"itlsim/itl"
)

// RecoveryFile is the recovery key's file in the publisher's TFTP directory.
const RecoveryFile = "ITLRecovery.p12"

// P12Password derives the password of ITLRecovery.p12 from the cluster security
// password (M17): the first 32 hexadecimal digits of its HMAC-SHA-256 under the
// key "ITLRecovery.p12". CUCM's own derivation is not published; this one is
// this project's, chosen so that a shell can do it:
//
//	printf %s "$SECURITY" | openssl dgst -sha256 -hmac ITLRecovery.p12 -r | cut -c1-32
func P12Password(security string) string {
	h := hmac.New(sha256.New, []byte(RecoveryFile))
	h.Write([]byte(security))
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// protect writes the recovery key's file anew under the present password, where the
// release has such a key. The file needs a new backup (M16, M17).
func (d *draft) protect() error {
	cert := d.nodes[0].certs[ITLRecovery]
	if cert == nil {
		return nil
	}
	data, err := pkcs12.Modern.WithRand(d.means.random).Encode(cert.Key, cert.Certificate, nil, d.p12Password)
	if err != nil {
		return fmt.Errorf("%s: %w", RecoveryFile, err)
	}
	d.nodes[0].p12 = data
	d.monitor.BackupDue = true
	return nil
}

// A RecoveryKey is an ITLRecovery.p12 that was opened.
type RecoveryKey struct {
	cert *Certificate
	file []byte
	from ServerKey
}

// A ServerKey is an SSH server's key as a node remembers it.
type ServerKey struct {
	Server string // host:port
	Key    string // as in authorized_keys
}

// openP12 reads a recovery key. Every error is a [*P12Error].
func openP12(data []byte, password string) (*Certificate, error) {
	if rounds(data, 0) > maxRounds {
		return nil, &P12Error{Reason: "the file is not an " + RecoveryFile + ": it asks for too much work"}
	}
	key, cert, err := pkcs12.Decode(data, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return nil, &P12Error{
			Reason: RecoveryFile + " is protected by another cluster security password than this cluster's",
			Err:    ErrP12Password,
		}
	case err != nil:
		return nil, &P12Error{Reason: fmt.Sprintf("the file is not an %s: %s", RecoveryFile, cause.Of(err)), Err: err}
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok || !private.PublicKey.Equal(cert.PublicKey) {
		return nil, &P12Error{Reason: "the key in " + RecoveryFile + " is not that of its certificate"}
	}
	return &Certificate{Signer: itl.Signer{Certificate: cert, Key: private}}, nil
}

// maxRounds is how often all keys of a file together may have their password
// hashed: about a second of work. Usual files ask for some thousand rounds.
const maxRounds = 2_000_000

// rounds adds up the work that a file asks for at most: in PKCS #12 and PKCS #5
// the number of rounds is an INTEGER behind a salt. Other numbers that stand
// behind something are a certificate's serial number, unless it is encrypted;
// CUCM's are longer than any number of rounds can be.
func rounds(der []byte, depth int) (sum int64) {
	const longest = 8
	for first := true; len(der) > 0 && depth < 20; first = false {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return sum
		}
		switch {
		case v.Class == asn1.ClassUniversal && v.Tag == asn1.TagInteger:
			if n := new(big.Int).SetBytes(v.Bytes); !first && len(v.Bytes) <= longest {
				if n.BitLen() > 31 {
					return maxRounds + 1
				}
				sum += n.Int64()
			}
		case v.IsCompound, isSequence(v.Bytes):
			sum += rounds(v.Bytes, depth+1)
		}
		der = rest
	}
	return sum
}

// isSequence reports whether all of the bytes are one sequence, as what PKCS #12 wraps
// into octets is. What is encrypted never is, but may begin with what looks like a number.
func isSequence(der []byte) bool {
	var v asn1.RawValue
	rest, err := asn1.Unmarshal(der, &v)
	return err == nil && len(rest) == 0 && v.IsCompound && v.Class == asn1.ClassUniversal && v.Tag == asn1.TagSequence
}

// trust remembers the host key of a server with which all went well.
func (n *nodeState) trust(key ServerKey) { n.known[key.Server] = key.Key }

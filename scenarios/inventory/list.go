package inventory

import (
	"crypto/sha1"
	"time"

	"itlsim/itl"
)

// A List is a trust list of a real cluster as far as it is known: from the file
// itself, or from what `show itl` printed of it.
//
// The text names the signer, and each certificate by role, name, serial number
// and SHA-1, and gives the checksum of the file, by which phones report it. That
// is all that the counterpart in a simulated cluster is made of. What it lacks
// are the keys and the bytes that were signed: whether the signature is good
// cannot be checked, only whether CUCM said so, nor which digest it is over.
type List struct {
	Kind     string // ITL or CTL
	Sum      [sha1.Size]byte
	Modified time.Time // in UTC; of a text without its time zone
	Signer   itl.Identity
	Digest   itl.Digest
	Records  []Record
	// Bytes are the file, or the lines that show it.
	Bytes []byte
	// Shown lists are known by the text of `show itl` only.
	Shown bool
}

// A Record is one certificate of a [List].
type Record struct {
	itl.Identity
	Role itl.Role
	// Whole records hold the certificate, others its hash alone, and no key by
	// which a signature could be checked.
	Whole       bool
	Fingerprint [sha1.Size]byte // of the certificate
	KeyLength   int             // bytes of PUBLICKEY
}

// ListOf is a list whose file is at hand.
func ListOf(file *itl.List) *List {
	l := &List{
		Kind: file.Kind(), Sum: file.SHA1(), Modified: file.Timestamp, Signer: file.Signer, Digest: file.Digest,
		Bytes: file.Bytes(),
	}
	for i := range file.Records {
		l.Records = append(l.Records, recordOf(&file.Records[i]))
	}
	return l
}

func recordOf(r *itl.Record) Record {
	own := Record{Identity: r.Identity, Role: r.Role, Whole: r.Certificate != nil, KeyLength: len(r.PublicKey)}
	if own.Whole {
		own.Fingerprint = sha1.Sum(r.Certificate)
	} else {
		copy(own.Fingerprint[:], r.CertHash)
	}
	return own
}

// Lists finds trust lists by their checksum.
type Lists map[[sha1.Size]byte]*List

// Add adds a list.
func (l Lists) Add(list *List) { l[list.Sum] = list }

package phone

import "errors"

// An Explanation is all that is said of a kind of refusal, whoever says it.
type Explanation struct {
	State   State  // that it leads to, at best
	Because string // ends the sentence "refused a file because …"
	Plain   string // for somebody who has never seen a trust list
	// Remedy is what would help, short of a list that the phone can verify; ""
	// where nothing else does.
	Remedy string
	// ByList: a list signed by a key that the phone's list holds would help.
	ByList bool
}

// The families of refusals: whatever leads to Locked, and whatever leads to
// Untrusted. A [Refusal] answers errors.Is for its own.
var (
	ErrLocked    = errors.New("refused, and a trust point may still hold")
	ErrUntrusted = errors.New("refused, and every trust point is lost")
)

// The rows of the table; each type of Reason names its own.
const (
	reasonLost = iota
	reasonDenied
	reasonNoTVSAnswer
	reasonForged
	reasonMalformed
	reasonDigest
	reasonEncrypted

	// Reasons is how many kinds of them there are.
	Reasons
)

func (*LostError) row() int        { return reasonLost }
func (*DeniedError) row() int      { return reasonDenied }
func (*NoTVSAnswerError) row() int { return reasonNoTVSAnswer }
func (*ForgedError) row() int      { return reasonForged }
func (*MalformedError) row() int   { return reasonMalformed }
func (*DigestError) row() int      { return reasonDigest }
func (*EncryptedError) row() int   { return reasonEncrypted }

// reasons is the table.
var reasons = [...]Explanation{
	reasonLost: {
		State:   Untrusted,
		Because: "every trust point is lost",
		Plain: "The file is signed by a certificate that is not in its trust list. " +
			"It wanted to ask a Trust Verification Service, but cannot believe any: " +
			"none shows a certificate that is in the list.",
		ByList: true,
	},
	reasonDenied: {
		State:   Locked,
		Because: "a TVS denies the signer",
		Plain: "The file is signed by a certificate that is not in its trust list, " +
			"and the Trust Verification Service, which it believes, does not vouch for it.",
		Remedy: "the signer's certificate in Phone-SAST-trust where their TVS is, which is restarted then, " +
			"or another TFTP server that serves what they trust",
		ByList: true,
	},
	reasonNoTVSAnswer: {
		State:   Locked,
		Because: "no TVS answers",
		Plain: "The file is signed by a certificate that is not in its trust list, " +
			"and no Trust Verification Service could be asked.",
		Remedy: "a TVS of their configuration that answers (Cisco Trust Verification Service), then a reset",
		ByList: true,
	},
	reasonForged: {
		State:   Locked,
		Because: "the signature is wrong",
		Plain:   "The file names a signer that it knows, but that signer's key did not make this signature.",
		Remedy:  "a good file at their TFTP server, then a reset",
	},
	reasonMalformed: {
		State:   Locked,
		Because: "the file is malformed",
		Plain:   "The file could not be read.",
		Remedy:  "a good file at their TFTP server, then a reset",
	},
	reasonDigest: {
		State:   Locked,
		Because: "the firmware lacks the digest",
		Plain:   "The file is signed in a way that this firmware cannot check.",
		Remedy:  "TFTP File Signature Algorithm back to SHA-1, or newer firmware",
	},
	reasonEncrypted: {
		State:   Locked,
		Because: "the configuration is encrypted",
		Plain:   "The configuration is encrypted for the phone, which has got none that it can read.",
		Remedy:  "TFTP Encrypted Config switched off in the phones' security profile, then a reset",
	},
}

// Explanations are those of all kinds of refusals, in a fixed order.
func Explanations() []Explanation { return append([]Explanation(nil), reasons[:]...) }

// Kind is the number of a reason's kind, from 0: its place among [Explanations].
func Kind(r Reason) int { return r.row() }

// Explain is what is said of a reason besides its own words.
func Explain(r Reason) Explanation { return reasons[r.row()] }

// Attempts are what came of each TVS that was asked, in order; none where the
// reason has nothing to do with that.
func Attempts(r Reason) []error {
	if r, ok := r.(interface{ Unwrap() []error }); ok {
		return r.Unwrap()
	}
	return nil
}

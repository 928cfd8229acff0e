package tvs

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"itlsim/itl"
)

// Status is the verdict on the certificate. Whatever is not Valid is invalid.
type Status uint8

// The verdicts that tvsd gives.
const (
	Valid   Status = 0
	Invalid Status = 1
)

// String is "valid", or "invalid" with the reason's number.
func (s Status) String() string {
	if s == Valid {
		return "valid"
	}
	return fmt.Sprintf("invalid (%d)", uint8(s))
}

// Answer is the service's verdict. Except for the status, a field left empty
// is not sent: tvsd gives the status alone for a certificate unknown to it.
type Answer struct {
	Command     Command // VerifyAnswer or QueryAnswer
	Session     uint32  // the request's
	Status      Status
	Certificate []byte        // QUERY: DER, not checked here
	Roles       []itl.Role    // of the certificate; each at most 255
	TTL         time.Duration // how long to remember the answer; whole seconds are sent. CUCM: 24 hours
}

// AppendBinary appends the message to b, in the order of the real QUERY
// answer: status, certificate, roles, time to live (of the last two it is
// tvsd's). The errors are *FormatError.
func (a Answer) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	refuse := func(tag Tag, format string, args ...any) ([]byte, error) {
		return nil, &FormatError{Offset: len(b) - start, Tag: tag, Reason: fmt.Sprintf(format, args...)}
	}
	if a.Command != VerifyAnswer && a.Command != QueryAnswer {
		return nil, &FormatError{Offset: 2, Reason: fmt.Sprintf("%v is not an answer", a.Command)}
	}
	b = appendHeader(b, a.Command, a.Session)
	b = appendElement(b, TagStatus, []byte{byte(a.Status)})
	if len(a.Certificate) > 0 {
		b = appendElement(b, TagCertificate, a.Certificate)
	}
	if len(a.Roles) > 0 {
		roles := make([]byte, len(a.Roles))
		for i, role := range a.Roles {
			if role > math.MaxUint8 {
				return refuse(TagRoles, "role %d does not fit a byte", uint16(role))
			}
			roles[i] = byte(role)
		}
		b = appendElement(b, TagRoles, roles)
	}
	seconds := a.TTL / time.Second
	if seconds < 0 || seconds > math.MaxUint32 {
		return refuse(TagTTL, "%v does not fit four bytes of seconds", a.TTL)
	}
	if seconds > 0 {
		b = appendElement(b, TagTTL, binary.BigEndian.AppendUint32(nil, uint32(seconds)))
	}
	return finish(b, start)
}

// ParseAnswer reads one whole message, whose byte slices share memory with b.
// A message without status is refused, as nothing must pass for valid by
// omission. The errors are *FormatError.
func ParseAnswer(b []byte) (Answer, error) {
	var a Answer
	judged := false
	h, err := parseMessage(b, func(tag Tag, value []byte) string {
		switch tag {
		case TagStatus:
			if len(value) != 1 {
				return fmt.Sprintf("%d bytes, not 1", len(value))
			}
			a.Status, judged = Status(value[0]), true
		case TagCertificate:
			a.Certificate = value
		case TagRoles:
			a.Roles = make([]itl.Role, len(value))
			for i, role := range value {
				a.Roles[i] = itl.Role(role)
			}
		case TagTTL:
			if len(value) != 4 {
				return fmt.Sprintf("%d bytes, not 4", len(value))
			}
			a.TTL = time.Duration(binary.BigEndian.Uint32(value)) * time.Second
		}
		return ""
	}, VerifyAnswer, QueryAnswer)
	if err != nil {
		return Answer{}, err
	}
	if !judged {
		return Answer{}, &FormatError{Offset: len(b), Tag: TagStatus, Reason: "missing"}
	}
	a.Command, a.Session = h.command, h.session
	return a, nil
}

// ReadAnswer reads the next message of a stream. The errors are those of
// [ReadRequest].
func ReadAnswer(r io.Reader) (Answer, error) {
	b, err := readMessage(r, VerifyAnswer, QueryAnswer)
	if err != nil {
		return Answer{}, err
	}
	return ParseAnswer(b)
}

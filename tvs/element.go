package tvs

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Tag names an element of a message.
type Tag uint8

// The elements; the package comment gives their values. Tag 6 was never seen.
const (
	TagDevice      Tag = 1
	TagCertificate Tag = 2
	TagSubject     Tag = 3
	TagIssuer      Tag = 4
	TagSerial      Tag = 5
	TagStatus      Tag = 7
	TagRoles       Tag = 8
	TagTTL         Tag = 9
)

var tagNames = [...]string{
	TagDevice: "device name", TagCertificate: "certificate", TagSubject: "subject", TagIssuer: "issuer",
	TagSerial: "serial number", TagStatus: "status", TagRoles: "roles", TagTTL: "time to live",
}

// String is the element's name, or "element 6" for one without.
func (t Tag) String() string { return nameOf(tagNames[:], "element", t) }

// FormatError says why bytes are not a TVS message, or a value cannot become one.
type FormatError struct {
	Offset int // in the message, of the header field or of the element's tag
	Tag    Tag // the element, 0 for the header
	Reason string
}

func (e *FormatError) Error() string {
	part := e.Tag.String()
	if e.Offset < headerSize {
		part = "header"
	}
	return fmt.Sprintf("malformed TVS message: byte %d, %s: %s", e.Offset, part, e.Reason)
}

// setText takes a name without the NUL that some peers end it with. A NUL
// inside is refused: readers would disagree on where the name ends.
func setText(s *string, value []byte) string {
	*s = strings.TrimRight(string(value), "\x00")
	if strings.Contains(*s, "\x00") {
		return "NUL inside the name"
	}
	return ""
}

func appendElement[T string | []byte](b []byte, tag Tag, value T) []byte {
	b = append(b, byte(tag))
	b = binary.BigEndian.AppendUint16(b, uint16(len(value))) // what overflows here, overflows the payload too
	return append(b, value...)
}

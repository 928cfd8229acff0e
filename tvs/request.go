package tvs

import (
	"fmt"
	"io"
	"strings"
)

// Request is a phone's question. A field left empty is not sent.
type Request struct {
	Command     Command // VerifyRequest or QueryRequest
	Session     uint32  // echoed in the answer; a real 8861 counts from 1001
	Device      string  // "CP-8861-SEPB000B4BA0AEE"; a leading 0x01 is added on the wire
	Certificate []byte  // VERIFY: DER, not checked here
	Subject     string  // QUERY: as CUCM writes names, "CN=...;OU=..."; a NUL is added on the wire
	Issuer      string  // QUERY: likewise
	Serial      []byte  // QUERY
}

// AppendBinary appends the message to b. The errors are *FormatError.
func (r Request) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	if r.Command != VerifyRequest && r.Command != QueryRequest {
		return nil, &FormatError{Offset: 2, Reason: fmt.Sprintf("%v is not a request", r.Command)}
	}
	b = appendHeader(b, r.Command, r.Session)
	for _, name := range []struct {
		tag   Tag
		value string
	}{{TagDevice, r.Device}, {TagSubject, r.Subject}, {TagIssuer, r.Issuer}} {
		if strings.Contains(name.value, "\x00") {
			return nil, &FormatError{Offset: len(b) - start, Tag: name.tag, Reason: "NUL inside the name"}
		}
	}
	if r.Device != "" {
		b = appendElement(b, TagDevice, "\x01"+r.Device) // and no NUL, which tvsd refuses
	}
	if len(r.Certificate) > 0 {
		b = appendElement(b, TagCertificate, r.Certificate)
	}
	if r.Subject != "" {
		b = appendElement(b, TagSubject, r.Subject+"\x00")
	}
	if r.Issuer != "" {
		b = appendElement(b, TagIssuer, r.Issuer+"\x00")
	}
	if len(r.Serial) > 0 {
		b = appendElement(b, TagSerial, r.Serial)
	}
	return finish(b, start)
}

// ParseRequest reads one whole message, whose byte slices share memory with b.
// The errors are *FormatError.
func ParseRequest(b []byte) (Request, error) {
	var r Request
	h, err := parseMessage(b, func(tag Tag, value []byte) string {
		switch tag {
		case TagDevice:
			if len(value) > 0 && value[0] <= 1 {
				value = value[1:]
			}
			return setText(&r.Device, value)
		case TagCertificate:
			r.Certificate = value
		case TagSubject:
			return setText(&r.Subject, value)
		case TagIssuer:
			return setText(&r.Issuer, value)
		case TagSerial:
			r.Serial = value
		}
		return ""
	}, VerifyRequest, QueryRequest)
	if err != nil {
		return Request{}, err
	}
	r.Command, r.Session = h.command, h.session
	return r, nil
}

// ReadRequest reads the next message of a stream. The error is io.EOF at the
// stream's end, io.ErrUnexpectedEOF within a message, else a *FormatError or
// the reader's own.
func ReadRequest(r io.Reader) (Request, error) {
	b, err := readMessage(r, VerifyRequest, QueryRequest)
	if err != nil {
		return Request{}, err
	}
	return ParseRequest(b)
}

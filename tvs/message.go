package tvs

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

const (
	protocol   = 0x57
	version    = 1
	headerSize = 10
	maxPayload = 1<<16 - 1
)

// Command says what a message is.
type Command uint8

// The commands. A phone's trace calls the first CERT_VERIFICATION_REQ, the
// third QUERY_CERT_REQ; the answer's number is the request's plus one.
const (
	VerifyRequest Command = 1
	VerifyAnswer  Command = 2
	QueryRequest  Command = 3
	QueryAnswer   Command = 4
)

var commandNames = [...]string{
	VerifyRequest: "VERIFY request", VerifyAnswer: "VERIFY answer",
	QueryRequest: "QUERY request", QueryAnswer: "QUERY answer",
}

// String is for instance "QUERY request", or "command 6" for an unknown one.
func (c Command) String() string { return nameOf(commandNames[:], "command", c) }

// nameOf finds a number's name; one without is what it is and the number.
func nameOf[N ~uint8](names []string, what string, n N) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return fmt.Sprintf("%s %d", what, uint8(n))
}

type header struct {
	command Command
	session uint32
	payload int
}

func parseHeader(b []byte, wanted ...Command) (header, error) {
	refuse := func(offset int, format string, args ...any) (header, error) {
		return header{}, &FormatError{Offset: offset, Reason: fmt.Sprintf(format, args...)}
	}
	if len(b) < headerSize {
		return refuse(len(b), "cut off, %d bytes are needed", headerSize)
	}
	if b[0] != protocol {
		return refuse(0, "protocol %#02x, not %#02x", b[0], protocol)
	}
	if b[1] != version {
		return refuse(1, "version %d, not %d", b[1], version)
	}
	h := header{
		command: Command(b[2]),
		session: binary.BigEndian.Uint32(b[4:]),
		payload: int(binary.BigEndian.Uint16(b[8:])),
	}
	if !slices.Contains(wanted, h.command) {
		return refuse(2, "unexpected %v", h.command)
	}
	return h, nil
}

// parseMessage walks over a whole message. element takes each value and
// returns why it refuses it, or nothing.
func parseMessage(b []byte, element func(Tag, []byte) string, wanted ...Command) (header, error) {
	h, err := parseHeader(b, wanted...)
	if err != nil {
		return header{}, err
	}
	if n := len(b) - headerSize; n != h.payload {
		reason := fmt.Sprintf("payload length %d, but %d bytes follow", h.payload, n)
		return header{}, &FormatError{Offset: 8, Reason: reason}
	}
	var seen [256]bool
	for at := headerSize; at < len(b); {
		tag, rest := Tag(b[at]), b[at+1:]
		refuse := func(format string, args ...any) (header, error) {
			return header{}, &FormatError{Offset: at, Tag: tag, Reason: fmt.Sprintf(format, args...)}
		}
		if len(rest) < 2 {
			return refuse("cut off before its length")
		}
		n := int(binary.BigEndian.Uint16(rest))
		rest = rest[2:]
		if n > len(rest) {
			return refuse("length %d, but %d bytes are left", n, len(rest))
		}
		if seen[tag] {
			return refuse("occurs twice")
		}
		seen[tag] = true
		if reason := element(tag, rest[:n:n]); reason != "" {
			return refuse("%s", reason)
		}
		at += 3 + n
	}
	return h, nil
}

func appendHeader(b []byte, c Command, session uint32) []byte {
	b = append(b, protocol, version, byte(c), 0)
	b = binary.BigEndian.AppendUint32(b, session)
	return append(b, 0, 0) // the length, known to finish
}

// finish writes the length of the payload of the message that begins at start.
func finish(b []byte, start int) ([]byte, error) {
	n := len(b) - start - headerSize
	if n > maxPayload {
		return nil, &FormatError{Offset: 8, Reason: fmt.Sprintf("payload of %d bytes, at most %d fit", n, maxPayload)}
	}
	binary.BigEndian.PutUint16(b[start+8:], uint16(n))
	return b, nil
}

// readMessage reads a message of one of the wanted commands. It judges the
// header before it waits for the payload, which the length's two bytes bound.
func readMessage(r io.Reader, wanted ...Command) ([]byte, error) {
	var start [headerSize]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return nil, err
	}
	h, err := parseHeader(start[:], wanted...)
	if err != nil {
		return nil, err
	}
	b := make([]byte, headerSize+h.payload)
	copy(b, start[:])
	if _, err := io.ReadFull(r, b[headerSize:]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b, nil
}

package sip

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

// maxMessage bounds what a peer can make this side hold, in bytes.
const maxMessage = 16 << 10

// readSize is how much room there is at first, in bytes: for a phone's alarm and its
// REGISTER, which come together.
const readSize = 5 << 10

// errTooLong is a message of more than maxMessage bytes.
var errTooLong = errors.New("message too long")

// incoming is what has come of a stream and was not read. The zero value is ready.
type incoming struct {
	data    []byte // with capacity for what is to come
	read    int    // of data
	scanned int    // of what is unread: so far no head ends
	begun   func() // called when part of a message has come, not all; may be nil
	told    bool   // that, of the message that is read
}

// buffers are *incoming that no connection uses.
var buffers = sync.Pool{New: func() any { return &incoming{data: make([]byte, 0, readSize)} }}

// release gives it to whoever wants one next.
func (in *incoming) release() {
	if cap(in.data) == readSize {
		*in = incoming{data: in.data[:0]}
		buffers.Put(in)
	}
}

// next reads a message.
func (in *incoming) next(from io.Reader) (*Message, error) {
	in.told = false
	for {
		for bytes.HasPrefix(in.unread(), []byte("\r\n")) {
			in.read += 2 // keep-alive between messages (RFC 5626, 4.4.1)
		}
		if end := in.head(); end > 0 {
			m, err := parseHead(string(in.unread()[:end]))
			if err != nil {
				return nil, err
			}
			in.read += end
			in.scanned = 0
			m.Body, err = in.body(from, m, maxMessage-end)
			return m, err
		}
		if len(in.unread()) > 1 || len(in.unread()) == 1 && in.unread()[0] != '\r' {
			in.tell()
		}
		if err := in.more(from); err != nil {
			return nil, err
		}
	}
}

// tell tells once of each message that part of it has come.
func (in *incoming) tell() {
	if !in.told && in.begun != nil {
		in.begun()
	}
	in.told = true
}

// unread is what has come.
func (in *incoming) unread() []byte { return in.data[in.read:] }

// head is the length of the next message's first line and headers; 0 where they have
// not come whole.
func (in *incoming) head() int {
	const end = "\r\n\r\n"
	if i := bytes.Index(in.unread()[in.scanned:], []byte(end)); i >= 0 {
		return in.scanned + i + len(end)
	}
	in.scanned = max(0, len(in.unread())-len(end)+1)
	return 0
}

// body reads that of a message, of so many bytes at most.
func (in *incoming) body(from io.Reader, m *Message, most int) (string, error) {
	length, err := m.contentLength()
	if err != nil {
		return "", err
	}
	if length > most {
		return "", errTooLong
	}
	for len(in.unread()) < length {
		in.tell()
		if err := in.more(from); err != nil {
			return "", err
		}
	}
	body := string(in.unread()[:length])
	in.read += length
	return body, nil
}

// more reads what comes next. It makes room for that where there is none.
func (in *incoming) more(from io.Reader) error {
	if in.read > 0 {
		in.data, in.read = in.data[:copy(in.data, in.unread())], 0
	}
	if len(in.data) >= maxMessage {
		return errTooLong
	}
	if len(in.data) == cap(in.data) {
		in.data = append(make([]byte, 0, maxMessage), in.data...)
	}
	n, err := from.Read(in.data[len(in.data):cap(in.data)])
	in.data = in.data[:len(in.data)+n]
	if n > 0 {
		return nil
	}
	return err
}

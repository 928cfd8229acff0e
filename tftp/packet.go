package tftp

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// Opcodes (RFC 1350, 5; RFC 2347).
const (
	opRRQ = iota + 1
	opWRQ
	opDATA
	opACK
	opERROR
	opOACK
)

// A refusal is what an ERROR packet says: a code of RFC 1350's appendix and a text.
type refusal struct {
	code    uint16
	message string
}

// All that this package ever says in an ERROR.
var (
	refusedMissing  = refusal{1, ErrNotFound.Error()}
	refusedReading  = refusal{0, "File cannot be read"}
	refusedWrite    = refusal{2, "Access violation"}
	refusedSize     = refusal{3, "Disk full or allocation exceeded"}
	refusedMode     = refusal{4, "Illegal TFTP operation"}
	refusedStranger = refusal{5, "Unknown transfer ID"}
	refusedClosing  = refusal{0, "Service stopped"}
	refusedEnded    = refusal{0, "Transfer ended by client"}
)

const (
	blockSize  = 512 // without options
	headerSize = 4   // of DATA
	maxRequest = 516 // bytes; RFC 2347 allows 512
	minBlksize = 8   // RFC 2348, and so is maxBlksize
	maxBlksize = 65464
	maxGranted = 1468 // an Ethernet frame's
)

// A question is a request for a file, or to take one.
type question struct {
	op      uint16
	name    string
	mode    string // in lower case
	options []option
}

type option struct{ name, value string }

// parseQuestion reads a read or write request. An option without a value ends it.
func parseQuestion(p string) (q question, ok bool) {
	q.op = opcode(p)
	if q.op != opRRQ && q.op != opWRQ || len(p) > maxRequest {
		return q, false
	}
	var rest string
	q.name, rest, _ = strings.Cut(p[2:], "\x00")
	q.mode, rest, ok = strings.Cut(rest, "\x00")
	if !ok {
		return q, false
	}
	q.mode = strings.ToLower(q.mode)
	for {
		name, after, _ := strings.Cut(rest, "\x00")
		value, after, ok := strings.Cut(after, "\x00")
		if !ok {
			return q, true
		}
		q.options = append(q.options, option{name, value})
		rest = after
	}
}

// accept answers the options of a read request for so many bytes: the size of
// blocks, and the OACK, which is nil where nothing is accepted. Names of options are
// case-insensitive (RFC 2347); the answer spells them as the client did.
func (q *question) accept(size int) (blksize int, oack []byte) {
	blksize = blockSize
	known := map[string]bool{"blksize": true, "tsize": true} // no option may come twice
	for _, o := range q.options {
		name := strings.ToLower(o.name)
		if !known[name] {
			continue
		}
		answer := size // RFC 2349: whatever the client said
		if name == "blksize" {
			n, err := strconv.ParseUint(o.value, 10, 32)
			if err != nil || n < minBlksize || n > maxBlksize {
				continue
			}
			blksize = min(int(n), maxGranted)
			answer = blksize
		}
		delete(known, name)
		if oack == nil {
			oack = []byte{0, opOACK}
		}
		oack = append(append(oack, o.name...), 0)
		oack = append(strconv.AppendInt(oack, int64(answer), 10), 0)
	}
	return blksize, oack
}

// netascii puts a text into the form of that mode (RFC 764): lines end in CRLF, and a
// CR that ends none is followed by NUL.
func netascii(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/16)
	for _, b := range data {
		switch b {
		case '\n':
			out = append(out, '\r', '\n')
		case '\r':
			out = append(out, '\r', 0)
		default:
			out = append(out, b)
		}
	}
	return out
}

// opcode is 0 for what is too short to have one.
func opcode[T []byte | string](p T) uint16 {
	if len(p) < 2 {
		return 0
	}
	return uint16(p[0])<<8 | uint16(p[1])
}

// number is the block of a DATA or ACK, or the code of an ERROR.
func number(p []byte) (n uint16, ok bool) {
	if len(p) < headerSize {
		return 0, false
	}
	return binary.BigEndian.Uint16(p[2:]), true
}

func appendHeader(to []byte, op, n uint16) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(to, op), n)
}

func (r refusal) append(to []byte) []byte {
	return append(append(appendHeader(to, opERROR, r.code), r.message...), 0)
}

// parseRefusal reads an ERROR. Of the text counts what comes before a NUL.
func parseRefusal(p []byte) (r refusal, ok bool) {
	if len(p) <= headerSize || opcode(p) != opERROR {
		return r, false
	}
	r.code, _ = number(p)
	message, _, _ := bytes.Cut(p[headerSize:], []byte{0})
	r.message = string(message)
	return r, true
}

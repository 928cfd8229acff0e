package webapi

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	// maxAnswer is how long an answer of AXL may be, in bytes (AXL developer guide).
	maxAnswer = 8 << 20
	// maxAnswering is how much may be under way together, in bytes (the same).
	maxAnswering = 16 << 20
)

// An answer writes what stands in <return>. It does so twice, since only the first time
// shows how long it gets: so nothing of it is held in memory.
type answer struct {
	rows  int
	write func(w *writer)
}

// A writer writes XML. Errors show at the end.
type writer struct {
	*bufio.Writer
	prefix string // of names, with its colon
	nils   bool   // the prefix xsi is declared already
}

// text writes what stands between tags. Line breaks and quotes mean nothing there, and stand
// as they are: scripts cut certificates and messages out of answers as they cut text.
func (w writer) text(s string) {
	for {
		i := strings.IndexAny(s, "\n\t\"'")
		if i < 0 {
			w.escaped(s)
			return
		}
		w.escaped(s[:i])
		w.WriteByte(s[i])
		s = s[i+1:]
	}
}

// escaped writes text in which nothing has a meaning, in an attribute neither.
func (w writer) escaped(s string) {
	if plainText(s) {
		w.WriteString(s)
		return
	}
	_ = xml.EscapeText(w, []byte(s))
}

// plainText reports whether nothing of a text has to be escaped, as of most.
func plainText(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '&', c == '<', c == '>', c == '"', c == '\'':
			return false
		}
	}
	return true
}

// open begins an element with attributes, in pairs of name and value.
func (w writer) open(name string, attributes ...string) {
	w.WriteByte('<')
	w.WriteString(w.prefix)
	w.WriteString(name)
	for i := 0; i < len(attributes); i += 2 {
		w.WriteByte(' ')
		w.WriteString(attributes[i])
		w.WriteString(`="`)
		w.escaped(attributes[i+1])
		w.WriteByte('"')
	}
	w.WriteByte('>')
}

func (w writer) close(name string) {
	w.WriteString("</")
	w.WriteString(w.prefix)
	w.WriteString(name)
	w.WriteByte('>')
}

// leaf writes an element with text.
func (w writer) leaf(name, text string, attributes ...string) {
	w.open(name, attributes...)
	w.text(text)
	w.close(name)
}

// instance is the namespace in which an element is said to have no value.
const instance = "http://www.w3.org/2001/XMLSchema-instance"

// nothing writes an element that has no value.
func (w writer) nothing(name string) {
	w.WriteByte('<')
	w.WriteString(w.prefix)
	w.WriteString(name)
	if !w.nils {
		w.WriteString(` xmlns:xsi="` + instance + `"`)
	}
	w.WriteString(` xsi:nil="true"/>`)
}

const (
	opening = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>`
	closing = "</soapenv:Body></soapenv:Envelope>"
)

// astSpace is the namespace of all services but AXL, and of what they answer.
const astSpace = "http://schemas.cisco.com/ast/soap"

// xmlType is the type of all answers but pages.
const xmlType = "text/xml;charset=UTF-8"

// envelope writes an envelope around what write writes.
func envelope(to io.Writer, write func(w *writer)) error {
	w := writer{Writer: bufio.NewWriterSize(to, 32<<10)}
	w.WriteString(opening)
	write(&w)
	w.WriteString(closing)
	return w.Flush()
}

type counter struct{ bytes int }

func (c *counter) Write(b []byte) (int, error) { c.bytes += len(b); return len(b), nil }

// send sends an answer as it is made. One that is too long, alone or with those that are
// under way, is a fault, and nothing was sent.
func (h *Handler) send(w http.ResponseWriter, operation, namespace string, a answer) error {
	write := func(w *writer) {
		spaces := []string{"xmlns:ns", namespace}
		if w.nils = declaresNils(namespace); w.nils {
			spaces = append(spaces, "xmlns:xsi", instance)
		}
		w.open("ns:"+operation+"Response", spaces...)
		w.open("return")
		a.write(w)
		w.close("return")
		w.close("ns:" + operation + "Response")
	}
	var size counter
	if err := envelope(&size, write); err != nil {
		return err
	}
	if size.bytes > maxAnswer {
		fewer := int(int64(a.rows) * maxAnswer / int64(size.bytes))
		return &fault{server, noCode, fmt.Sprintf("Query request too large. Total rows matched: %d rows. "+
			"Suggestive Row Fetch: less than %d rows", a.rows, fewer)}
	}
	if !h.begin(size.bytes) {
		return &fault{server, noCode, "Maximum AXL Memory Allocation Consumed. " +
			"Please retry once requests in progress have completed"}
	}
	defer h.begin(-size.bytes)
	w.Header().Set("Content-Type", xmlType)
	_ = envelope(w, write) // the client may have gone
	return nil
}

// begin counts an answer under way, if there is room; a negative one is over.
func (h *Handler) begin(bytes int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if bytes > 0 && h.answering+bytes > maxAnswering {
		return false
	}
	h.answering += bytes
	return true
}

const (
	server = "soapenv:Server"
	client = "soapenv:Client"
	noCode = -1 // axlcode of faults without one
)

// A fault is the answer to a request that failed.
type fault struct {
	whose string // faultcode
	code  int    // axlcode
	text  string
}

func (f *fault) Error() string { return f.text }

// notFound says that there is no such object, in AXL's words (5007).
func notFound(kind string) error {
	return &fault{server, 5007, "Item not valid: The specified " + kind + " was not found"}
}

// notThere says that an operation is not.
func notThere(operation, api string) error {
	return &fault{client, noCode, fmt.Sprintf(
		"The operation %s is not there: this is a simulator, which has a part of %s alone", operation, api)}
}

// axlDetail is what a fault of AXL says beside.
func axlDetail(operation string) func(*writer, *fault) {
	return func(w *writer, f *fault) {
		w.WriteString("<detail><axlError>")
		w.leaf("axlcode", strconv.Itoa(f.code))
		w.leaf("axlmessage", f.text)
		w.leaf("request", operation)
		w.WriteString("</axlError></detail>")
	}
}

// writeFault answers a request that failed; detail may be nil.
func writeFault(to http.ResponseWriter, err error, detail func(*writer, *fault)) {
	f, ok := errors.AsType[*fault](err)
	if !ok {
		f = &fault{server, noCode, err.Error()}
	}
	to.Header().Set("Content-Type", xmlType)
	to.WriteHeader(http.StatusInternalServerError)
	_ = envelope(to, func(w *writer) { // the client may have gone
		w.open("soapenv:Fault")
		w.leaf("faultcode", f.whose)
		w.leaf("faultstring", f.text)
		if detail != nil {
			detail(w, f)
		}
		w.close("soapenv:Fault")
	})
}

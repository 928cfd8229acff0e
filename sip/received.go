package sip

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// The methods that phones and call managers tell apart.
const (
	REGISTER = "REGISTER"
	REFER    = "REFER"
	NOTIFY   = "NOTIFY"
	OPTIONS  = "OPTIONS"
	ACK      = "ACK"
	PRACK    = "PRACK"
	MESSAGE  = "MESSAGE"
)

// A Message is a request or an answer that came. What its headers say is worked out
// when somebody asks; all of it are parts of the one text that came.
type Message struct {
	Method     string  // of a request; "" in an answer
	Target     Address // that a request names in its first line
	StatusCode int     // of an answer
	Reason     string  // beside that
	Body       string

	headers []field
	usual   [20]field // where they are kept; phones send up to 19
}

// A field is a header. The name is as it came, but for those that have a short form.
type field struct{ name, value string }

// errNotSIP is a message whose first line is none of SIP's.
var errNotSIP = errors.New("no SIP message")

// parseHead reads a message up to its body: the first line, headers, and an empty
// line.
func parseHead(text string) (*Message, error) {
	m := &Message{}
	m.headers = m.usual[:0]
	start, text, err := nextLine(text)
	if err != nil {
		return nil, err
	}
	if err := m.parseStart(start); err != nil {
		return nil, err
	}
	for {
		var line string
		if line, text, err = nextLine(text); err != nil || line == "" {
			return m, err
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return nil, fmt.Errorf("header without a colon: %q", line)
		}
		for strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") { // it goes on (RFC 3261, 7.3.1)
			var more string
			if more, text, err = nextLine(text); err != nil {
				return nil, err
			}
			value = strings.TrimRight(value, " \t") + " " + strings.TrimLeft(more, " \t")
		}
		m.headers = append(m.headers, field{long(strings.TrimSpace(name)), strings.TrimSpace(value)})
	}
}

// nextLine cuts the first line off. It has no control characters but tabs: what it says
// is repeated in answers, and logged (RFC 3261, 25.1).
func nextLine(text string) (line, rest string, err error) {
	line, rest, found := strings.Cut(text, "\r")
	if !found || !strings.HasPrefix(rest, "\n") {
		return "", "", errors.New("line without CRLF")
	}
	if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return "", "", fmt.Errorf("control character in %q", line)
	}
	return line, rest[1:], nil
}

func (m *Message) parseStart(line string) (err error) {
	first, rest, _ := strings.Cut(line, " ")
	second, third, found := strings.Cut(rest, " ")
	isSIP := func(version string) bool { return len(version) >= 4 && strings.EqualFold(version[:4], "SIP/") }
	switch {
	case found && isSIP(first): // no method has a slash
		code, err := strconv.ParseUint(second, 10, 16)
		m.StatusCode, m.Reason = int(code), third
		return err
	case found && isSIP(third) && !strings.Contains(third, " "):
		m.Method = strings.ToUpper(first)
		m.Target, err = parseURI(second)
		if err == nil && (m.Target.Wildcard || m.Method == "") {
			err = errNotSIP
		}
		return err
	}
	return errNotSIP
}

// long is the long form of a header's name (RFC 3261, 7.3.3).
func long(name string) string {
	if len(name) != 1 {
		return name
	}
	switch name[0] | 0x20 {
	case 'c':
		return "Content-Type"
	case 'f':
		return "From"
	case 'i':
		return "Call-ID"
	case 'k':
		return "Supported"
	case 'l':
		return "Content-Length"
	case 'm':
		return "Contact"
	case 'o':
		return "Event"
	case 't':
		return "To"
	case 'v':
		return "Via"
	}
	return name
}

// Headers are the values of all headers of a name, in the long form.
func (m *Message) Headers(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range m.headers {
			if strings.EqualFold(m.headers[i].name, name) && !yield(m.headers[i].value) {
				return
			}
		}
	}
}

// Header is the value of the first header of a name, in the long form; "" where there
// is none.
func (m *Message) Header(name string) string {
	for value := range m.Headers(name) {
		return value
	}
	return ""
}

// CallID is what request and answer have in common with others of a session.
func (m *Message) CallID() string { return m.Header("Call-ID") }

// To and From are the addresses of these headers, zero where they are none.
func (m *Message) To() Address   { return m.address("To") }
func (m *Message) From() Address { return m.address("From") }

func (m *Message) address(name string) Address {
	a, _ := parseAddress(m.Header(name))
	return a
}

// Contact is the first contact; false where there is none.
func (m *Message) Contact() (Address, bool) {
	for a := range m.contacts() {
		return a, true
	}
	return Address{}, false
}

// contacts are all that can be read.
func (m *Message) contacts() iter.Seq[Address] {
	return func(yield func(Address) bool) {
		for list := range m.Headers("Contact") {
			for one, rest := "", list; rest != ""; {
				one, rest = cutOutside(rest, ',')
				if a, err := parseAddress(one); err == nil && !yield(a) {
					return
				}
			}
		}
	}
}

// contentLength is how long the body is. In a stream each message says so (RFC 3261,
// 18.3). One that says it twice and differently could be read as two others.
func (m *Message) contentLength() (int, error) {
	said := m.Header("Content-Length")
	for again := range m.Headers("Content-Length") {
		if again != said {
			return 0, errors.New("two different lengths of the body")
		}
	}
	n, err := strconv.ParseUint(said, 10, 31)
	return int(n), err
}

// cseq are the number and the method of CSeq.
func (m *Message) cseq() (number, method string) {
	both := m.Header("CSeq")
	if end := strings.IndexAny(both, " \t"); end >= 0 {
		return both[:end], strings.TrimLeft(both[end:], " \t")
	}
	return both, ""
}

// incomplete reports whether a request lacks what every answer repeats, or has a
// contact that cannot be read.
func (m *Message) incomplete() bool {
	number, method := m.cseq()
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil || n > math.MaxInt32 || method == "" || m.CallID() == "" || m.Header("Via") == "" {
		return true
	}
	for _, name := range [...]string{"To", "From"} {
		if _, err := parseAddress(m.Header(name)); err != nil {
			return true
		}
	}
	for via := range m.Headers("Via") {
		if sender(via) == "" {
			return true
		}
	}
	_, found := m.Contact()
	return !found && m.Header("Contact") != ""
}

// sender is the host that the first of a list of Vias names: SIP/2.0/TCP host:port;…
func sender(via string) string {
	first, _ := cutOutside(via, ',')
	first, _ = cutOutside(first, ';')
	words := strings.TrimSpace(first)
	space := strings.LastIndexAny(words, " \t")
	if space < 0 {
		return ""
	}
	a, err := parseURI("sip:" + words[space+1:])
	if err != nil {
		return ""
	}
	return a.Host
}

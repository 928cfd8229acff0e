package sip

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// An Address is one as From, To, Contact and a request's first line name it.
type Address struct {
	User, Host string // "" in URIs of other schemes than sip and sips
	Port       int    // 0: none is said
	Wildcard   bool   // *, which stands for all contacts

	text   string // as it came
	params string // ;name=value… behind the URI, the last part of text
}

// String is the address with all its parameters, as it came.
func (a Address) String() string { return a.text }

// Param is the value of a parameter behind the URI; found where it is there. A value
// in quotation marks comes with them.
func (a Address) Param(name string) (value string, found bool) { return param(a.params, name) }

// Without is the address as it came, but for one parameter.
func (a Address) Without(name string) string {
	b := make([]byte, 0, len(a.text))
	b = append(b, a.text[:len(a.text)-len(a.params)]...)
	for one, rest := "", a.params; rest != ""; {
		one, rest = cutOutside(rest[1:], ';')
		if rest != "" {
			rest = ";" + rest
		}
		if key, _ := cutParam(one); !strings.EqualFold(key, name) {
			b = append(append(b, ';'), one...)
		}
	}
	return string(b)
}

// param finds one in ;name=value;name…
func param(params, name string) (value string, found bool) {
	for one, rest := "", params; rest != ""; {
		one, rest = cutOutside(rest, ';')
		if key, value := cutParam(one); key != "" && strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

// cutParam takes name=value apart.
func cutParam(one string) (name, value string) {
	name, value, _ = strings.Cut(one, "=")
	return strings.TrimSpace(name), strings.TrimSpace(value)
}

// cutOutside cuts at the first such byte that is neither in quotation marks nor in
// angle brackets.
func cutOutside(text string, separator byte) (before, after string) {
	quoted, bracketed := false, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !bracketed:
			quoted = !quoted
		case quoted:
		case c == '<':
			bracketed = true
		case c == '>':
			bracketed = false
		case c == separator && !bracketed:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// parseAddress reads "Name" <URI>;parameters, or URI;parameters (RFC 3261, 20.10).
func parseAddress(text string) (Address, error) {
	text = strings.TrimSpace(text)
	var uri, params string
	if open := bracket(text); open >= 0 {
		end := strings.IndexByte(text[open:], '>')
		if end < 0 {
			return Address{}, errors.New("no end bracket")
		}
		uri, params = text[open+1:open+end], text[open+end+1:]
	} else {
		uri, _, _ = strings.Cut(text, ";")
		params = text[len(uri):]
	}
	params = strings.TrimLeft(params, " \t")
	if params != "" && params[0] != ';' {
		return Address{}, fmt.Errorf("%q behind an address", params)
	}
	a, err := parseURI(strings.TrimSpace(uri))
	a.text, a.params = text, params
	return a, err
}

// bracket is where the URI's begins, behind a name, which may be in quotation marks;
// -1 if nowhere.
func bracket(text string) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			return i
		case c == ';':
			return -1
		}
	}
	return -1
}

// isScheme reports whether a text may be a URI's scheme (RFC 3261, 25.1).
func isScheme(text string) bool {
	letter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	for i := range len(text) {
		if c := text[i]; !letter(c) && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return text != ""
}

// parseURI reads sip:user:password@host:port;parameters?headers (RFC 3261, 19.1.1).
func parseURI(text string) (a Address, err error) {
	if text == "*" {
		return Address{Host: text, Wildcard: true, text: text}, nil
	}
	scheme, rest, found := strings.Cut(text, ":")
	if !found || !isScheme(scheme) {
		return a, fmt.Errorf("%q is not a URI", text)
	}
	a.text = text
	if !strings.EqualFold(scheme, "sip") && !strings.EqualFold(scheme, "sips") {
		return a, nil
	}
	if at := strings.IndexByte(rest, '@'); at >= 0 {
		a.User, _, _ = strings.Cut(rest[:at], ":")
		rest = rest[at+1:]
	}
	if end := strings.IndexAny(rest, ";?"); end >= 0 {
		rest = rest[:end]
	}
	a.Host = rest
	if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, ']') {
		port, err := strconv.ParseUint(rest[colon+1:], 10, 16)
		if err != nil {
			return a, fmt.Errorf("port of %q: %w", text, err)
		}
		a.Host, a.Port = rest[:colon], int(port)
	}
	if a.Host == "" {
		return a, fmt.Errorf("%q has no host", text)
	}
	return a, nil
}

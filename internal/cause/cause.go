// Package cause says why something failed in words that a network engineer
// understands. The errors of Go's libraries speak of the library, as in
// "crypto/rsa: verification error" or "dial tcp 127.0.0.2:2445: connect:
// connection refused"; they reach users by [Of] and [OfPeer] alone.
package cause

import "strings"

// Of is the text of an error in which each library's error is replaced by what
// it means, followed by its detail. Whatever else the text says stays.
func Of(err error) string { return words(err, false) }

// OfPeer is Of for errors of a connection: where the data ends before all is
// there, the other side has closed it.
func OfPeer(err error) string { return words(err, true) }

// words looks at the outermost error first: it knows most.
func words(err error, peer bool) string {
	for _, family := range []func(error, bool) (string, bool){network, file, data} {
		if known, ok := family(err, peer); ok {
			return known
		}
	}
	text := err.Error()
	for _, inner := range within(err) {
		if inner != nil {
			text = replaceLast(text, inner.Error(), words(inner, peer))
		}
	}
	return library(text)
}

// within are the errors that an error wraps.
func within(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

func replaceLast(text, old, with string) string {
	i := strings.LastIndex(text, old)
	if i < 0 || old == "" {
		return text // the error has other words for what it wraps
	}
	return text[:i] + with + text[i+len(old):]
}

// libraries are the beginnings of libraries' texts, and what they mean. The
// first that fits counts. What follows is the detail, unless it would only make
// sense to who wrote the library.
var libraries = []struct {
	begins, means string
	all           bool
}{
	{"tls: first record does not look like a TLS handshake", "the other side does not speak TLS", true},
	{"tls: failed to verify certificate", "the TLS certificate is refused", false},
	{"tls: ", "TLS failed: ", false},
	{"x509: ", "the certificate or key is not usable: ", false},
	{"crypto/rsa: ", "the RSA key is not usable: ", false},
	{"asn1: ", "it is not encoded in DER as it should be", true},
	{"pkcs12: error reading P12 data", "it is not a PKCS #12 file", true},
	{"pkcs12: ", "the PKCS #12 file is not usable: ", false},
	{"ssh: handshake failed: ", "no SSH session: ", false},
	{"ssh: unable to authenticate", "the user or the password is refused", false},
	{"ssh: ", "SSH failed: ", false},
	{"sftp: ", "the SFTP server refuses: ", false},
	{"smtp: ", "the mail server cannot be used: ", false},
	{"http: ", "HTTP failed: ", false},
	{"malformed HTTP response", "what came is not HTTP:", false},
	{"malformed HTTP ", "the HTTP is not as it should be: malformed ", false},
	{"json: ", "the JSON is not as it should be: ", false},
	{"xml: ", "the XML is not as it should be: ", false},
	{"time: ", "the time is not understood: ", false},
	{"nats: no servers available for connection", "nobody answers there", true},
	{"nats: authorization violation", "the login is not the right one", true},
	{"nats: Authorization Violation", "the login is not the right one", true},
	{"nats: ", "", false},
	{"ParseAddr", "no IP address: ", false},
}

func library(text string) string {
	for _, l := range libraries {
		rest, ok := strings.CutPrefix(text, l.begins)
		switch {
		case ok && l.all:
			return l.means
		case ok:
			return l.means + rest
		}
	}
	return text
}

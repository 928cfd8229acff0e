// Package causetest finds words of Go and its libraries in what users read.
package causetest

import (
	"regexp"
	"testing"
)

var foreign = regexp.MustCompile(`\b(dial|listen|lookup|read|write) (tcp|udp)|i/o timeout|` +
	`(^|[\s(])(crypto/\w+|x509|asn1|tls|ssh|sftp|pkcs12|json|yaml|xml|exec|smtp|textproto|http|net|nats): |` +
	`strconv\.|\bEOF\b|\bcontext (canceled|deadline)|use of closed|file already closed|` +
	`(open|read|write|stat|mkdir|rename) \S*[./]\S*: |\b(connect|bind|getsockopt|sendto|recvfrom): |` +
	`%!|<nil>|ParseAddr|goroutine `)

// Foreign are such words in a text; "" if there are none.
func Foreign(text string) string { return foreign.FindString(text) }

// Plain requires that a text has no such words.
func Plain(t testing.TB, text string) {
	t.Helper()
	if words := Foreign(text); words != "" {
		t.Errorf("users read %q, a library's words, in:\n%s", words, text)
	}
}

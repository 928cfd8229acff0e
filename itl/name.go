package itl

import (
	"crypto/x509/pkix"
	"slices"
	"strings"
)

// NameOf spells a name as CUCM does: CN;OU;O;L;ST;C in that order, whatever
// the order in the certificate, without what is missing.
func NameOf(n pkix.Name) string {
	var parts []string
	add := func(key string, values ...string) {
		for _, v := range values {
			if v != "" {
				parts = append(parts, key+"="+v)
			}
		}
	}
	add("CN", n.CommonName)
	add("OU", n.OrganizationalUnit...)
	add("O", n.Organization...)
	add("L", n.Locality...)
	add("ST", n.Province...)
	add("C", n.Country...)
	return strings.Join(parts, ";")
}

// CommonName is the CN of a certificate's name, in CUCM's spelling
// ("CN=test10pub.joemar2.lab;OU=tac") or in that of other tools
// ("O=cisco, CN=test10pub"). A name without CN gives its first attribute.
func CommonName(name string) string {
	first, rest := cutAttribute(name)
	for attribute := first; ; attribute, rest = cutAttribute(rest) {
		if cn, ok := strings.CutPrefix(attribute, "CN="); ok {
			return unescape(cn)
		}
		if rest == "" {
			return unescape(first)
		}
	}
}

// cutAttribute cuts the first attribute off a name. Attributes end at a
// semicolon, or at a comma before another attribute: CUCM does not escape the
// commas of "CN=Example, Inc.;OU=tac". An escaped separator ends nothing.
func cutAttribute(name string) (first, rest string) {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case ';':
			return name[:i], name[i+1:]
		case ',':
			next := strings.TrimLeft(name[i+1:], " ")
			if end := strings.IndexAny(next, "= ,;"); end >= 0 && next[end] == '=' {
				return name[:i], next
			}
		}
	}
	return name, ""
}

// unescape drops the backslashes that RFC 4514 puts before separators. Few names
// have any, and each boot of a phone asks for one.
func unescape(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	return strings.NewReplacer(`\\`, `\`, `\,`, `,`, `\;`, `;`).Replace(value)
}

// sameName reports whether two names are of one certificate's issuer. CUCM and
// other tools spell it in orders of their own, with semicolons or commas, and
// with or without backslashes: what counts is which attributes there are (this
// project's own choice; no document tells how a phone compares them).
func sameName(a, b string) bool {
	return a == b || slices.Equal(attributes(a), attributes(b))
}

// attributes are those of a name, without backslashes, in alphabetical order.
func attributes(name string) []string {
	var all []string
	for name != "" {
		var first string
		first, name = cutAttribute(name)
		all = append(all, unescape(first))
	}
	slices.Sort(all)
	return all
}

// Named reports whether a certificate's name has a host as its CN, with or
// without the host's domain.
func Named(name, host string) bool {
	domain, ok := strings.CutPrefix(CommonName(name), host)
	return ok && (domain == "" || domain[0] == '.')
}

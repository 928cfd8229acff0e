package farm

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/nats-io/nats.go"

	"itlsim/internal/bounded"
	"itlsim/internal/guard"
)

// A Place is where a farm's server is, and how to get in.
type Place struct {
	URL     string
	Warning string // "": nothing is to be said about it
	options []nats.Option
}

// InProcess is the server of this very process.
func InProcess(server nats.InProcessConnProvider, user, password string) Place {
	return Place{options: []nats.Option{nats.InProcessServer(server), nats.UserInfo(user, password)}}
}

// WorkerUser is whom workers log in as that have a join string.
const WorkerUser = "worker"

// maxSecret is the length of a join string and of a file of credentials, in bytes: a JWT
// of NATS has a few kilobytes.
const maxSecret = 64 << 10

// Find understands where a farm is: nats://HOST:PORT, tls://HOST:PORT, or the file that
// [Join] was written to. creds names a file of credentials, "" for none: what nsc writes for
// a user (a JWT and its seed), or the seed of an nkey alone.
func Find(where, creds string) (p Place, err error) {
	switch scheme, _, isURL := strings.Cut(where, "://"); {
	case isURL && scheme == joinScheme:
		return p, errors.New("a join string is a secret, and every local user sees arguments: name its file, " +
			"or give it as the variable ITLSIM_FARM")
	case isURL:
		p, err = ownServer(where)
	default:
		var text []byte
		if text, err = bounded.ReadFile(where, maxSecret); err == nil {
			p, err = Joining(string(text))
		}
	}
	if err != nil || creds == "" {
		return p, err
	}
	login, err := credentials(creds)
	p.options = append(p.options, login)
	return p, err
}

// Variable understands what the variable ITLSIM_FARM holds: a join string, or what [Find] takes.
func Variable(text, creds string) (Place, error) {
	if strings.HasPrefix(strings.TrimSpace(text), joinScheme+"://") {
		return Joining(text)
	}
	return Find(text, creds)
}

// ownServer is a server that somebody runs.
func ownServer(where string) (p Place, err error) {
	u, err := url.Parse(where)
	if err != nil {
		return p, errors.New("no URL")
	}
	switch {
	case u.Scheme != "nats" && u.Scheme != "tls":
		return p, fmt.Errorf("%.20q is not a scheme of a farm: want nats:// or tls://, or the file of a join string", u.Scheme)
	case u.User != nil:
		return p, errors.New("every local user sees arguments: give a login by --farm-creds")
	case u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return p, errors.New("want a host and a port alone")
	case u.Scheme == "nats" && !Loopback(u.Hostname()):
		p.Warning = "nats:// is neither encrypted, nor does it prove whose server that is: tls:// is and does"
	}
	p.URL = u.Scheme + "://" + u.Host
	return p, nil
}

// Loopback reports whether a host is this machine's loopback.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// credentials log in by a JWT, or by an nkey.
func credentials(file string) (nats.Option, error) {
	text, err := bounded.ReadFile(file, maxSecret)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(text, []byte("NATS USER JWT")) {
		return nats.UserCredentialBytes(text), nil
	}
	login, err := nats.NkeyOptionFromSeed(file)
	if err != nil {
		err = fmt.Errorf("%s holds neither a JWT with its seed nor the seed of an nkey", file)
	}
	return login, err
}

// A Join is what a worker needs to get to a server that a run's command has begun.
type Join struct {
	Address     string // host:port
	Token       string // a secret
	Certificate string // its SHA-256 in hexadecimal; "": on loopback there is none
}

const joinScheme = "itlsim"

// maxJoin is the length of a join string, in bytes: a host's name has at most 255.
const maxJoin = 512

// String is itlsim://HOST:PORT/TOKEN#SHA256.
func (j Join) String() string {
	text := joinScheme + "://" + j.Address + "/" + j.Token
	if j.Certificate != "" {
		text += "#" + j.Certificate
	}
	return text
}

// ParseJoin reads a join string. Without a certificate it is for loopback alone. The error
// does not repeat it.
func ParseJoin(text string) (j Join, err error) {
	rest, is := strings.CutPrefix(strings.TrimSpace(text), joinScheme+"://")
	rest, j.Certificate, _ = strings.Cut(rest, "#")
	j.Address, j.Token, _ = strings.Cut(rest, "/")
	if !is || len(text) > maxJoin || !isSecret(j.Token) || strings.ContainsAny(j.Address, "@?# ") ||
		j.Certificate != "" && !isHash(j.Certificate) || j.String() != strings.TrimSpace(text) {
		return Join{}, errors.New("this is not a join string (itlsim://HOST:PORT/TOKEN#SHA256)")
	}
	host, port, err := net.SplitHostPort(j.Address)
	_, number := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || host == "" || number != nil:
		return Join{}, errors.New("the join string has no host and port")
	case j.Certificate == "" && !Loopback(host):
		return Join{}, errors.New("the join string has no certificate's hash, and is not for loopback")
	}
	return j, nil
}

// isSecret reports whether a word is a token: letters and digits, and enough of them.
func isSecret(word string) bool {
	return len(word) >= guard.MinToken && !strings.ContainsFunc(word, func(r rune) bool {
		return r >= unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// Joining is the place that a join string leads to.
func Joining(text string) (p Place, err error) {
	j, err := ParseJoin(text)
	if err != nil {
		return p, err
	}
	p = Place{URL: "nats://" + j.Address, options: []nats.Option{nats.UserInfo(WorkerUser, j.Token)}}
	if j.Certificate != "" {
		p.URL = "tls://" + j.Address
		p.options = append(p.options, nats.Secure(pinned(j.Certificate)), nats.TLSHandshakeFirst())
	}
	return p, nil
}

// pinned takes one certificate, whoever signed it and for whatever name, and no other.
func pinned(hash string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, // VerifyConnection does, each time
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || CertificateHash(s.PeerCertificates[0]) != hash {
				return errors.New("the server's certificate is not the one of the join string")
			}
			return nil
		},
	}
}

// CertificateHash is what a join string says of a certificate.
func CertificateHash(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
